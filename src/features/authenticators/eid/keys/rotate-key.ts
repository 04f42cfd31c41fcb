import { type Duration, days, type Instant, plus } from "../../../../kernel/time.ts";
import type { Actor, Audit } from "../../../audit/index.ts";
import { isPublishedAt, type KeyUse, makeKey, type StoredKey, signsAt } from "./key.ts";
import { deleteEnded, insertKey, loadKeys, lockKeys, retireOthers } from "./key-store.ts";
import { type KeysDeps, remembered } from "./relying-party-keys.ts";

/** Brokers may keep our key set for a day. */
const signsAfter = days(2);
const publishedAfter = days(2);
/** Brokers that are told of a new key by hand need time for it. */
const decryptsAfter = days(30);

/** A key as an operator sees it: never the key itself. */
export type KeyListing = Pick<StoredKey, "kid" | "use" | "createdAt" | "signsFrom" | "publishedUntil" | "usedUntil"> & {
  /** Whether it is the one that signs, or that brokers encrypt for. */
  current: boolean;
};

/** The keys that are in use; none are made. */
export const makeListKeys =
  ({ db, keyring, clock }: KeysDeps) =>
  async (): Promise<KeyListing[]> => {
    const now = clock.now();
    const keys = await loadKeys(db, keyring, now);
    const isCurrent = (key: StoredKey) =>
      key.use === "enc" ? isPublishedAt(key, now) : signsAt(keys, key.use, now)?.kid === key.kid;
    return keys.map((key) => {
      const { privateKey: _kept, certificate: _public, ...listed } = key;
      return { ...listed, current: isCurrent(key) };
    });
  };

export type Rotation = Readonly<{
  /** Days until a new signing key signs; two, unless told otherwise. */
  inDays?: number;
  /** After a leak: a new signing key signs now, and the earlier ones are withdrawn. */
  atOnce?: boolean;
  actor: Actor;
}>;

/**
 * Makes a new key of `use`; resolves to its id.
 * - `sig`: published now, signs two days later; the one before stays published for two days more.
 * - `enc`: decrypts now, and takes the other's place in what is published once every node knows it; the one before
 *   decrypts for thirty days more.
 * - `entity`: signs now. Brokers hold the one before, so each has to be told.
 */
export const makeRotateKey =
  (deps: KeysDeps & { audit: Audit }) =>
  async (use: KeyUse, { inDays, atOnce = false, actor }: Rotation): Promise<string> => {
    const { db, keyring, clock, audit } = deps;
    return db.transaction().execute(async (tx) => {
      await lockKeys(tx);
      const now = clock.now();
      const wait = inDays === undefined ? signsAfter : days(inDays);
      const signsFrom = plus(now, waitOf(use, atOnce ? 0 : wait));
      const key = await makeKey(deps, { use, now, signsFrom });
      await insertKey(tx, keyring, key);
      await retireOthers(tx, key, endOf(use, { now, signsFrom, atOnce }));
      await deleteEnded(tx, now);
      const detail = { kid: key.kid, use, atOnce };
      await audit.record(tx, [
        { type: "relying-party-key.rotated", result: "done", actor, organisationId: null, detail },
      ]);
      return key.kid;
    });
  };

const waitOf = (use: KeyUse, chosen: Duration): Duration => ({ sig: chosen, enc: 2 * remembered, entity: 0 })[use];

/** When what was there before ends. */
function endOf(use: KeyUse, { now, signsFrom, atOnce }: { now: Instant; signsFrom: Instant; atOnce: boolean }) {
  if (use === "enc") return { publishedUntil: signsFrom, usedUntil: plus(signsFrom, decryptsAfter) };
  const end = use === "entity" || atOnce ? now : plus(signsFrom, publishedAfter);
  return { publishedUntil: end, usedUntil: end };
}
