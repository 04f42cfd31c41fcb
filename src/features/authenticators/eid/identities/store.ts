import { sql } from "kysely";
import * as z from "zod";
import { type Level, levels } from "../../../../kernel/identity.ts";
import type { LocalisedText } from "../../../../kernel/language.ts";
import type { Instant } from "../../../../kernel/time.ts";
import type { Db, Tx } from "../../../../platform/database/index.ts";
import { divideLinked, type Missed } from "../../../journey/index.ts";

/** An identity as it is stored: found by its keyed hash alone, opened for its own row alone. */
export type SealedIdentity = Readonly<{
  accountId: string;
  organisationId: string;
  blindIndex: Buffer;
  sealed: Buffer;
}>;

/** Notes whom the accounts expect, in place of what they expected before; what is bound stays. One statement. */
export async function saveExpected(tx: Tx, rows: readonly SealedIdentity[], now: Instant): Promise<void> {
  if (rows.length === 0) return;
  await sql`insert into identity (account_id, organisation_id, blind_index, sealed, expected_at)
    select given.account_id, given.organisation_id, given.blind_index, given.sealed, ${now}::timestamptz
    from unnest(${rows.map(({ accountId }) => accountId)}::uuid[], ${rows.map(({ organisationId }) => organisationId)}::uuid[],
      ${rows.map(({ blindIndex }) => blindIndex)}::bytea[], ${rows.map(({ sealed }) => sealed)}::bytea[])
      as given (account_id, organisation_id, blind_index, sealed)
    on conflict (account_id) do update set
      blind_index = excluded.blind_index, sealed = excluded.sealed, expected_at = excluded.expected_at
    where identity.bound_at is null`.execute(tx);
}

/** Waits until no other transaction binds the same identity: of two at once, the second sees what the first did. */
export async function lockIdentity(tx: Tx, blindIndex: Buffer): Promise<void> {
  await sql`select pg_advisory_xact_lock(${blindIndex.readBigInt64BE()}::bigint)`.execute(tx);
}

/** What the account's identity is found by, expected or bound. */
export async function loadBlindIndex(db: Db | Tx, accountId: string): Promise<Buffer | null> {
  const row = await db
    .selectFrom("identity")
    .select("blind_index")
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row?.blind_index ?? null;
}

/** Whether an account of the organisation other than `accountId` has the identity. */
export async function isBoundElsewhere(
  tx: Tx,
  { accountId, organisationId, blindIndex }: Omit<SealedIdentity, "sealed">,
): Promise<boolean> {
  const row = await tx
    .selectFrom("identity")
    .select("account_id")
    .where("blind_index", "=", blindIndex)
    .where("organisation_id", "=", organisationId)
    .where("bound_at", "is not", null)
    .where("account_id", "!=", accountId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whoever left and comes back has a new account: the closed one keeps whom it expects, and is bound to nobody. */
export async function releaseClosed(
  tx: Tx,
  { accountId, organisationId, blindIndex }: Omit<SealedIdentity, "sealed">,
  now: Instant,
): Promise<void> {
  await tx
    .updateTable("identity")
    .from("account")
    .set({ bound_at: null, expected_at: now })
    .whereRef("account.id", "=", "identity.account_id")
    .where("account.state", "=", "closed")
    .where("identity.blind_index", "=", blindIndex)
    .where("identity.organisation_id", "=", organisationId)
    .where("identity.account_id", "!=", accountId)
    .execute();
}

export async function saveBound(
  tx: Tx,
  { accountId, organisationId, blindIndex, sealed }: SealedIdentity,
  { broker, level }: { broker: string; level: Level },
  now: Instant,
): Promise<void> {
  const bound = { blind_index: blindIndex, sealed, broker, level, bound_at: now };
  await tx
    .insertInto("identity")
    .values({ account_id: accountId, organisation_id: organisationId, ...bound })
    .onConflict((conflict) => conflict.column("account_id").doUpdateSet(bound))
    .execute();
}

/** The account's identity that is bound; its value still sealed. */
export async function loadBound(
  db: Db | Tx,
  accountId: string,
): Promise<{ sealed: Buffer; level: Level; boundAt: Instant } | null> {
  const row = await db
    .selectFrom("identity")
    .select(["sealed", "level", "bound_at"])
    .where("account_id", "=", accountId)
    .where("bound_at", "is not", null)
    .executeTakeFirst();
  if (!row?.bound_at) return null;
  return { sealed: row.sealed, level: z.enum(levels).parse(row.level), boundAt: row.bound_at };
}

/** An account that an identity signs in to. */
export type FoundAccount = Readonly<{
  accountId: string;
  organisationId: string;
  userName: string;
  organisationName: LocalisedText;
}>;

/** The accounts that an identity signs in to, and those that it is bound to and signs in to no more. */
export type FoundAccounts = Readonly<{ linked: readonly FoundAccount[]; missed: readonly Missed[] }>;

/**
 * The accounts that the identity is bound to, in one organisation or (null) in all: those that it signs in to first, then
 * by the organisation's name in its own language, at most twenty.
 */
export async function findBoundAccounts(
  db: Db | Tx,
  blindIndex: Buffer,
  organisationId: string | null,
): Promise<FoundAccounts> {
  const removed = sql<boolean | null>`(select bool_and(removed_at is not null) from authenticator
    where account_id = account.id and method = 'eid')`;
  const rows = await db
    .selectFrom("identity")
    .innerJoin("account", "account.id", "identity.account_id")
    .innerJoin("organisation", "organisation.id", "account.organisation_id")
    .select([
      "account.id as accountId",
      "account.organisation_id as organisationId",
      "account.user_name as userName",
      "account.state as accountState",
      "organisation.name as organisationName",
      "organisation.state as organisationState",
      removed.as("removed"),
    ])
    .where("identity.blind_index", "=", blindIndex)
    .where("identity.bound_at", "is not", null)
    .$if(organisationId !== null, (query) => query.where("identity.organisation_id", "=", organisationId))
    .orderBy(
      sql`organisation.state = 'open' and account.state in ('activating', 'active') and ${removed} is not distinct from false`,
      "desc",
    )
    .orderBy(sql`organisation.name ->> organisation.languages[1]`)
    .orderBy("account.id")
    .limit(20)
    .execute();
  const named = rows.map((row) => ({ ...row, organisationName: row.organisationName as LocalisedText })); // only its own store writes it
  return divideLinked(named, ["activating", "active"]);
}
