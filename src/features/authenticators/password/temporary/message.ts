import type { Outgoing } from "../../../messages/index.ts";
import { type Account, letterhead, type Organisation } from "../../../organisations/index.ts";
import type { IssuedPassword } from "./issue.ts";

/** A temporary password that was ordered, to the channel on record: the phone, or the e-mail where there is no number. */
export function newPasswordMessage(
  account: Account,
  organisation: Organisation,
  { password, expiresAt }: IssuedPassword,
): Outgoing {
  const message = {
    template: "temporary-password-new",
    parameters: { password, until: expiresAt },
    language: account.language,
    letterhead: letterhead(organisation),
    accountId: account.id,
    subjectId: account.id,
    expiresAt,
  } as const;
  return account.phone
    ? { ...message, channel: "sms", to: account.phone }
    : { ...message, channel: "email", to: account.email };
}
