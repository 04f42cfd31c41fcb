import { type Instant, minutes, plus } from "../../../../kernel/time.ts";
import type { Db } from "../../../../platform/database/index.ts";
import type { Keyring } from "../../../../platform/seal/index.ts";
import type { Clock } from "../../../../ports/clock.ts";
import type { RelyingPartyKeys } from "../../../../ports/identity-broker.ts";
import { isPublishedAt, type KeyMaking, type KeyUse, keyUses, makeKey, type StoredKey, signsAt } from "./key.ts";
import { insertKey, loadKeys, lockKeys } from "./key-store.ts";

export type KeysDeps = KeyMaking & Readonly<{ db: Db; keyring: Keyring; clock: Clock }>;

/** How long a node believes what it has read: a new key is known to every node after that. */
export const remembered = minutes(1);

/** Our keys towards brokers, made when they are first needed, and remembered for a minute. */
export function makeRelyingPartyKeys(deps: KeysDeps): RelyingPartyKeys {
  const { clock } = deps;
  let memory: { keys: Promise<readonly StoredKey[]>; until: Instant } | null = null;

  const keys = (): Promise<readonly StoredKey[]> => {
    const now = clock.now();
    if (memory && memory.until > now) return memory.keys;
    const read = { keys: completeKeys(deps), until: plus(now, remembered) };
    memory = read;
    read.keys.catch(() => {
      if (memory === read) memory = null;
    });
    return read.keys;
  };
  const signer = async (use: KeyUse) => {
    const key = signsAt(await keys(), use, clock.now());
    if (!key) throw new Error(`there is no ${use} key`);
    return key;
  };

  return {
    signing: () => signer("sig"),
    entity: () => signer("entity"),
    decryption: async () => {
      const now = clock.now();
      return (await keys()).filter(({ use, usedUntil }) => use === "enc" && (usedUntil === null || usedUntil > now));
    },
    published: async () => {
      const now = clock.now();
      return (await keys()).flatMap((key) =>
        key.use !== "entity" && isPublishedAt(key, now) ? [{ ...key, use: key.use }] : [],
      );
    },
  };
}

/** Every key in use, the newest first. Makes the first of each use where there is none. */
async function completeKeys(deps: KeysDeps): Promise<readonly StoredKey[]> {
  const { db, keyring, clock } = deps;
  const missing = (keys: readonly StoredKey[]) => keyUses.filter((use) => !keys.some((key) => key.use === use));
  const keys = await loadKeys(db, keyring, clock.now());
  if (missing(keys).length === 0) return keys;
  return db.transaction().execute(async (tx) => {
    await lockKeys(tx);
    const now = clock.now();
    const lacking = missing(await loadKeys(tx, keyring, now));
    // Another node's clock may be a moment behind: it publishes the first ones too.
    const signsFrom = plus(now, -minutes(1));
    for (const key of await Promise.all(lacking.map((use) => makeKey(deps, { use, now, signsFrom }))))
      await insertKey(tx, keyring, key);
    return loadKeys(tx, keyring, now);
  });
}
