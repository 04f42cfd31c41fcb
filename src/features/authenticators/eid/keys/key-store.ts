import { sql } from "kysely";
import type { Instant } from "../../../../kernel/time.ts";
import type { Db, Tx } from "../../../../platform/database/index.ts";
import type { Keyring } from "../../../../platform/seal/index.ts";
import type { StoredKey } from "./key.ts";

/** Any number will do, as long as every node asks for the same: only one makes keys at a time. */
const keyLock = 8_242_512;

const place = (kid: string) => ({ table: "relying_party_key", column: "private_key", row: kid });

/** Waits for whoever else is making keys. */
export const lockKeys = async (tx: Tx): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${keyLock})`.execute(tx);
};

/** The keys that are in use at `now`, the newest first. */
export async function loadKeys(db: Db | Tx, keyring: Pick<Keyring, "open">, now: Instant): Promise<StoredKey[]> {
  const rows = await db
    .selectFrom("relying_party_key")
    .selectAll()
    .where((is) => is.or([is("used_until", "is", null), is("used_until", ">", now)]))
    .orderBy("created_at", "desc")
    .orderBy("kid")
    .execute();
  return rows.map((row) => ({
    kid: row.kid,
    use: row.use === "sig" || row.use === "enc" ? row.use : "entity",
    privateKey: keyring.open(place(row.kid), row.private_key).toString(),
    certificate: row.certificate,
    createdAt: row.created_at,
    signsFrom: row.signs_from,
    publishedUntil: row.published_until,
    usedUntil: row.used_until,
  }));
}

export async function insertKey(tx: Tx, keyring: Pick<Keyring, "seal">, key: StoredKey): Promise<void> {
  await tx
    .insertInto("relying_party_key")
    .values({
      kid: key.kid,
      use: key.use,
      private_key: keyring.seal(place(key.kid), key.privateKey),
      certificate: key.certificate,
      created_at: key.createdAt,
      signs_from: key.signsFrom,
      published_until: key.publishedUntil,
      used_until: key.usedUntil,
    })
    .execute();
}

/** The other keys of that use are published and used until then, unless their end comes before. */
export async function retireOthers(
  tx: Tx,
  { use, kid }: Pick<StoredKey, "use" | "kid">,
  { publishedUntil, usedUntil }: { publishedUntil: Instant; usedUntil: Instant },
): Promise<void> {
  await tx
    .updateTable("relying_party_key")
    .set({
      published_until: sql<Date>`least(published_until, ${publishedUntil})`,
      used_until: sql<Date>`least(used_until, ${usedUntil})`,
    })
    .where("use", "=", use)
    .where("kid", "!=", kid)
    .execute();
}

/** Deletes the keys that nothing needs any more. */
export async function deleteEnded(tx: Tx, now: Instant): Promise<void> {
  await tx.deleteFrom("relying_party_key").where("used_until", "<=", now).execute();
}
