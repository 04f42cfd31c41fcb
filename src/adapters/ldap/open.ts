import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Client } from "ldapts";
import { seconds } from "../../kernel/time.ts";
import { failed } from "../directory-parts/trouble.ts";
import type { Settings } from "./settings.ts";
import { refusedTls, withTrouble } from "./trouble.ts";

const patience = seconds(10);
const startTlsRequest = "1.3.6.1.4.1.1466.20037";

/** A connection that is bound; `validTo` is the end of the server's certificate, null without encryption. */
export type Opened = Readonly<{ client: Client; validTo: string | null; close(): void }>;

/** Connects, encrypts as configured, and binds. Everything that it waits for ends with `signal`. Throws `DirectoryTrouble`. */
export const open = (settings: Settings, secret: string | null, signal: AbortSignal): Promise<Opened> =>
  withTrouble(openUp(settings, secret, signal));

async function openUp(settings: Settings, secret: string | null, signal: AbortSignal): Promise<Opened> {
  // An empty password would be an anonymous bind, which succeeds (RFC 4513 §5.1.2).
  if (!secret) throw failed("There is no password for bindDn: give one.");
  const { protocol, host, port } = addressOf(settings.url);
  const tcp = connectTcp({ host, port });
  const stop = () => tcp.destroy(new Error("timed out"));
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    await opened(tcp, "connect");
    const isEncrypted = protocol === "ldaps:" || settings.startTls;
    if (isEncrypted && protocol === "ldap:") await askForTls(tcp);
    const tls = isEncrypted ? await encrypt(tcp, host, settings) : null;
    const client = await clientOver(tls ?? tcp);
    await client.bind(settings.bindDn, secret);
    const close = () => {
      signal.removeEventListener("abort", stop);
      tcp.destroy();
    };
    return { client, validTo: tls?.getPeerCertificate().valid_to ?? null, close };
  } catch (error) {
    signal.removeEventListener("abort", stop);
    tcp.destroy();
    throw error;
  }
}

function addressOf(url: string): { protocol: string; host: string; port: number } {
  const { protocol, hostname, port } = new URL(url);
  return {
    protocol,
    host: hostname.replace(/^\[|\]$/gu, ""),
    port: Number(port) || (protocol === "ldaps:" ? 636 : 389),
  };
}

/** A client over one socket. It would connect anew by itself, and go on without encryption and without having bound. */
async function clientOver(socket: Socket): Promise<Client> {
  const { Client } = await import("ldapts");
  let isGiven = false;
  const createConnection = () => {
    if (isGiven) throw new Error("the connection broke off");
    isGiven = true;
    return socket;
  };
  return new Client({ url: "ldap://directory", timeout: patience, connectTimeout: patience, createConnection });
}

/** By a client of its own: what was said in plain text, by whomever, ends here. */
async function askForTls(tcp: Socket): Promise<void> {
  const client = await clientOver(tcp);
  await client.exop(startTlsRequest).catch((error: unknown) => {
    throw refusedTls(error);
  });
  tcp.removeAllListeners("data");
}

async function encrypt(socket: Socket, host: string, { ca }: Settings): Promise<TLSSocket> {
  const servername = isIP(host) ? {} : { servername: host };
  const tls = connectTls({ socket, host, ...servername, ...(ca !== undefined && { ca }), minVersion: "TLSv1.2" });
  await opened(tls, "secureConnect");
  return tls;
}

function opened(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  const timer = setTimeout(() => socket.destroy(new Error("timed out")), patience);
  const end = new Promise<void>((resolve, reject) => {
    // The listener stays: an error that nobody listened for would end the process.
    socket.on("error", reject);
    socket.once("close", () => reject(new Error("the connection broke off")));
    socket.once(event, resolve);
  });
  return end.finally(() => clearTimeout(timer));
}
