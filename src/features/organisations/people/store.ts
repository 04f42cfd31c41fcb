import * as z from "zod";
import { type AccountState, accountStates } from "../../../kernel/account-state.ts";
import { isLanguage } from "../../../kernel/language.ts";
import type { Instant } from "../../../kernel/time.ts";
import { type Db, jsonText, type Tx } from "../../../platform/database/index.ts";
import { nameKey } from "../domain/name-key.ts";
import type { Account } from "../domain/organisation.ts";
import { categories } from "../domain/policy.ts";
import { toHome } from "../store.ts";

const select = (db: Db | Tx) =>
  db
    .selectFrom("account")
    .innerJoin("person", "person.id", "account.person_id")
    .select([
      "account.id",
      "account.organisation_id",
      "account.person_id",
      "person.given_name",
      "person.family_name",
      "person.language",
      "account.user_name",
      "account.email",
      "account.phone",
      "account.category",
      "account.roles",
      "account.home",
      "account.state",
      "account.epoch",
    ]);

export type AccountRow = Awaited<ReturnType<ReturnType<typeof select>["executeTakeFirstOrThrow"]>>;

export const toAccount = (row: AccountRow): Account => ({
  id: row.id,
  organisationId: row.organisation_id,
  personId: row.person_id,
  givenName: row.given_name,
  familyName: row.family_name,
  language: isLanguage(row.language) ? row.language : "en",
  userName: row.user_name,
  email: row.email,
  phone: row.phone,
  category: z.enum(categories).parse(row.category),
  roles: row.roles,
  home: toHome(row.home),
  state: z.enum(accountStates).parse(row.state),
  epoch: row.epoch,
});

export async function loadAccount(db: Db | Tx, id: string): Promise<Account | null> {
  const row = await select(db).where("account.id", "=", id).executeTakeFirst();
  return row ? toAccount(row) : null;
}

/**
 * The account, its row locked until the transaction ends; rows that refer to it can still be added. Whoever locks the
 * account and something of it locks the account first.
 */
export async function lockAccount(tx: Tx, id: string): Promise<Account | null> {
  const row = await select(tx).where("account.id", "=", id).forNoKeyUpdate("account").executeTakeFirst();
  return row ? toAccount(row) : null;
}

const byKeys = (db: Db | Tx, keys: readonly string[], organisationId: string | null) =>
  select(db)
    .innerJoin("account_name", "account_name.account_id", "account.id")
    .where("account_name.key", "in", keys)
    .$if(organisationId !== null, (query) => query.where("account_name.organisation_id", "=", organisationId));

/**
 * The accounts that `name`, a user name or e-mail address however written, finds: in one organisation, or (null) in all.
 * At most five; none for a text that can't be a name.
 */
export async function findAccountsByName(db: Db | Tx, name: string, organisationId: string | null): Promise<Account[]> {
  const key = nameKey(name);
  if (key === null) return [];
  const rows = await byKeys(db, [key], organisationId).orderBy("account_name.organisation_id").limit(5).execute();
  return rows.map(toAccount);
}

/** What findAccountsByName would ask the database, for the test of its plan. */
export const explainFindByName = (db: Db, key: string): Promise<{ "QUERY PLAN": string }[]> =>
  byKeys(db, [key], null).orderBy("account_name.organisation_id").limit(5).explain();

type Page = Readonly<{ organisationId: string; categories: readonly string[]; after: string; limit: number }>;

/**
 * Ids of the organisation's accounts that other systems may know, behind `after` in their order: those in use, and those
 * that were and are closed. One that was never activated may have lost its names to somebody else's account, and whoever
 * is frozen is in nobody's hands. No categories are all.
 */
export async function pageOfKnownAccounts(db: Db | Tx, page: Page): Promise<string[]> {
  const rows = await knownAccounts(db, page).execute();
  return rows.map(({ id }) => id);
}

/** What pageOfKnownAccounts would ask the database, for the test of its plan. */
export const explainPageOfKnownAccounts = (db: Db, page: Page): Promise<{ "QUERY PLAN": string }[]> =>
  knownAccounts(db, page).explain();

const knownAccounts = (db: Db | Tx, { organisationId, categories: whose, after, limit }: Page) =>
  db
    .selectFrom("account")
    .select("id")
    .where("organisation_id", "=", organisationId)
    .where("id", ">", after)
    .where(({ eb, or, and }) =>
      or([eb("state", "=", "active"), and([eb("state", "=", "closed"), eb("activated_at", "is not", null)])]),
    )
    .$if(whose.length > 0, (query) => query.where("category", "in", whose))
    .orderBy("id")
    .limit(limit);

/** Which of `keys` find an account in the organisation, and which account. */
export async function findNames(
  db: Db | Tx,
  organisationId: string,
  keys: readonly string[],
): Promise<Map<string, { accountId: string; state: AccountState }>> {
  if (keys.length === 0) return new Map();
  const rows = await db
    .selectFrom("account_name")
    .innerJoin("account", "account.id", "account_name.account_id")
    .select(["account_name.key", "account.id", "account.state"])
    .where("account_name.organisation_id", "=", organisationId)
    .where("account_name.key", "in", keys)
    .execute();
  const state = z.enum(accountStates);
  return new Map(rows.map((row) => [row.key, { accountId: row.id, state: state.parse(row.state) }]));
}

/** Inserts persons and accounts, ten thousand parameters at most: a few hundred at a time. */
export async function insertAccounts(tx: Tx, accounts: readonly Account[], now: Instant): Promise<void> {
  await tx
    .insertInto("person")
    .values(
      accounts.map((account) => ({
        id: account.personId,
        given_name: account.givenName,
        family_name: account.familyName,
        language: account.language,
        created_at: now,
      })),
    )
    .execute();
  await tx
    .insertInto("account")
    .values(
      accounts.map((account) => ({
        id: account.id,
        organisation_id: account.organisationId,
        person_id: account.personId,
        user_name: account.userName,
        email: account.email,
        phone: account.phone,
        category: account.category,
        roles: [...account.roles],
        home: account.home && jsonText(account.home),
        state: account.state,
        epoch: account.epoch,
        created_at: now,
      })),
    )
    .execute();
}

export type Name = { key: string; organisationId: string; accountId: string };

/** Takes the names that are free; resolves to those it took. Waits for a transaction that is taking the same one. */
export async function takeNames(tx: Tx, names: readonly Name[]): Promise<{ key: string; account_id: string }[]> {
  return tx
    .insertInto("account_name")
    .values(
      // In one order everywhere, so that two imports never wait for each other.
      names
        .toSorted((a, b) => (a.key < b.key ? -1 : 1))
        .map(({ key, organisationId, accountId }) => ({ key, organisation_id: organisationId, account_id: accountId })),
    )
    .onConflict((conflict) => conflict.columns(["key", "organisation_id"]).doNothing())
    .returning(["key", "account_id"])
    .execute();
}

/** Takes accounts back that were inserted in this transaction, with their names and persons. */
export async function deleteAccounts(tx: Tx, accounts: readonly Account[]): Promise<void> {
  if (accounts.length === 0) return;
  await tx
    .deleteFrom("account")
    .where(
      "id",
      "in",
      accounts.map(({ id }) => id),
    )
    .execute();
  await tx
    .deleteFrom("person")
    .where(
      "id",
      "in",
      accounts.map(({ personId }) => personId),
    )
    .execute();
}

/** Lets names of the account go, all unless `keys` are given, so that another account can have them: it is found by them no more. */
export async function freeNames(tx: Tx, accountId: string, keys?: readonly string[]): Promise<void> {
  if (keys?.length === 0) return;
  await tx
    .deleteFrom("account_name")
    .where("account_id", "=", accountId)
    .$if(keys !== undefined, (query) => query.where("key", "in", keys ?? []))
    .execute();
}

/** Saves what may change of an account, and of its person. */
export async function saveAccount(tx: Tx, account: Account): Promise<void> {
  await tx
    .updateTable("account")
    .set({ user_name: account.userName, email: account.email, phone: account.phone })
    .where("id", "=", account.id)
    .execute();
  await tx
    .updateTable("person")
    .set({ given_name: account.givenName, family_name: account.familyName, language: account.language })
    .where("id", "=", account.personId)
    .execute();
}

/** Whether somebody was ever in the account. */
export async function wasActive(db: Db | Tx, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom("account")
    .select("id")
    .where("id", "=", accountId)
    .where(({ eb, or }) => or([eb("state", "=", "active"), eb("activated_at", "is not", null)]))
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends everything that was made under the account's epoch; resolves to the new one. */
export async function raiseEpoch(tx: Tx, accountId: string): Promise<number> {
  const { epoch } = await tx
    .updateTable("account")
    .set((expression) => ({ epoch: expression("epoch", "+", 1) }))
    .where("id", "=", accountId)
    .returning("epoch")
    .executeTakeFirstOrThrow();
  return epoch;
}

/** Opens a closed or frozen account again: active, or invited if it never was active; false when it was not `from`. */
export async function openAgain(tx: Tx, accountId: string, from: "closed" | "frozen"): Promise<boolean> {
  const row = await tx
    .updateTable("account")
    .set((eb) => ({
      state: eb
        .case()
        .when("activated_at", "is", null)
        .then<AccountState>("invited")
        .else<AccountState>("active")
        .end(),
      closed_at: null,
    }))
    .where("id", "=", accountId)
    .where("state", "=", from)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Moves the account on to `to`; false when it was in none of the states in `from`. */
export async function setAccountState(
  tx: Tx,
  accountId: string,
  { from, to, now }: { from: readonly AccountState[]; to: AccountState; now: Instant },
): Promise<boolean> {
  const row = await tx
    .updateTable("account")
    .set({ state: to, ...(to === "active" && { activated_at: now }), ...(to === "closed" && { closed_at: now }) })
    .where("id", "=", accountId)
    .where("state", "in", from)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}
