import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWK, type JWTPayload, jwtVerify } from "jose";
import * as z from "zod";
import type { Clock } from "../../../ports/clock.ts";
import { algorithms, type BankAddresses } from "./addresses.ts";

/** Why a message that should be the client's is not believed. */
export type Disbelief =
  | "unsigned"
  | "unknown-key"
  | "wrong-signature"
  | "wrong-audience"
  | "expired"
  | "malformed"
  | "keys-unavailable";

export type Read = Readonly<{ claims: JWTPayload & { jti: string; exp: number } }> | Readonly<{ refused: Disbelief }>;

const statementForm = z.object({
  jwks: z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }),
  metadata: z.object({ openid_relying_party: z.object({ signed_jwks_uri: z.url() }) }),
});
const keysForm = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** Both ends judge by one clock here, but others may be tried against the bank. */
const skew = 60;

/**
 * The service as the bank sees it: a relying party known by its client id, that signs everything it says. Its keys are
 * read anew each time, through its entity statement and signed key set, so that a new key works at once.
 */
export function makeClient({ addresses, clock }: { addresses: BankAddresses; clock: Clock }) {
  const { id, entityStatement } = addresses.client;

  /** In earnest the entity key is exchanged beforehand; here the statement at our own address is believed for itself. */
  async function publishedKeys(): Promise<JSONWebKeySet> {
    const statement = await read(entityStatement);
    const { jwks, metadata } = statementForm.parse(decodeJwt(statement));
    const entityKeys = createLocalJWKSet(jwks);
    const checks = { algorithms: [algorithms.signature], currentDate: clock.now(), clockTolerance: skew };
    await jwtVerify(statement, entityKeys, { ...checks, typ: "entity-statement+jwt" });
    const set = await jwtVerify(await read(metadata.openid_relying_party.signed_jwks_uri), entityKeys, checks);
    return keysForm.parse(set.payload);
  }

  return {
    /** The claims of a JWT that the client signed for `audience`. It must have `jti` and `exp`. */
    async read(jwt: string, audience: string): Promise<Read> {
      const keys = await publishedKeys().catch(() => null);
      if (!keys) return { refused: "keys-unavailable" };
      try {
        const { payload } = await jwtVerify(jwt, createLocalJWKSet(keys), {
          issuer: id,
          audience,
          algorithms: [algorithms.signature],
          currentDate: clock.now(),
          clockTolerance: skew,
          requiredClaims: ["exp", "jti"],
        });
        const { jti, exp } = payload;
        if (typeof jti !== "string" || jti === "" || exp === undefined) return { refused: "malformed" };
        return { claims: { ...payload, jti, exp } };
      } catch (error) {
        return { refused: disbelief(error) };
      }
    },
    /** The key that the client's ID tokens are encrypted for. */
    async encryptionKey(): Promise<JWK | null> {
      const { keys } = await publishedKeys();
      return keys.find(({ use }) => use === "enc") ?? null;
    },
  };
}

export type Client = ReturnType<typeof makeClient>;

async function read(address: string): Promise<string> {
  const answer = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) throw new Error(`${new URL(address).pathname} answered ${answer.status}`);
  return answer.text();
}

function disbelief(error: unknown): Disbelief {
  if (error instanceof errors.JOSEAlgNotAllowed) return "unsigned";
  if (error instanceof errors.JWKSNoMatchingKey) return "unknown-key";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "wrong-signature";
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "aud") return "wrong-audience";
  return "malformed";
}
