import { type RawBuilder, sql } from "kysely";
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
