import type { Instant } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";

/** A reset of an account's authenticators. Its id is the journey's, and the cause of what directories are told. */
export type Recovery = Readonly<{
  id: string;
  tokenHash: Buffer;
  organisationId: string;
  accountId: string;
  /** The browser in which the person has proved who they are; empty once that has come into doubt. */
  browserHash: Buffer;
  /** The account's, after the reset. */
  epoch: number;
  /** The service's name. */
  provedBy: string;
  provedAt: Instant;
  /** Names of the methods that were removed. */
  removed: readonly string[];
  /** How many ended. */
  sessions: number;
  /** What the page shows, and support finds the reset by (SIN-12). */
  reference: string;
  /** The sign-in that the person came from. */
  returnTo: string | null;
}>;

export async function insertRecovery(tx: Tx, recovery: Recovery, now: Instant): Promise<void> {
  await tx
    .insertInto("recovery")
    .values({
      id: recovery.id,
      token_hash: recovery.tokenHash,
      organisation_id: recovery.organisationId,
      account_id: recovery.accountId,
      browser_hash: recovery.browserHash,
      epoch: recovery.epoch,
      proved_by: recovery.provedBy,
      proved_at: recovery.provedAt,
      removed: [...recovery.removed],
      sessions: recovery.sessions,
      reference: recovery.reference,
      return_to: recovery.returnTo,
      made_at: now,
    })
    .execute();
}

/** What linking anew depends on: of the reset `id` in the browser that made it; null in any other. */
export async function findRecovery(
  db: Db | Tx,
  { id, browserHash }: { id: string; browserHash: Buffer },
): Promise<Pick<Recovery, "accountId" | "epoch" | "provedAt" | "returnTo"> | null> {
  const row = await db
    .selectFrom("recovery")
    .select(["account_id as accountId", "epoch", "proved_at as provedAt", "return_to as returnTo"])
    .where("id", "=", id)
    .where("browser_hash", "=", browserHash)
    .executeTakeFirst();
  return row ?? null;
}

/** Voids what the account's resets have given the browsers that made them: passes, and an authenticator in place of the old. */
export async function endResets(tx: Tx, accountId: string): Promise<void> {
  await tx
    .updateTable("recovery")
    .set({ browser_hash: Buffer.alloc(0) })
    .where("account_id", "=", accountId)
    .execute();
}

/** Deletes what was made before `instant`; resolves to how many. */
export async function sweepRecoveries(db: Db, instant: Instant): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("recovery").where("made_at", "<", instant).executeTakeFirst();
  return Number(numDeletedRows);
}
