import { days, type Instant, plus } from "../../../../kernel/time.ts";
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

/** To whoever has ordered one, and has no sign-in method any more: to prove who they are comes first. */
export const nothingLinkedMessage = (
  account: Account,
  organisation: Organisation,
  publicUrl: string,
  now: Instant,
): Outgoing => ({
  template: "password-link-none",
  parameters: {
    reason: "nothing-linked",
    url: new URL(`/recover?organisation=${organisation.slug}`, publicUrl).href,
  },
  channel: "email",
  to: account.email,
  language: account.language,
  letterhead: letterhead(organisation),
  accountId: account.id,
  expiresAt: plus(now, days(1)),
});
