import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { readPassword } from "./cluster.ts";
import type { Place } from "./place.ts";

/** How a server is reached: by the socket in the folder that only its user enters, or by a port of the loopback address. */
export type Address = { by: "socket" } | { by: "loopback"; port: number };

/** The kernel's limit for the path of a socket is 104 bytes on some systems, 108 on others. */
const longest = 100;

/** The socket, unless the platform has none or its path is too long. */
export async function chooseAddress({ sockets }: Place): Promise<Address> {
  const path = join(sockets, ".s.PGSQL.5432");
  if (process.platform !== "win32" && Buffer.byteLength(path) <= longest) return { by: "socket" };
  return { by: "loopback", port: await freePort() };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return address.port;
}

/** The server's settings that go with the address. */
export const serverOptions = (address: Address, { sockets }: Place): Record<string, string> =>
  address.by === "socket"
    ? { listen_addresses: "", port: "5432", unix_socket_directories: quoted(sockets), unix_socket_permissions: "0700" }
    : { listen_addresses: "127.0.0.1", port: String(address.port), unix_socket_directories: "" };

/** The setting is a list; quoted, a path may hold commas and spaces. */
const quoted = (path: string) => `"${path.replaceAll('"', '""')}"`;

/** What `pg` connects to. `database` is another than ours only while ours is being made. */
export const urlOf = (address: Address, place: Place, database = "vahva"): string =>
  address.by === "socket"
    ? `postgresql://vahva@/${database}?host=${encodeURIComponent(place.sockets)}`
    : `postgresql://vahva:${encodeURIComponent(readPassword(place))}@127.0.0.1:${address.port}/${database}`;
