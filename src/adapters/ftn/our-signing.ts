import { createPrivateKey, randomUUID } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";
import { type Duration, type Instant, plus } from "../../kernel/time.ts";
import type { RelyingPartyKey } from "../../ports/identity-broker.ts";
import type { Audience, Endpoints } from "./profiles.ts";

/** `payload` signed as ours, once and for a while: with `kid`, `jti`, `iat`, `exp`. */
export function signOnce(
  payload: JWTPayload,
  { key, type, lifetime, now }: { key: RelyingPartyKey; type: string; lifetime: Duration; now: Instant },
): Promise<string> {
  return new SignJWT(payload)
    .setProtectedHeader({ alg: "RS256", typ: type, kid: key.kid })
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(plus(now, lifetime))
    .sign(createPrivateKey(key.privateKey));
}

/** The address that `audience` stands for. */
export const audienceOf = (audience: Audience, issuer: string, { authorization, token }: Endpoints): string =>
  ({ issuer, "authorization-endpoint": authorization, "token-endpoint": token })[audience];
