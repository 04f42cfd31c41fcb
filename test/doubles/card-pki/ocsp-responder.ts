import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Openssl } from "./openssl.ts";
import { type Retouch, retouch } from "./retouch.ts";

/** How the responder misbehaves. `by-ca` and `nonce-less` are no faults, but ways that real responders have. */
export type OcspFault =
  | "ok"
  | "by-ca"
  | "down"
  | "hang"
  | "try-later"
  | "error"
  | "garbage"
  | "redirect"
  | "long"
  /** A responder of somebody else's, of the same name. */
  | "wrong-signer"
  /** A card of the right CA signs, that isn't for it. */
  | "no-eku"
  | Retouch;

const signers = { "by-ca": "issuing", "wrong-signer": "foreign-responder", "no-eku": "ec" } as const;
const retouches: readonly string[] = [
  "nonce-less",
  "nonce-mismatch",
  "stale",
  "future",
  "other-serial",
  "bad-signature",
];
const isRetouch = (fault: OcspFault): fault is Retouch => retouches.includes(fault);

/** Every request is answered by a fresh `openssl ocsp`: the stock server hangs on one idle connection. */
export function makeOcspResponder({ file }: Openssl) {
  let fault: OcspFault = "ok";
  let count = 0;
  const asked: Buffer[] = [];

  const openssl = (request: Buffer): Promise<Buffer> => {
    const signer = signers[fault as keyof typeof signers] ?? "responder"; // others aren't among its keys
    const [into, out] = [file(`ocsp-${++count}.request`), file(`ocsp-${count}.response`)];
    writeFileSync(into, request);
    const args = ["ocsp", "-index", "issuing.index", "-CA", "issuing.crt", "-rsigner", `${signer}.crt`, "-rkey", `${signer}.key`,
      "-rmd", "sha256", "-reqin", into, "-respout", out]; // biome-ignore format: a command line
    return new Promise((resolve, reject) =>
      execFile("openssl", args, { cwd: file("."), timeout: 10_000 }, (error) => {
        try {
          resolve(readFileSync(out));
        } catch {
          reject(error ?? new Error("openssl ocsp wrote no answer"));
        } finally {
          for (const name of [into, out]) rmSync(name, { force: true });
        }
      }),
    );
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    asked.push(body);
    if (fault === "hang") return;
    if (fault === "down") return void request.socket.destroy();
    if (fault === "error") return void response.writeHead(500).end("it broke");
    if (fault === "redirect") return void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end();
    response.setHeader("content-type", "application/ocsp-response");
    if (fault === "garbage") return void response.end("this is no answer");
    if (fault === "long") return void response.end(Buffer.alloc(1024 * 1024));
    if (fault === "try-later") return void response.end(Buffer.from("30030a0103", "hex"));
    const genuine = await openssl(body);
    response.end(isRetouch(fault) ? retouch(genuine, fault, readFileSync(file("responder.key"), "utf8")) : genuine);
  };

  return {
    asked,
    set: (next: OcspFault) => {
      fault = next;
    },
    answer,
  };
}
