import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../../../platform/database/index.ts";
import type { Account, Organisation } from "../domain/organisation.ts";
import { type AccountRow, toAccount } from "../people/store.ts";
import { type OrganisationRow, toOrganisation } from "../store.ts";

/**
 * An organisation and an account as values of another statement, so that a decision reads its own row, the person and
 * the policy in one round trip: `select … , ${joinedAccount(sql.ref("journey.account_id"))} as account`.
 */
export const joinedOrganisation = (id: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(select to_jsonb(o) - 'logo' from organisation o where o.id = ${id})`;

export const joinedAccount = (id: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(select to_jsonb(p) || to_jsonb(a) from account a join person p on p.id = a.person_id where a.id = ${id})`;

// to_jsonb gives an object with the columns' names, which is what the rows are; the readers check the values.
export const readJoinedOrganisation = (value: unknown): Organisation | null =>
  value === null ? null : toOrganisation(value as OrganisationRow);

export const readJoinedAccount = (value: unknown): Account | null =>
  value === null ? null : toAccount(value as AccountRow);

/** Accounts to look for: one that is known, or those that a folded name (`nameKey`) finds in one organisation or (null) in all. */
export type Sought = { accountId: string } | { key: string; organisationId: string | null };

/**
 * The accounts sought, at most five, as a table of another statement: `id`, `organisation_id`, `account_state` and
 * `organisation_state`, and `is_open`, whether these let them sign in.
 */
export const joinedSought = (sought: Sought): RawBuilder<unknown> =>
  "accountId" in sought
    ? sql`(select ${soughtColumns} from account a join organisation o on o.id = a.organisation_id where a.id = ${sought.accountId})`
    : sql`(select ${soughtColumns} from account_name n join account a on a.id = n.account_id join organisation o on o.id = a.organisation_id
        where n.key = ${sought.key} and (${sought.organisationId}::uuid is null or n.organisation_id = ${sought.organisationId})
        order by n.organisation_id limit 5)`;

const soughtColumns = sql`a.id, a.organisation_id, a.state as account_state, o.state as organisation_state,
  a.state in ('activating', 'active') and o.state = 'open' as is_open`;

/** Holds the account's row until the transaction ends: what is decided of one account is decided one after another. */
export async function holdAccount(tx: Tx, id: RawBuilder<unknown>): Promise<void> {
  await sql`select 1 from account where id = ${id} for no key update`.execute(tx);
}
