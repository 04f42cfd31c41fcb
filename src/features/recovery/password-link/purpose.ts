import { deleteTemporary } from "../../authenticators/password/index.ts";
import type { Purpose } from "../../journey/index.ts";
import { recoverAddress } from "../pages.ts";
import { changedPage } from "./pages.ts";

/**
 * A new password by a link (REC-1). It signs nobody in: its owner signs in afterwards as always, by the second factor too
 * (REC-7). What the account had elsewhere ends with it, unused links by its new epoch; the step tells the person (USR-7).
 */
export const newPasswordByLinkPurpose: Purpose = {
  name: "new-password-by-link",
  signsIn: false,
  endsOthers: true,
  finish: async (tx, { account }) => {
    if (!account) throw new Error("a new password for nobody");
    const { id: accountId, organisationId } = account;
    await deleteTemporary(tx, accountId);
    return [{ type: "password.reset", result: "done", actor: `account:${accountId}`, organisationId, accountId }];
  },
  destination: ({ organisation }) => `/sign-in?organisation=${organisation?.slug ?? ""}`,
  beginAgain: ({ organisation }) => recoverAddress(organisation),
  donePage: changedPage,
};
