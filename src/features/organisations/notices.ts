import { days, type Instant, plus } from "../../kernel/time.ts";
import type { Outgoing, Template, TemplateParameters } from "../messages/index.ts";
import type { Account, Organisation } from "./domain/organisation.ts";
import { letterhead } from "./letterhead.ts";

/** What people are told at every address on record. */
type Noticed = Extract<
  Template,
  "method-linked" | "method-removed" | "methods-reset" | "password-changed" | "passkey-copied" | "account-frozen"
>;
export type Told = { [K in Noticed]: Readonly<{ template: K; parameters: TemplateParameters[K] }> }[Noticed];

/** USR-7, REC-8: told by e-mail, and by text message where there is a number. */
export function noticesTo(
  account: Account,
  organisation: Organisation,
  told: Told,
  now: Instant,
  { phone = account.phone }: { phone?: string | null } = {},
): Outgoing[] {
  const notice = {
    ...told,
    language: account.language,
    letterhead: letterhead(organisation),
    accountId: account.id,
    expiresAt: plus(now, days(2)),
  };
  return [
    { ...notice, channel: "email", to: account.email },
    ...(phone ? [{ ...notice, channel: "sms", to: phone } as const] : []),
  ];
}
