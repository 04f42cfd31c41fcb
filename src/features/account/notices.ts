import { days, type Instant, plus } from "../../kernel/time.ts";
import type { Outgoing, TemplateParameters } from "../messages/index.ts";
import { type Account, letterhead, type Organisation } from "../organisations/index.ts";

type Told =
  | { template: "method-removed"; parameters: TemplateParameters["method-removed"] }
  | { template: "account-frozen"; parameters: TemplateParameters["account-frozen"] };

/** USR-7: told by e-mail, and by text message where there is a number. */
export function noticesTo(account: Account, organisation: Organisation, told: Told, now: Instant): Outgoing[] {
  const notice = {
    ...told,
    language: account.language,
    letterhead: letterhead(organisation),
    accountId: account.id,
    expiresAt: plus(now, days(2)),
  };
  return [
    { ...notice, channel: "email", to: account.email },
    ...(account.phone ? [{ ...notice, channel: "sms", to: account.phone } as const] : []),
  ];
}
