import { days, type Instant, plus } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import { nameKey } from "../domain/name-key.ts";
import type { Account } from "../domain/organisation.ts";
import { type CreateAccountRefusal, namesOf } from "./create-account.ts";
import { type FormerAddress, keepFormer } from "./former-address-store.ts";
import { freeNames, saveAccount, takeNames, wasActive } from "./store.ts";

/** What may change of an account, every value parsed as that of a new one. */
export type AccountChange = Readonly<
  Partial<Pick<Account, "givenName" | "familyName" | "language" | "userName" | "email" | "phone">>
>;

/**
 * How long a replaced address hears of what happens to the account. Whoever takes an account over by an address of their
 * own uses it within days; three months are ample, and then somebody's old address is nobody's business here.
 */
const formerKept = days(90);

/**
 * Changes an account that the caller has locked, in the caller's transaction: it is found by its new names from then on,
 * and by the old ones no more. Resolves to the account as it is then; a refusal leaves everything as it was.
 *
 * Replaced addresses are kept for notices (REC-8), save those of an account that nobody was ever in: one that was mistyped
 * in the invitation is a stranger's.
 */
export async function changeAccount(
  tx: Tx,
  before: Account,
  change: AccountChange,
  now: Instant,
): Promise<Account | CreateAccountRefusal> {
  const after = { ...before, ...change };
  const had = namesOf(before).map(({ key }) => key);
  const has = namesOf(after).map(({ key }) => key);
  const wanted = namesOf(after).filter(({ key }) => !had.includes(key));
  const taken = wanted.length > 0 ? (await takeNames(tx, wanted)).map(({ key }) => key) : [];
  const missing = wanted.filter(({ key }) => !taken.includes(key));
  if (missing.length > 0) {
    await freeNames(tx, before.id, taken);
    return missing.some(({ key }) => key === nameKey(after.email)) ? "email-taken" : "user-name-taken";
  }
  const gone = had.filter((key) => !has.includes(key));
  await freeNames(tx, before.id, gone);
  await saveAccount(tx, after);
  const former = replaced(before, after, plus(now, formerKept));
  if (former.length > 0 && (await wasActive(tx, before.id))) await keepFormer(tx, before.id, former);
  return after;
}

const replaced = (before: Account, after: Account, keptUntil: Instant): FormerAddress[] => [
  ...(before.email === after.email ? [] : [{ channel: "email", address: before.email, keptUntil } as const]),
  ...(before.phone === null || before.phone === after.phone
    ? []
    : [{ channel: "sms", address: before.phone, keptUntil } as const]),
];
