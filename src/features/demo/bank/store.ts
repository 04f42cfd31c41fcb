import { createHash } from "node:crypto";
import type { Instant } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";

export type OneTime = "request" | "assertion" | "code";

const hashOf = (kind: OneTime, value: string): Buffer => createHash("sha256").update(`${kind} ${value}`).digest();

export async function isUsed(db: Db, kind: OneTime, value: string): Promise<boolean> {
  const found = await db
    .selectFrom("demo_bank_used")
    .select("value_hash")
    .where("value_hash", "=", hashOf(kind, value))
    .executeTakeFirst();
  return found !== undefined;
}

/** Marks a one-time value as used; false when it was already. From `until` on the value must be refused for its age. */
export async function use(
  db: Db,
  kind: OneTime,
  value: string,
  { until, now }: { until: Instant; now: Instant },
): Promise<boolean> {
  await db.deleteFrom("demo_bank_used").where("expires_at", "<", now).execute();
  const marked = await db
    .insertInto("demo_bank_used")
    .values({ value_hash: hashOf(kind, value), expires_at: until })
    .onConflict((conflict) => conflict.doNothing())
    .returning("value_hash")
    .executeTakeFirst();
  return marked !== undefined;
}

export type KeyUse = "entity" | "sig";

const place = (use: KeyUse) => ({ table: "demo_bank_key", column: "private_key", row: use });

/** The key of `use`, PKCS #8 in PEM; null before it is made. */
export async function loadKey(db: Db, keyring: Keyring, use: KeyUse): Promise<string | null> {
  const row = await db.selectFrom("demo_bank_key").select("private_key").where("use", "=", use).executeTakeFirst();
  return row ? keyring.open(place(use), row.private_key).toString() : null;
}

/** Keeps a key, unless another node was faster. */
export async function insertKey(
  db: Db,
  keyring: Keyring,
  { use, privateKey, createdAt }: { use: KeyUse; privateKey: string; createdAt: Instant },
): Promise<void> {
  await db
    .insertInto("demo_bank_key")
    .values({ use, private_key: keyring.seal(place(use), privateKey), created_at: createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
