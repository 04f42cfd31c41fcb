import { constants } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { BlockList, isIPv6, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { networkOf } from "../../../kernel/network.ts";
import { minutes, seconds } from "../../../kernel/time.ts";
import type { Cards, CertificateDeps } from "./certificate-deps.ts";
import { type HeaderFormat, readCertificateHeader } from "./domain/client-cert-header.ts";
import { makePresent } from "./present.ts";
import { makeReportSpoof, type SpoofDeps } from "./spoof.ts";

/** Who stands where browsers show certificates: this listener itself, or proxies that hand them over. */
export type CardFront =
  | Readonly<{ is: "tls"; cert: string; key: string }>
  | Readonly<{ is: "proxy"; format: HeaderFormat; proxies: readonly string[] }>;

export type CardListenerDeps = CertificateDeps &
  SpoofDeps &
  Readonly<{
    cards: Cards;
    front: CardFront;
    publicUrl: string;
    log: { error(fields: object, message: string): void };
  }>;

const pathForm = /^\/([\w-]{43})$/;

/** The browser waits in the middle of the handshake while the person types the PIN. */
const handshakeTimeout = minutes(5);

/** How long answers under way are waited for when the service stops. */
const longestEnd = seconds(10);

/**
 * The card listener: an HTTP server of its own that knows one kind of address, `/<one-time path>`, and no cookie, account
 * or page (rule of the machine 6). Each connection is good for one request, and no TLS session is ever taken up again, so
 * that nobody's certificate stands for the next person at the same computer (T42).
 */
export function cardServer(deps: CardListenerDeps): { server: Server; end(): Promise<void> } {
  const { front, log, publicUrl } = deps;
  const present = makePresent(deps);
  const readCertificate = front.is === "tls" ? ofConnection : makeOfProxy(deps, front);
  const underWay = new Set<Promise<void>>();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const came = await readCertificate(request);
    if (typeof came === "number") return send(response, came);
    const path = request.method === "GET" ? pathForm.exec(request.url ?? "")?.[1] : undefined;
    if (path === undefined) return send(response, 404);
    const handed = await present({ path, ...came });
    if (handed.to === "nowhere") return send(response, 404);
    if (handed.to === "test") return send(response, 303, `${publicUrl}/test/certificate`);
    if (handed.to === "journey") return send(response, 303, `${publicUrl}/journey/${handed.id}`);
    return send(response, 303, `${publicUrl}/certificate/return?code=${handed.code}`);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const answering = answer(request, response)
      .catch((error: unknown) => {
        log.error({ err: error }, "a certificate could not be received");
        send(response, 303, `${publicUrl}/certificate/return`);
      })
      .finally(() => underWay.delete(answering));
    underWay.add(answering);
  };

  const server = front.is === "tls" ? tlsServer(deps.cards, front, listener) : createHttpServer(listener);
  server.headersTimeout = seconds(10);
  server.requestTimeout = seconds(20);
  server.maxRequestsPerSocket = 1;
  server.maxConnections = 2000;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return {
    server,
    end: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.race([Promise.allSettled(underWay), sleep(longestEnd, undefined, { ref: false })]);
      // Browsers that wait for a PIN would hold it up for minutes.
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** It asks for a certificate and takes any, or none: who is told what is wrong with it can do something about it. */
function tlsServer(
  { checker }: Cards,
  { cert, key }: CardFront & { is: "tls" },
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  return createHttpsServer(
    {
      cert,
      key,
      requestCert: true,
      rejectUnauthorized: false,
      // Their names go to the browser, which then offers the right certificates only.
      ca: [...checker.issuers],
      // Old card software can't sign as TLS 1.3 wants it.
      minVersion: "TLSv1.2",
      secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
      handshakeTimeout,
    },
    listener,
  );
}

type Came = Readonly<{ der: Uint8Array | null; vouched: boolean }>;

const ofConnection = async ({ socket }: IncomingMessage): Promise<Came> => ({
  der: (socket instanceof TLSSocket && socket.getPeerX509Certificate()?.raw) || null,
  vouched: true,
});

/** Believes the header of the listed proxies alone; a status where the request is refused (T37). */
function makeOfProxy(deps: CardListenerDeps, { format, proxies }: CardFront & { is: "proxy" }) {
  const listed = blockList(proxies);
  const report = makeReportSpoof(deps);
  return async ({ socket, rawHeaders }: IncomingMessage): Promise<Came | number> => {
    const peer = socket.remoteAddress ?? "";
    const handed = readCertificateHeader(format, rawHeaders);
    if (!listed.check(peer, isIPv6(peer) ? "ipv6" : "ipv4") || handed.came === "malformed") {
      if (handed.came !== "none") await report({ network: networkOf(peer), where: "card" });
      return handed.came === "malformed" ? 400 : 403;
    }
    return handed.came === "none" ? { der: null, vouched: true } : handed;
  };
}

/** Addresses and networks; checked by the configuration. */
function blockList(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = "", bits] = proxy.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function send(response: ServerResponse, status: number, location?: string): void {
  if (response.headersSent) return;
  response
    .writeHead(status, {
      "cache-control": "no-store",
      connection: "close",
      "content-length": 0,
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      ...(location !== undefined && { location }),
    })
    .end();
}
