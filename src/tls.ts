import { createSecureContext } from "node:tls";
import type { Config } from "./config.ts";
import { PlainError } from "./kernel/plain-error.ts";
import { readFileOf } from "./setting.ts";

/** The certificate chain and key (PEM) by which Vahva serves TLS itself; null where a proxy does, or nobody. */
export function readTls({ http }: Pick<Config, "http">): { cert: string; key: string } | null {
  if (!http.tls) return null;
  const cert = readFileOf("VAHVA_TLS_CERT_FILE", http.tls.certFile);
  const key = readFileOf("VAHVA_TLS_KEY_FILE", http.tls.keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PlainError(`VAHVA_TLS_CERT_FILE and VAHVA_TLS_KEY_FILE: they can't be used together (${why}).`);
  }
  return { cert, key };
}
