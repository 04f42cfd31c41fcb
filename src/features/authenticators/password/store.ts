import { sql } from "kysely";
import * as z from "zod";
import { type ShutReason, whyShut } from "../../../kernel/account-state.ts";
import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import { joinedThrottles } from "../../../platform/throttle/index.ts";
import { joinedSought, type Sought } from "../../organisations/index.ts";

/**
 * An account that a name has found. `hash` is null where no password can be right: none is set, or it may not sign in;
 * `temporary` likewise: the hash of a temporary password, in hexadecimal.
 */
export type Candidate = Readonly<{
  accountId: string;
  organisationId: string;
  hash: string | null;
  temporary: string | null;
  /** Why nobody gets in to it, whatever they type: for the audit alone (SIN-3). */
  shut: ShutReason | null;
}>;

const candidatesSchema = z.array(
  z
    .object({
      accountId: z.string(),
      organisationId: z.string(),
      accountState: z.string(),
      organisationState: z.string(),
      hash: z.string().nullable(),
      temporary: z.string().nullable(),
    })
    .transform(({ accountState, organisationState, ...candidate }) => ({
      ...candidate,
      shut: whyShut(accountState, organisationState),
    })),
);

/** Everything that a guess is judged by, in one statement: accounts, their hashes, and the counters of `throttleKeys`. */
export async function findCandidates(
  db: Db,
  sought: Sought,
  throttleKeys: readonly string[],
  now: Instant,
): Promise<{ candidates: readonly Candidate[]; throttles: unknown }> {
  const { rows } = await sql<{ candidates: unknown; throttles: unknown }>`
    select
      (select coalesce(jsonb_agg(jsonb_build_object('accountId', s.id, 'organisationId', s.organisation_id,
          'accountState', s.account_state, 'organisationState', s.organisation_state,
          'hash', case when s.is_open and p.ended_at is null then p.hash end,
          'temporary', case when s.is_open and t.expires_at > ${now} then encode(t.hash, 'hex') end)
          order by s.organisation_id), '[]')
        from ${joinedSought(sought)} s left join password p on p.account_id = s.id
          left join temporary_password t on t.account_id = s.id) as candidates,
      ${joinedThrottles(throttleKeys)} as throttles`.execute(db);
  const row = rows[0];
  return { candidates: candidatesSchema.parse(row?.candidates), throttles: row?.throttles };
}

/** The hash of an account's password; null when it has none. With `ended` also of one that support has ended. */
export async function loadHash(
  db: Db | Tx,
  accountId: string,
  { ended = false }: { ended?: boolean } = {},
): Promise<string | null> {
  const row = await db
    .selectFrom("password")
    .select("hash")
    .where("account_id", "=", accountId)
    .$if(!ended, (query) => query.where("ended_at", "is", null))
    .executeTakeFirst();
  return row?.hash ?? null;
}

/** Puts `hash` in the place of `was`, for the same password; false when the password has changed meanwhile. */
export async function replaceHash(tx: Tx, accountId: string, was: string, hash: string): Promise<boolean> {
  const row = await tx
    .updateTable("password")
    .set({ hash })
    .where("account_id", "=", accountId)
    .where("hash", "=", was)
    .where("ended_at", "is", null)
    .returning("account_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Saves a new password. */
export async function savePassword(tx: Tx, accountId: string, hash: string, now: Instant): Promise<void> {
  await tx
    .insertInto("password")
    .values({ account_id: accountId, hash, changed_at: now })
    .onConflict((conflict) => conflict.column("account_id").doUpdateSet({ hash, changed_at: now, ended_at: null }))
    .execute();
}

/** Ends the account's password: it signs in no more, and is not to be chosen again. */
export async function endPassword(tx: Tx, accountId: string, now: Instant): Promise<void> {
  await tx.updateTable("password").set({ ended_at: now }).where("account_id", "=", accountId).execute();
}

/** When the account's password was last set or changed; null when it has none. */
export async function loadPasswordChange(db: Db | Tx, accountId: string): Promise<Instant | null> {
  const row = await db
    .selectFrom("password")
    .select("changed_at")
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row?.changed_at ?? null;
}
