import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Below the ports that systems give to connections, which could take one of these between our look and its use. */
const first = 12_000;
const count = 10_000;

/**
 * A port of this machine that nobody listens on, and that no other test is given while this process lives: the port that
 * stands for it, `count` above, is held until then.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = first + Math.floor(Math.random() * count);
    const held = await listen(port + count, "127.0.0.1");
    if (!held) continue;
    held.unref();
    if (await isFree(port)) return port;
  }
  throw new Error("no port is free");
}

async function isFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "localhost"]) {
    const server = await listen(port, host);
    if (!server) return false;
    server.close();
    await once(server, "close");
  }
  return true;
}

async function listen(port: number, host: string): Promise<Server | null> {
  const server = createServer();
  server.listen(port, host);
  try {
    await once(server, "listening");
    return server;
  } catch {
    return null;
  }
}
