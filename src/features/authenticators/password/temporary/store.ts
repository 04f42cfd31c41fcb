import { sql } from "kysely";
import type { Instant } from "../../../../kernel/time.ts";
import type { Db, Tx } from "../../../../platform/database/index.ts";
import {
  type Account,
  joinedAccount,
  joinedOrganisation,
  joinedSought,
  type Organisation,
  readJoinedAccount,
  readJoinedOrganisation,
  type Sought,
} from "../../../organisations/index.ts";

export type TemporaryPassword = Readonly<{
  accountId: string;
  hash: Buffer;
  createdAt: Instant;
  expiresAt: Instant;
  /** An actor of the audit. */
  orderedBy: string;
}>;

/** Saves temporary passwords, one statement whatever their number; each takes the place of the account's earlier one. */
export async function saveTemporary(tx: Tx, passwords: readonly TemporaryPassword[]): Promise<void> {
  if (passwords.length === 0) return;
  await tx
    .insertInto("temporary_password")
    .values(
      passwords.map(({ accountId, hash, createdAt, expiresAt, orderedBy }) => ({
        account_id: accountId,
        hash,
        created_at: createdAt,
        expires_at: expiresAt,
        ordered_by: orderedBy,
      })),
    )
    .onConflict((conflict) =>
      conflict.column("account_id").doUpdateSet((eb) => ({
        hash: eb.ref("excluded.hash"),
        created_at: eb.ref("excluded.created_at"),
        expires_at: eb.ref("excluded.expires_at"),
        ordered_by: eb.ref("excluded.ordered_by"),
      })),
    )
    .execute();
}

/** The account's temporary password, also one that has expired; null when it has none. */
export async function loadTemporary(db: Db | Tx, accountId: string): Promise<TemporaryPassword | null> {
  const row = await db
    .selectFrom("temporary_password")
    .selectAll()
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row
    ? {
        accountId: row.account_id,
        hash: row.hash,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        orderedBy: row.ordered_by,
      }
    : null;
}

/**
 * Uses the temporary password that was shown at `shownAt`, once: one statement. False when it is gone, has expired, or a
 * newer one has taken its place.
 */
export async function spendTemporary(
  tx: Tx,
  accountId: string,
  { shownAt, now }: { shownAt: Instant; now: Instant },
): Promise<boolean> {
  const row = await tx
    .deleteFrom("temporary_password")
    .where("account_id", "=", accountId)
    .where("created_at", "<=", shownAt)
    .where("expires_at", ">", now)
    .returning("account_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes the account's temporary password back. */
export async function deleteTemporary(tx: Tx, accountId: string): Promise<void> {
  await tx.deleteFrom("temporary_password").where("account_id", "=", accountId).execute();
}

/** The accounts sought that may sign in, with their organisations, in one statement. */
export async function findOpenAccounts(
  tx: Tx,
  sought: Sought,
): Promise<{ account: Account; organisation: Organisation }[]> {
  const { rows } = await sql<{ account: unknown; organisation: unknown }>`
    select ${joinedAccount(sql`s.id`)} as account, ${joinedOrganisation(sql`s.organisation_id`)} as organisation
    from ${joinedSought(sought)} s where s.is_open order by s.organisation_id`.execute(tx);
  return rows.flatMap((row) => {
    const account = readJoinedAccount(row.account);
    const organisation = readJoinedOrganisation(row.organisation);
    return account && organisation ? [{ account, organisation }] : [];
  });
}
