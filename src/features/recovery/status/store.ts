import type { Instant } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";
import type { Recovery } from "../store.ts";

/** A reset, as its page tells of it. */
export type Reset = Omit<Recovery, "tokenHash" | "returnTo"> & Readonly<{ madeAt: Instant }>;

/** The reset whose page has the token of `tokenHash`, unless it was made before `since`. */
export async function findReset(db: Db, tokenHash: Buffer, since: Instant): Promise<Reset | null> {
  const row = await db
    .selectFrom("recovery")
    .select(["id", "organisation_id", "account_id", "browser_hash", "epoch", "proved_by"])
    .select(["proved_at", "removed", "sessions", "reference", "made_at"])
    .where("token_hash", "=", tokenHash)
    .where("made_at", ">", since)
    .executeTakeFirst();
  if (!row) return null;
  return {
    id: row.id,
    organisationId: row.organisation_id,
    accountId: row.account_id,
    browserHash: row.browser_hash,
    epoch: row.epoch,
    provedBy: row.proved_by,
    provedAt: row.proved_at,
    removed: row.removed,
    sessions: row.sessions,
    reference: row.reference,
    madeAt: row.made_at,
  };
}
