import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { makeTestCertificate } from "../../../test/doubles/certificate.ts";
import { exchange, fetchDocument, parseObject } from "./exchange.ts";
import { BrokerTrouble } from "./trouble.ts";

async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port; // a TCP listener has one
}
const serve = async (t: TestContext, answer: (response: ServerResponse, path: string) => void) =>
  `http://127.0.0.1:${await listen(
    t,
    createServer(({ url = "" }, response) => answer(response, url)),
  )}`;

const is = (reason: string) => (error: unknown) => error instanceof BrokerTrouble && error.reason === reason;
const patient = () => AbortSignal.timeout(60_000);

test("T52 a body that comes a byte at a time is given up on as a whole", async (t) => {
  const url = await serve(t, (response) => {
    response.writeHead(200).write("{");
    const timer = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(timer));
  });
  await assert.rejects(exchange(url, {}, AbortSignal.timeout(300)), is("broker-slow"));
});

test("T52 headers that never come are given up on", async (t) => {
  const url = await serve(t, () => {});
  await assert.rejects(exchange(url, {}, AbortSignal.timeout(300)), is("broker-slow"));
});

test("T52 no more than 256 kB are read", async (t) => {
  const url = await serve(t, (response, path) => response.end("x".repeat(Number(path.slice(1)))));
  assert.equal((await exchange(`${url}/${256 * 1024}`, {}, patient())).body.length, 256 * 1024);
  await assert.rejects(exchange(`${url}/${256 * 1024 + 1}`, {}, patient()), is("answer-too-long"));
});

test("T52 redirects lead nowhere", async (t) => {
  const asked: string[] = [];
  const url = await serve(t, (response, path) => {
    asked.push(path);
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  await assert.rejects(exchange(`${url}/here`, {}, patient()), is("broker-redirects"));
  assert.deepEqual(asked, ["/here"]);
});

test("T52 a certificate that nobody vouches for is trouble of its own", async (t) => {
  const { certificate, key } = makeTestCertificate();
  const port = await listen(
    t,
    createTlsServer({ cert: certificate, key }, (_, response) => response.end("{}")),
  );
  await assert.rejects(exchange(`https://localhost:${port}`, {}, patient()), is("broker-tls"));
});

test("T52 nobody at the address, or one who hangs up", async (t) => {
  const url = await serve(t, (response) => response.socket?.resetAndDestroy());
  await assert.rejects(exchange(url, {}, patient()), is("broker-unreachable"));
  await assert.rejects(exchange("http://127.0.0.1:1", {}, patient()), is("broker-unreachable"));
});

test("T52 a document is there with 200 or not at all, and JSON is an object", async (t) => {
  const url = await serve(t, (response) => response.writeHead(404).end("{}"));
  await assert.rejects(fetchDocument(url, "application/json", patient()), is("broker-error"));
  assert.deepEqual(parseObject('{"a":1}'), { a: 1 });
  for (const text of ["", "null", "[]", '"x"', '{"id_token": "eyJ', "<html>"])
    assert.throws(() => parseObject(text), is("answer-unreadable"), text);
});
