import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import fastify from "fastify";
import { closeIdleOnes } from "./idle-connections.ts";

test("OPS-4 a connection on which nothing was ever asked does not hold up a server that stops", async () => {
  const app = fastify({ forceCloseConnections: false });
  closeIdleOnes(app);
  app.get("/", async () => "here");
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo; // it listens on TCP
  const [silent, asking] = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  await Promise.all([once(silent, "connect"), once(asking, "connect")]);
  asking.write("GET / HTTP/1.1\r\nhost: here\r\n\r\n");
  const [answer] = await once(asking, "data");
  assert.match(`${answer}`, /200 OK/);
  // Node would leave the silent one open until its minute for headers is over.
  const closed = app.close().then(() => "closed");
  const waited = new Promise((resolve) => setTimeout(resolve, 30_000, "still open").unref());
  assert.equal(await Promise.race([closed, waited]), "closed");
  for (const socket of [silent, asking]) socket.destroy();
});
