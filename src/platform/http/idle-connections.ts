import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { Server as TlsServer } from "node:tls";
import type { FastifyInstance } from "fastify";
import { seconds } from "../../kernel/time.ts";

/** How long a connection that has not asked for anything yet may still do so while the server stops. */
const patience = seconds(1);

/**
 * Closes the connections on which nothing is under way when the server stops. One that falls idle then would hold it up
 * until its keep-alive is over; one that never asked anything, as browsers open ahead of need, for a minute: to Node it
 * is not idle.
 */
export function closeIdleOnes(app: FastifyInstance): void {
  const { server } = app;
  const silent = new Set<Socket>();
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  server.on("request", ({ socket }: IncomingMessage) => silent.delete(socket));
  app.addHook("preClose", async () => {
    const idle = setInterval(() => server.closeIdleConnections(), 100);
    const late = setTimeout(() => {
      for (const socket of silent) socket.destroy();
    }, patience);
    server.once("close", () => {
      clearInterval(idle);
      clearTimeout(late);
    });
  });
}
