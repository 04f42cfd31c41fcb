import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Issue } from "./build.ts";
import { makeCrlServer } from "./crl-server.ts";
import { makeOcspResponder } from "./ocsp-responder.ts";
import { makeOpenssl, password } from "./openssl.ts";

export type CardPki = Awaited<ReturnType<typeof startCardPki>>;

/** The policy that the double's cards carry. */
export const cardPolicy = "1.2.246.517.1.10.203";

/**
 * An authority that issues cards, made with OpenSSL, with its OCSP responder and its lists on loopback: root → intermediate
 * → issuing CA → cards, of which `build.ts` lists the names. `part("openssl")` says whether there is an OpenSSL.
 */
export async function startCardPki() {
  const dir = mkdtempSync(join(tmpdir(), "vahva-cards-"));
  const servers = { ocsp: await listen(), crl: await listen() };
  const addresses = { ocsp: `${servers.ocsp.url}/ocsp`, crl: servers.crl.url };
  const openssl = makeOpenssl(dir, addresses);
  const { issue, unrecorded } = build(openssl);
  const ocsp = makeOcspResponder(openssl);
  const crl = makeCrlServer(openssl);
  servers.ocsp.answer((request, response) => {
    ocsp.answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  servers.crl.answer(crl.answer);
  const read = (name: string) => readFileSync(openssl.file(name), "utf8");
  const revoke = (name: string, by: "issuing" | "intermediate" | "root", reason: string) => {
    openssl.run("ca", "-name", by, "-revoke", `${name}.crt`, "-crl_reason", reason);
    crl.rewrite();
  };

  return {
    dir,
    addresses,
    /** What an operator configures, with anything else that is given. */
    authority: (given: Readonly<Record<string, unknown>> = {}) => ({
      name: "test-cards",
      issuers: read("issuing.crt"),
      chain: `${read("intermediate.crt")}${read("root.crt")}`,
      policies: [cardPolicy],
      ...given,
    }),
    pem: (name: string) => read(`${name}.crt`),
    der: (name: string): Buffer => new X509Certificate(read(`${name}.crt`)).raw,
    /** Paths of a card: for browsers, `curl --cert`, and TLS. */
    card: (name: string) => ({
      certificate: openssl.file(`${name}.crt`),
      key: openssl.file(`${name}.key`),
      /** With the CAs above it. */
      chain: openssl.file(`${name}.chain.crt`),
      p12: openssl.file(`${name}.p12`),
      password,
    }),
    /** A TLS certificate for localhost and card.localhost (with its subdomains), and the root that it hangs under: PEM. */
    tls: { certificate: read("tls.crt"), key: read("tls.key"), ca: read("root.crt") },
    /** One more card. */
    issue: (card: Issue) => issue(card),
    unrecorded,
    revoke: (name: string, reason = "keyCompromise") => revoke(name, "issuing", reason),
    revokeIssuer: () => revoke("issuing", "intermediate", "cACompromise"),
    revokeIntermediate: () => revoke("intermediate", "root", "cACompromise"),
    ocsp,
    crl,
    stop: async () => {
      await Promise.all([servers.ocsp.stop(), servers.crl.stop()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A server on loopback that answers once there is something to answer with. */
async function listen() {
  let handle: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP listener has one
    answer: (next: RequestListener) => {
      handle = next;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
