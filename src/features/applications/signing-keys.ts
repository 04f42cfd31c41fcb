import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { days, hours, type Instant, plus } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Actor, Audit } from "../audit/index.ts";
import { insertKey, loadKeys, lockKeys, retireOthers, type StoredKey } from "./key-store.ts";

type Deps = { db: Db; keyring: Keyring; clock: Clock; random: Random };
export type Algorithm = StoredKey["algorithm"];

/** Relying parties may keep the key set for a day; ID tokens live for minutes, logout hints for as long as people stay. */
const publishBefore = hours(24);
const publishAfter = days(30);

const algorithms: readonly Algorithm[] = ["ES256", "RS256"];

/** The keys that are published now. Makes the first of each algorithm where there is none. */
export async function makeSigningKeys({ db, keyring, clock, random }: Deps): Promise<StoredKey[]> {
  const keys = await loadKeys(db, keyring, clock.now());
  if (algorithms.every((algorithm) => keys.some((key) => key.algorithm === algorithm))) return keys;
  return db.transaction().execute(async (tx) => {
    await lockKeys(tx);
    const now = clock.now();
    const existing = await loadKeys(tx, keyring, now);
    const missing = algorithms.filter((algorithm) => !existing.some((key) => key.algorithm === algorithm));
    for (const algorithm of missing) await insertKey(tx, keyring, newKey(algorithm, random, now, now));
    return loadKeys(tx, keyring, now);
  });
}

/** A signing key as an operator sees it: never the key itself. */
export type SigningKeyListing = Pick<StoredKey, "kid" | "algorithm" | "publishedAt" | "signsFrom" | "retiredAt"> & {
  signs: boolean;
};

/** The keys that are published now, those that sign first. */
export const makeListSigningKeys = (deps: Deps) => async (): Promise<SigningKeyListing[]> => {
  const now = deps.clock.now();
  const keys = await makeSigningKeys(deps);
  return algorithms.flatMap((algorithm) =>
    inOrderOfUse(
      keys.filter((key) => key.algorithm === algorithm),
      now,
    ).map(({ privateKey: _kept, ...key }, index) => ({ ...key, signs: index === 0 })),
  );
};

/**
 * Publishes a new key of `algorithm`, which signs a day later (`at once` after a leak), when every application has had
 * time to fetch it; the one before stays published for thirty days more, or is withdrawn at once. Resolves to its id.
 */
export const makeRotateSigningKey =
  ({ db, keyring, clock, random, audit }: Deps & { audit: Audit }) =>
  (algorithm: Algorithm, { atOnce = false, actor = "operator" as Actor } = {}): Promise<string> =>
    db.transaction().execute(async (tx: Tx) => {
      await lockKeys(tx);
      const now = clock.now();
      const signsFrom = atOnce ? now : plus(now, publishBefore);
      const key = newKey(algorithm, random, now, signsFrom);
      await insertKey(tx, keyring, key);
      await retireOthers(tx, algorithm, key.kid, atOnce ? now : plus(signsFrom, publishAfter));
      await audit.record(tx, [
        {
          type: "signing-key.rotated",
          result: "done",
          actor,
          organisationId: null,
          detail: { kid: key.kid, algorithm, atOnce },
        },
      ]);
      return key.kid;
    });

function newKey(algorithm: Algorithm, random: Random, publishedAt: Instant, signsFrom: Instant): StoredKey {
  const privateKey = generate(algorithm).export({ type: "pkcs8", format: "pem" }).toString();
  return {
    kid: random.bytes(12).toString("base64url"),
    algorithm,
    privateKey,
    publishedAt,
    signsFrom,
    retiredAt: null,
  };
}

const generate = (algorithm: Algorithm): KeyObject =>
  algorithm === "ES256"
    ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
    : generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

/** Of keys of one algorithm, the one that signs at `now` stands first: the newest that is old enough. */
export function inOrderOfUse(keys: readonly StoredKey[], now: Instant): StoredKey[] {
  const rank = (key: StoredKey) => (key.signsFrom <= now ? 0 : 1);
  return keys.toSorted((a, b) => rank(a) - rank(b) || b.signsFrom.getTime() - a.signsFrom.getTime());
}
