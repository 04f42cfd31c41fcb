import { sql } from "kysely";
import type { Instant } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";

/** Any number will do, as long as every node asks for the same: only one makes the first keys. */
const keyLock = 8_242_510;

export type StoredKey = {
  kid: string;
  algorithm: "ES256" | "RS256";
  /** PKCS #8, PEM */
  privateKey: string;
  publishedAt: Instant;
  signsFrom: Instant;
  retiredAt: Instant | null;
};

const place = (kid: string) => ({ table: "signing_key", column: "private_key", row: kid });

/** Waits for whoever else is making keys. */
export const lockKeys = async (tx: Tx): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${keyLock})`.execute(tx);
};

/** The keys that are published at `now`, the newest first. */
export async function loadKeys(db: Db | Tx, keyring: Keyring, now: Instant): Promise<StoredKey[]> {
  const rows = await db
    .selectFrom("signing_key")
    .selectAll()
    .where((is) => is.or([is("retired_at", "is", null), is("retired_at", ">", now)]))
    .orderBy("signs_from", "desc")
    .orderBy("kid")
    .execute();
  return rows.map((row) => ({
    kid: row.kid,
    algorithm: row.algorithm === "RS256" ? "RS256" : "ES256",
    privateKey: keyring.open(place(row.kid), row.private_key).toString(),
    publishedAt: row.published_at,
    signsFrom: row.signs_from,
    retiredAt: row.retired_at,
  }));
}

/** Whether the keyring opens what the database holds: the newest key, if there is one yet. */
export async function opensSigningKeys(db: Db, keyring: Keyring): Promise<boolean> {
  const newest = await db
    .selectFrom("signing_key")
    .select(["kid", "private_key"])
    .orderBy("published_at", "desc")
    .limit(1)
    .executeTakeFirst();
  try {
    if (newest) keyring.open(place(newest.kid), newest.private_key);
    return true;
  } catch {
    return false;
  }
}

export async function insertKey(tx: Tx, keyring: Keyring, key: StoredKey): Promise<void> {
  await tx
    .insertInto("signing_key")
    .values({
      kid: key.kid,
      algorithm: key.algorithm,
      private_key: keyring.seal(place(key.kid), key.privateKey),
      published_at: key.publishedAt,
      signs_from: key.signsFrom,
      retired_at: key.retiredAt,
    })
    .execute();
}

/** The other keys of `algorithm` stop being published at `at`, unless they do before. */
export async function retireOthers(tx: Tx, algorithm: string, kid: string, at: Instant): Promise<void> {
  await tx
    .updateTable("signing_key")
    .set({ retired_at: at })
    .where("algorithm", "=", algorithm)
    .where("kid", "!=", kid)
    .where((is) => is.or([is("retired_at", "is", null), is("retired_at", ">", at)]))
    .execute();
}
