import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * Stands before a server and passes on what both sides say, until it is told to turn deaf: then what the client sends still
 * arrives, and at the first word of an answer the connection breaks off.
 */
export async function startDeafProxy(port: number) {
  let isDeaf = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    for (const socket of [client, upstream]) sockets.add(socket.on("error", () => {}));
    client.on("data", (data) => upstream.write(data)).on("close", () => upstream.destroy());
    upstream.on("data", (data) => (isDeaf ? client.destroy() : client.write(data))).on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port, // a TCP listener has one
    turnDeaf: () => {
      isDeaf = true;
    },
    hearAgain: () => {
      isDeaf = false;
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
