import { days, type Instant, plus } from "../../kernel/time.ts";
import type { Outgoing } from "../messages/index.ts";
import { type Account, letterhead, type Organisation } from "../organisations/index.ts";

/**
 * USR-7: every link is told by e-mail, and by text message where there is a number; but while the account is being
 * activated by e-mail only, since that very phone has just received its PIN.
 */
export function linkNotices(account: Account, organisation: Organisation, method: string, now: Instant): Outgoing[] {
  const notice = {
    template: "method-linked",
    parameters: { method, at: now },
    language: account.language,
    letterhead: letterhead(organisation),
    accountId: account.id,
    expiresAt: plus(now, days(2)),
  } as const;
  const toPhone = account.state === "active" && account.phone;
  return [
    { ...notice, channel: "email", to: account.email },
    ...(toPhone ? [{ ...notice, channel: "sms", to: toPhone } as const] : []),
  ];
}
