import type { Instant } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { MadeLink } from "./notice-link.ts";

export async function insertNoticeLinks(tx: Tx, links: readonly MadeLink[], now: Instant): Promise<void> {
  if (links.length === 0) return;
  await tx
    .insertInto("notice_link")
    .values(
      links.map(({ tokenHash, accountId, event, expiresAt }) => ({
        token_hash: tokenHash,
        account_id: accountId,
        event,
        created_at: now,
        expires_at: expiresAt,
      })),
    )
    .execute();
}

/** A link as its token finds it. `event` is the template of the notice that carried it. */
export type NoticeLink = Readonly<{
  accountId: string;
  event: string;
  createdAt: Instant;
  expiresAt: Instant;
  usedAt: Instant | null;
}>;

export async function findNoticeLink(db: Db | Tx, tokenHash: Buffer): Promise<NoticeLink | null> {
  const row = await db
    .selectFrom("notice_link")
    .select(["account_id", "event", "created_at", "expires_at", "used_at"])
    .where("token_hash", "=", tokenHash)
    .executeTakeFirst();
  if (!row) return null;
  return {
    accountId: row.account_id,
    event: row.event,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
  };
}

/**
 * Uses a link up, and with it every other that its account has: what they tell of is known from then on. False when it
 * was used or is over.
 */
export async function useNoticeLink(tx: Tx, tokenHash: Buffer, now: Instant): Promise<boolean> {
  const used = await tx
    .updateTable("notice_link")
    .set({ used_at: now })
    .where("token_hash", "=", tokenHash)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .returning("account_id")
    .executeTakeFirst();
  if (!used) return false;
  await tx
    .updateTable("notice_link")
    .set({ used_at: now })
    .where("account_id", "=", used.account_id)
    .where("used_at", "is", null)
    .execute();
  return true;
}

/** Deletes links that expired before `instant`; resolves to how many. */
export async function sweepNoticeLinks(db: Db, instant: Instant): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("notice_link").where("expires_at", "<", instant).executeTakeFirst();
  return Number(numDeletedRows);
}
