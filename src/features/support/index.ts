import type { PhoneRules } from "../organisations/index.ts";
import { makeChangeAccount } from "./change-account.ts";
import { makeCloseAccount, makeReopenAccount } from "./close-account.ts";
import { makeOrderNewPassword, type SupportDeps } from "./order-new-password.ts";

export type { ChangeResult } from "./change-account.ts";
export type Support = ReturnType<typeof support>;

/** What whoever helps people does to their accounts: for the command line, later the desk and the API. */
export const support = (deps: SupportDeps & PhoneRules) => ({
  changeAccount: makeChangeAccount(deps),
  orderNewPassword: makeOrderNewPassword(deps),
  closeAccount: makeCloseAccount(deps),
  reopenAccount: makeReopenAccount(deps),
});
