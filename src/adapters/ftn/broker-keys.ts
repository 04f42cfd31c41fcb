import { createHash } from "node:crypto";
import type { JWK } from "jose";
import { hours, type Instant, seconds } from "../../kernel/time.ts";
import { type Cached, makeCached } from "./cached.ts";
import type { Whereabouts } from "./endpoints.ts";
import { fetchDocument, parseObject, type Reply } from "./exchange.ts";
import type { Signature } from "./profiles.ts";
import type { Setup } from "./setup.ts";
import { BrokerTrouble, type TroubleReason } from "./trouble.ts";
import { verifySigned } from "./verify-signed.ts";

/** `date` is the broker's own clock as it answered; null where nothing was fetched. */
export type BrokerKeys = Readonly<{ keys: readonly JWK[]; date: string | null }>;

const algorithms: readonly Signature[] = ["RS256", "PS256", "ES256"];
const skew = seconds(60);
const waiting = () => AbortSignal.timeout(seconds(5));

/**
 * The keys that the broker signs with, verified as `setup.keyTrust` says. Brokers rotate them daily at the most often, and
 * publish new ones before use; one that is not known is worth `renew`.
 */
export function makeBrokerKeys(setup: Setup, whereabouts: Cached<Whereabouts>): Cached<BrokerKeys> {
  const { keyTrust, profile } = setup;
  if (keyTrust.by === "settings") {
    const known = { keys: keyTrust.keys, date: null };
    return { get: async () => known, renew: async () => known };
  }
  const entityKeys = makeCached({ load: (now) => loadEntityKeys(setup, now), fresh: hours(12), usable: hours(24) });

  const load = async (now: Instant): Promise<BrokerKeys> => {
    const { endpoints } = await whereabouts.get(now);
    if (keyTrust.by === "tls") {
      const reply = await fetchDocument(endpoints.keys, "application/jwk-set+json, application/json", waiting());
      return { keys: keysOf(parseObject(reply.body)), date: reply.date };
    }
    const trusted = await entityKeys.get(now);
    const reply = await fetchDocument(endpoints.keys, "application/jwk-set+jwt, application/jwt", waiting());
    return { keys: await readSignedKeys(reply, trusted, profile.signedKeysTypes, now), date: reply.date };
  };
  return makeCached({ load, fresh: hours(12), usable: hours(24) });
}

async function readSignedKeys(
  { body }: Reply,
  trusted: readonly JWK[],
  types: readonly string[] | null,
  now: Instant,
): Promise<readonly JWK[]> {
  const signed = await verifySigned(body.trim(), { keys: trusted, algorithms });
  if (signed.result !== "verified") throw new BrokerTrouble("keys-unverified");
  if (types && !types.includes(signed.type?.toLowerCase() ?? "")) throw new BrokerTrouble("keys-unverified");
  if (!isCurrent(signed.payload, now)) throw new BrokerTrouble("keys-unverified");
  return keysOf(signed.payload);
}

/** The entity keys: pinned by the operator, or out of the entity statement whose hash is pinned. */
async function loadEntityKeys({ keyTrust }: Setup, now: Instant): Promise<readonly JWK[]> {
  if (keyTrust.by === "entity-key") return [keyTrust.key];
  if (keyTrust.by !== "entity-statement") throw new BrokerTrouble("keys-unverified");
  const { body } = await fetchDocument(keyTrust.url, "application/entity-statement+jwt", waiting());
  const isPinned = [body, body.trim()].some((text) => sha256(text) === keyTrust.sha256);
  if (!isPinned) throw new BrokerTrouble("entity-statement-changed");
  return readEntityStatement(body.trim(), now);
}

async function readEntityStatement(statement: string, now: Instant): Promise<readonly JWK[]> {
  const trouble: TroubleReason = "entity-statement-unverified";
  const claims = parseObject(Buffer.from(statement.split(".")[1] ?? "", "base64url").toString());
  const { jwks } = claims;
  if (typeof jwks !== "object" || jwks === null) throw new BrokerTrouble(trouble);
  const keys = keysOf({ ...jwks });
  const verified = await verifySigned(statement, { keys, algorithms });
  if (verified.result !== "verified" || claims.iss !== claims.sub || !isCurrent(claims, now))
    throw new BrokerTrouble(trouble);
  return keys;
}

/** `exp` and `iat`, where the document has them. */
function isCurrent({ exp, iat }: Readonly<Record<string, unknown>>, now: Instant): boolean {
  const isOver = typeof exp === "number" && exp * 1000 + skew <= now.getTime();
  const isAhead = typeof iat === "number" && iat * 1000 - skew > now.getTime();
  return !isOver && !isAhead;
}

function keysOf({ keys }: Readonly<Record<string, unknown>>): readonly JWK[] {
  if (!Array.isArray(keys)) throw new BrokerTrouble("answer-unreadable");
  return keys.filter(isKey);
}

const isKey = (key: unknown): key is JWK =>
  typeof key === "object" && key !== null && "kty" in key && typeof key.kty === "string";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
