import type { IncomingMessage, ServerResponse } from "node:http";
import type { CaName, Openssl } from "./openssl.ts";

export type CrlFault = "ok" | "down" | "hang" | "missing" | "garbage" | "redirect" | "long" | "stale" | "forged";

/** The lists of every CA at `/<ca>.crl`, written anew when something is revoked. */
export function makeCrlServer({ run }: Openssl) {
  let fault: CrlFault = "ok";
  const asked: string[] = [];
  const written = new Map<string, Buffer>();

  const write = (ca: CaName, ...extra: string[]): Buffer => {
    run("ca", "-name", ca, "-gencrl", "-out", `${ca}.crl.pem`, ...extra);
    return run("crl", "-in", `${ca}.crl.pem`, "-outform", "DER");
  };
  const list = (ca: CaName): Buffer => {
    if (fault === "stale") return write(ca, "-crl_lastupdate", "20240101000000Z", "-crl_nextupdate", "20240102000000Z");
    if (fault === "forged") return write(ca, "-cert", "look-alike.crt", "-keyfile", "look-alike.key");
    const made = written.get(ca) ?? write(ca);
    written.set(ca, made);
    return made;
  };

  return {
    asked,
    set: (next: CrlFault) => {
      fault = next;
    },
    /** Something was revoked. */
    rewrite: () => written.clear(),
    /** Serves this list instead of the CA's. */
    replace: (ca: CaName, der: Buffer) => written.set(ca, der),
    answer: (request: IncomingMessage, response: ServerResponse) => {
      const ca = /^\/(root|intermediate|issuing|service)\.crl$/u.exec(request.url ?? "")?.[1] as CaName | undefined; // the expression's own words
      if (!ca) return void response.writeHead(404).end();
      asked.push(ca);
      if (fault === "hang") return;
      if (fault === "down") return void request.socket.destroy();
      if (fault === "missing") return void response.writeHead(404).end("no such list");
      if (fault === "redirect") return void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end();
      if (fault === "garbage") return void response.end("this is no list");
      if (fault === "long") return pour(response);
      response.setHeader("content-type", "application/pkix-crl").end(list(ca));
    },
  };
}

/** More than anybody should read. */
function pour(response: ServerResponse) {
  const block = Buffer.alloc(1024 * 1024);
  let left = 64;
  const more = () => {
    while (left-- > 0) if (!response.write(block)) return void response.once("drain", more);
    response.end();
  };
  more();
}
