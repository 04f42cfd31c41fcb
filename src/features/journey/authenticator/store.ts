import { sql } from "kysely";
import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Authenticator } from "../method.ts";

/** Puts a newly linked method on record. The room that links it keeps its secret. */
export async function insertAuthenticator(tx: Tx, accountId: string, authenticator: Authenticator): Promise<void> {
  await tx
    .insertInto("authenticator")
    .values({
      id: authenticator.id,
      account_id: accountId,
      method: authenticator.method,
      name: authenticator.name,
      linked_at: authenticator.linkedAt,
      last_used_at: authenticator.lastUsedAt,
    })
    .execute();
}

/** The methods that an account has, the oldest first. */
export async function listAuthenticators(db: Db | Tx, accountId: string): Promise<Authenticator[]> {
  const rows = await db
    .selectFrom("authenticator")
    .select(["id", "method", "name", "linked_at", "last_used_at"])
    .where("account_id", "=", accountId)
    .where("removed_at", "is", null)
    .orderBy("linked_at")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    method: row.method,
    name: row.name,
    linkedAt: row.linked_at,
    lastUsedAt: row.last_used_at,
  }));
}

/** Notes that authenticators were used and that the account has signed in in this browser: one statement. */
export async function noteSignIn(
  tx: Tx,
  note: { accountId: string; authenticatorIds: readonly string[]; browserHash: Buffer; method: string },
  now: Instant,
): Promise<void> {
  await tx
    .with("used", (db) =>
      db
        .updateTable("authenticator")
        .set({ last_used_at: now })
        .where("id", "=", sql<string>`any(${[...note.authenticatorIds]}::uuid[])`),
    )
    .insertInto("known_browser")
    .values({ browser_hash: note.browserHash, account_id: note.accountId, method: note.method, last_used_at: now })
    .onConflict((conflict) =>
      conflict.columns(["browser_hash", "account_id"]).doUpdateSet({ method: note.method, last_used_at: now }),
    )
    .execute();
}

/** Whether the account has signed in in this browser before: what is asked for there counts apart from strangers' (SIN-10). */
export async function isKnownBrowser(db: Db | Tx, accountId: string, browserHash: Buffer): Promise<boolean> {
  const row = await db
    .selectFrom("known_browser")
    .select("account_id")
    .where("browser_hash", "=", browserHash)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Whose share of what strangers may do a request takes: its network's, or, where somebody has signed in in it before, the
 * browser's own, so that nobody who sits behind the same address can use it up (SIN-10).
 */
export async function sourceOf(
  db: Db | Tx,
  { browserHash, network }: Readonly<{ browserHash: Buffer; network: string }>,
): Promise<string> {
  const row = await db
    .selectFrom("known_browser")
    .select("account_id")
    .where("browser_hash", "=", browserHash)
    .limit(1)
    .executeTakeFirst();
  return row ? `browser:${browserHash.toString("hex")}` : `network:${network}`;
}

/** Takes these authenticators off their accounts. They stay on record, with the time. */
export async function endAuthenticators(tx: Tx, ids: readonly string[], now: Instant): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable("authenticator")
    .set({ removed_at: now })
    .where("id", "in", ids)
    .where("removed_at", "is", null)
    .execute();
}
