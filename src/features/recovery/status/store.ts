import type { Instant } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";

/** A reset of an account's sign-in methods, as its page tells of it. `id` is the cause of what directories are told. */
export type Reset = Readonly<{
  id: string;
  organisationId: string;
  accountId: string;
  browserHash: Buffer;
  /** The account's, as the reset left it. */
  epoch: number;
  /** The name of the service by which the person proved who they are. */
  provedBy: string;
  provedAt: Instant;
  /** Names of methods, one for each that was removed. */
  removed: readonly string[];
  sessions: number;
  /** What support finds it by. */
  reference: string;
  madeAt: Instant;
}>;

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
