import type { Language } from "../../../kernel/language.ts";
import type { Tx } from "../../../platform/database/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import { nameKey } from "../domain/name-key.ts";
import type { Account, Home } from "../domain/organisation.ts";
import type { Category } from "../domain/policy.ts";
import { deleteAccounts, insertAccounts, type Name, takeNames } from "./store.ts";

/** A person and their account to be, every value parsed by `parsePersonName`, `parseEmail`, `parseMobile` and `nameKey`. */
export type NewAccount = Readonly<{
  organisationId: string;
  givenName: string;
  familyName: string;
  language: Language;
  /** The e-mail address unless given. */
  userName?: string;
  email: string;
  phone: string | null;
  category: Category;
  roles?: readonly string[];
  home?: Home | null;
  /** `invited` unless given. */
  state?: "invited" | "activating" | "active";
}>;

export type CreateAccountRefusal = "user-name-taken" | "email-taken";

/** The names that an account is found by, each once. */
export const namesOf = ({ id: accountId, organisationId, userName, email }: Account): Name[] =>
  [...new Set([nameKey(email), nameKey(userName)])]
    .filter((key) => key !== null)
    .map((key) => ({ key, organisationId, accountId }));

/**
 * Creates accounts in the caller's transaction, four statements whatever their number; the answers stand in the order of
 * `wanted`. A refused one leaves nothing behind, and the others go in.
 */
export const makeCreateAccounts =
  ({ clock, random }: { clock: Clock; random: Random }) =>
  async (tx: Tx, wanted: readonly NewAccount[]): Promise<(Account | CreateAccountRefusal)[]> => {
    if (wanted.length === 0) return [];
    const accounts = wanted.map(
      (given): Account => ({
        id: random.id(),
        personId: random.id(),
        organisationId: given.organisationId,
        givenName: given.givenName,
        familyName: given.familyName,
        language: given.language,
        userName: given.userName ?? given.email,
        email: given.email,
        phone: given.phone,
        category: given.category,
        roles: given.roles ?? [],
        home: given.home ?? null,
        state: given.state ?? "invited",
        epoch: 0,
      }),
    );
    await insertAccounts(tx, accounts, clock.now());
    const taken = await takeNames(tx, accounts.flatMap(namesOf));
    const has = new Set(taken.map(({ key, account_id }) => `${account_id} ${key}`));
    const results = accounts.map((account): Account | CreateAccountRefusal => {
      const missing = namesOf(account).filter(({ key }) => !has.has(`${account.id} ${key}`));
      if (missing.length === 0) return account;
      return missing.some(({ key }) => key === nameKey(account.email)) ? "email-taken" : "user-name-taken";
    });
    await deleteAccounts(
      tx,
      accounts.filter((_, index) => typeof results[index] === "string"),
    );
    return results;
  };

/** Creates one account in the caller's transaction. */
export const makeCreateAccount = (deps: { clock: Clock; random: Random }) => {
  const createAccounts = makeCreateAccounts(deps);
  return async (tx: Tx, wanted: NewAccount): Promise<Account | CreateAccountRefusal> => {
    const [result] = await createAccounts(tx, [wanted]);
    if (result === undefined) throw new Error("an account was neither created nor refused");
    return result;
  };
};
