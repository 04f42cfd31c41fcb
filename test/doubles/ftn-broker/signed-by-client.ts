import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import type { Instant } from "../../../src/kernel/time.ts";
import type { Replays } from "./replays.ts";

export type Expected = Readonly<{
  ourKeys: () => Promise<JSONWebKeySet>;
  clientId: string;
  audience: string | string[];
  kid: boolean;
  minutes: number;
  replays: Replays;
  now: Instant;
}>;

/** The claims of a request object or client assertion that the client has signed for us just now; or why not. */
export async function readSigned(
  jwt: string,
  expected: Expected,
): Promise<{ claims: JWTPayload } | { refused: string }> {
  const { alg, kid } = headerOf(jwt);
  if (alg !== "RS256") return { refused: `signed by ${alg ?? "nothing"}, not RS256` };
  if (kid === undefined && expected.kid) return { refused: "no kid" };
  const keys = (await expected.ourKeys()).keys.filter(({ use }) => use === "sig");
  if (kid !== undefined && !keys.some((key) => key.kid === kid)) return { refused: "kid is of no signing key" };

  const verified = await verify(jwt, keys, expected);
  if ("refused" in verified) return verified;
  const { exp = 0, jti } = verified.claims;
  if (exp * 1000 > expected.now.getTime() + expected.minutes * 60_000) return { refused: "valid for too long" };
  if (typeof jti !== "string" || jti.length < 16) return { refused: "no jti" };
  if (!expected.replays.isNew(jti)) return { refused: "jti was used before" };
  return verified;
}

async function verify(jwt: string, keys: JSONWebKeySet["keys"], { audience, clientId, now }: Expected) {
  try {
    const { payload } = await jwtVerify(jwt, createLocalJWKSet({ keys }), {
      algorithms: ["RS256"],
      issuer: clientId,
      requiredClaims: ["exp", "jti"],
      audience,
      currentDate: now,
    });
    return { claims: payload };
  } catch (error) {
    if (error instanceof errors.JWTClaimValidationFailed) return { refused: `${error.claim} is ${error.reason}` };
    if (error instanceof errors.JOSEError) return { refused: error.code };
    throw error;
  }
}

function headerOf(jwt: string): { alg?: string; kid?: string } {
  try {
    return decodeProtectedHeader(jwt);
  } catch {
    return {};
  }
}
