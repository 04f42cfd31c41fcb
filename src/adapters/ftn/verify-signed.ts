import { compactVerify, decodeProtectedHeader, type JWK } from "jose";
import type { Signature } from "./profiles.ts";

export type Verified =
  | Readonly<{ result: "verified"; payload: Readonly<Record<string, unknown>>; type: string | null }>
  | Readonly<{ result: "unreadable" | "algorithm" | "unknown-key" | "wrong" }>;

const keyTypes = { RS256: "RSA", PS256: "RSA", ES256: "EC" } as const satisfies Record<Signature, string>;

/**
 * Checks a JWS against `keys` and nothing else: what its header says of keys (`jwk`, `jku`, `x5u`, `x5c`) is not read, and
 * `kid` only chooses among `keys`. Algorithms are those of public keys, so `none` and HS* are none of them.
 */
export async function verifySigned(
  token: string,
  { keys, algorithms }: { keys: readonly JWK[]; algorithms: readonly Signature[] },
): Promise<Verified> {
  const header = headerOf(token);
  if (!header) return { result: "unreadable" };
  const algorithm = algorithms.find((one) => one === header.alg);
  if (!algorithm) return { result: "algorithm" };
  const fitting = keys.filter(({ kty, use, alg }) => {
    return kty === keyTypes[algorithm] && (use ?? "sig") === "sig" && (alg ?? algorithm) === algorithm;
  });
  const candidates = fitting.filter(({ kid }) => kid === undefined || header.kid === undefined || kid === header.kid);
  if (candidates.length === 0) return { result: "unknown-key" };
  for (const candidate of candidates.slice(0, 10)) {
    const payload = await payloadBy(candidate, token, algorithm);
    if (payload) return readClaims(payload, header.typ ?? null);
  }
  return { result: "wrong" };
}

async function payloadBy(key: JWK, token: string, algorithm: Signature): Promise<Uint8Array | null> {
  try {
    const { payload } = await compactVerify(token, publicParts(key), { algorithms: [algorithm] });
    return payload;
  } catch {
    return null; // Another key may fit.
  }
}

function readClaims(payload: Uint8Array, type: string | null): Verified {
  try {
    const claims: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    if (typeof claims === "object" && claims !== null && !Array.isArray(claims))
      return { result: "verified", payload: { ...claims }, type };
  } catch {
    // Unreadable as well.
  }
  return { result: "unreadable" };
}

function headerOf(token: string) {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return null;
  }
}

/** Without `key_ops`, `ext`, certificates: only what the mathematics needs. */
const publicParts = ({ kty, n = "", e = "", crv = "", x = "", y = "" }: JWK): JWK =>
  kty === "RSA" ? { kty, n, e } : { kty: "EC", crv, x, y };
