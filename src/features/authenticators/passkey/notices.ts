import { days, type Instant, plus } from "../../../kernel/time.ts";
import type { Outgoing } from "../../messages/index.ts";
import { type Account, letterhead, type Organisation } from "../../organisations/index.ts";

/** Tells the person that there seems to be a copy of their passkey: by e-mail, and by text message where there is a number. */
export function copyNotices(account: Account, organisation: Organisation, now: Instant): Outgoing[] {
  const notice = {
    template: "passkey-copied",
    parameters: { at: now },
    language: account.language,
    letterhead: letterhead(organisation),
    accountId: account.id,
    expiresAt: plus(now, days(2)),
  } as const;
  return [
    { ...notice, channel: "email", to: account.email },
    ...(account.phone ? [{ ...notice, channel: "sms", to: account.phone } as const] : []),
  ];
}
