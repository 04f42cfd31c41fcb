import { days, type Instant, plus } from "../../kernel/time.ts";
import type { Tx } from "../../platform/database/index.ts";
import type { Outgoing, Template, TemplateParameters } from "../messages/index.ts";
import type { Account, Organisation } from "./domain/organisation.ts";
import { letterhead } from "./letterhead.ts";
import { listFormer } from "./people/former-address-store.ts";

/** What people are told of by e-mail alone. */
const mailed = ["password-ended", "recovery-refused"] as const satisfies readonly Template[];

/** What people are told at every address on record. */
type Noticed = Extract<
  Template,
  | "method-linked"
  | "method-removed"
  | "methods-reset"
  | "password-changed"
  | "passkey-copied"
  | "account-frozen"
  | "contact-changed"
>;
type Of<T extends Template> = { [K in T]: Readonly<{ template: K; parameters: TemplateParameters[K] }> }[T];
export type Told = Of<Noticed | (typeof mailed)[number]>;

/**
 * How many former addresses are told, the latest ones: more than anybody has in the time that they are kept. A text
 * message costs, and counts towards what its organisation may send in an hour: nobody's many numbers may use that up.
 */
const mostFormer = { email: 5, sms: 2 } as const;

/**
 * USR-7, REC-8: told by e-mail, and by text message where there is a number; the addresses that were on record until
 * lately hear of it too (T79), since whoever takes an account over may have replaced them. `bySms`: false for none.
 */
export async function noticesTo(
  tx: Tx,
  account: Account,
  organisation: Organisation,
  told: Told,
  now: Instant,
  { bySms = true }: { bySms?: boolean } = {},
): Promise<Outgoing[]> {
  const former = await listFormer(tx, account, now);
  const to = (channel: "email" | "sms", present: string | null) => [
    ...(present === null ? [] : [present]),
    ...former
      .filter((one) => one.channel === channel)
      .slice(0, mostFormer[channel])
      .map(({ address }) => address),
  ];
  const frame = {
    language: account.language,
    letterhead: letterhead(organisation),
    accountId: account.id,
    expiresAt: plus(now, days(2)),
  };
  const letters = to("email", account.email).map(
    (email) => ({ ...told, ...frame, channel: "email", to: email }) as const,
  );
  if (!bySms || isMailed(told)) return letters;
  return [
    ...letters,
    ...to("sms", account.phone).map((phone) => ({ ...told, ...frame, channel: "sms", to: phone }) as const),
  ];
}

const isMailed = (told: Told): told is Of<(typeof mailed)[number]> =>
  mailed.some((template) => template === told.template);
