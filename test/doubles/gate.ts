import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "../harness/free-port.ts";

/** A way to a server on this machine that can be shut: nobody gets in, who was in is cut off, and it opens where it was. */
export async function startGate(target: { port: number } | { path: string }) {
  const port = await freePort();
  const inside = new Set<Socket>();
  let server: Server | undefined;

  const open = async () => {
    server = createServer((socket) => {
      const beyond = connect("port" in target ? { ...target, host: "127.0.0.1" } : target);
      for (const each of [socket, beyond]) {
        inside.add(each);
        each
          .on("error", () => {})
          .on("close", () => {
            socket.destroy();
            beyond.destroy();
            inside.delete(each);
          });
      }
      socket.pipe(beyond).pipe(socket);
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const shut = async () => {
    const closing = server;
    server = undefined;
    if (!closing) return;
    const closed = once(closing, "close");
    closing.close();
    for (const socket of inside) socket.destroy();
    await closed;
  };

  await open();
  const openAgain = async () => {
    if (!server) await open();
  };
  return { port, shut, open: openAgain, stop: shut };
}
