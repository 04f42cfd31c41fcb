import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";

/** A link as its token finds it. */
export type PasswordLink = Readonly<{
  id: string;
  accountId: string;
  epoch: number;
  expiresAt: Instant;
  usedAt: Instant | null;
}>;

/** Saves a new link in the place of the account's earlier one. */
export async function saveLink(
  tx: Tx,
  link: Omit<PasswordLink, "usedAt"> & Readonly<{ tokenHash: Buffer }>,
  now: Instant,
): Promise<void> {
  const values = {
    id: link.id,
    token_hash: link.tokenHash,
    epoch: link.epoch,
    created_at: now,
    expires_at: link.expiresAt,
    used_at: null,
  };
  await tx
    .insertInto("recovery_link")
    .values({ ...values, account_id: link.accountId })
    .onConflict((conflict) => conflict.column("account_id").doUpdateSet(values))
    .execute();
}

export async function findLink(db: Db | Tx, tokenHash: Buffer): Promise<PasswordLink | null> {
  const row = await db
    .selectFrom("recovery_link")
    .select(["id", "account_id", "epoch", "expires_at", "used_at"])
    .where("token_hash", "=", tokenHash)
    .executeTakeFirst();
  return row
    ? { id: row.id, accountId: row.account_id, epoch: row.epoch, expiresAt: row.expires_at, usedAt: row.used_at }
    : null;
}

/** Uses the link up: one statement. False when it was used, is over, or a newer one has taken its place. */
export async function useLink(tx: Tx, { id, epoch }: Pick<PasswordLink, "id" | "epoch">, now: Instant) {
  const row = await tx
    .updateTable("recovery_link")
    .set({ used_at: now })
    .where("id", "=", id)
    .where("epoch", "=", epoch)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Voids what was sent: its link leads nowhere from then on. */
export async function endPasswordLinks(tx: Tx, accountId: string): Promise<void> {
  await tx.deleteFrom("recovery_link").where("account_id", "=", accountId).execute();
}

/** Deletes links that expired before `instant`; resolves to how many. */
export async function sweepPasswordLinks(db: Db, instant: Instant): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("recovery_link").where("expires_at", "<", instant).executeTakeFirst();
  return Number(numDeletedRows);
}
