import type { Language, LocalisedText } from "../../kernel/language.ts";
import type { Duration, Instant } from "../../kernel/time.ts";
import type { Db, Listen, Tx } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { MailSender } from "../../ports/mail-sender.ts";
import type { Random } from "../../ports/random.ts";
import type { SmsSender } from "../../ports/sms-sender.ts";
import type { SmsCaps } from "./domain/sms-limits.ts";

/** What a message says of the organisation it comes from. */
export type Letterhead = {
  organisationId: string;
  name: LocalisedText;
  smsName: string;
  brandColour: string | null;
  support: readonly { kind: string; name?: LocalisedText; phone?: string; email?: string; hours?: LocalisedText }[];
};

/** What each template is told. Dates are formatted by the template, in the message's language. */
export type TemplateParameters = {
  /** `phone` is masked by the template; `url` begins with the service's public address. */
  invitation: {
    firstName: string;
    application: LocalisedText | null;
    url: string;
    phone: string | null;
    pinOnRequest: boolean;
    until: Instant;
  };
  /** The PIN that goes out with an invitation. */
  pin: { pin: string };
  /** The PIN that somebody asked for on the activation page. */
  "pin-new": { pin: string };
  /** `method` by its name: `totp`. */
  "method-linked": { method: string; at: Instant };
  /** `cardEnded`: the link to the certificate card ended with it. */
  "password-changed": { at: Instant; cardEnded?: boolean };
  /** In the place of an invitation's link, where the PIN's is a temporary password's. `phone` and `url` as there. */
  "account-ready": {
    firstName: string;
    application: LocalisedText | null;
    url: string;
    userName: string;
    phone: string;
    until: Instant;
  };
  /** The temporary password that goes out with it. */
  "temporary-password": { password: string };
  /** The temporary password that somebody ordered. */
  "temporary-password-new": { password: string; until: Instant };
  /** Support has ordered a new password, and ended the old one. */
  "password-ended": { at: Instant; cardEnded: boolean };
  /** A passkey was refused, since there seems to be a copy of it. */
  "passkey-copied": { at: Instant };
  "method-removed": { method: string; at: Instant };
  /** Somebody has opened the link of a notice and said that it was not them. */
  "account-frozen": { at: Instant };
  /** Whoever proved to be the account's person has reset it: every method is gone (REC-8). */
  "methods-reset": { at: Instant };
  /** Where the person is told of changes, or what they sign in under, is another (REC-8). `phone`: null where there is none any more. */
  "contact-changed": { at: Instant; email?: string; phone?: string | null; userNameChanged?: boolean };
  /** Somebody tried to, and proved to be somebody else (REC-4). */
  "recovery-refused": { at: Instant };
  /** For an operator: changes that have waited too long for a directory, or have failed there. */
  "directory-late": { directory: string; organisation: string; late: number; failed: number };
  /** The certificate of the person's card expires on that day, or has; then its link has ended. */
  "card-expiry": { until: Instant; ended: boolean };
  /** To support: that a case waits for an agent. */
  "case-opened": { reference: string; kind: "guest" | "not-bound" | "document" | "frozen" };
  /** By which its person says that they read the address (REC-5). */
  "case-confirm": { url: string; until: Instant };
  /** Until when an approval can be used; null where the agent has refused. */
  "case-decided": { reference: string; until: Instant | null };
  /** By which its owner chooses a new password (REC-1). */
  "password-link": { url: string; until: Instant };
  /** Somebody asked for a new password where there is none that way: why, and where to go instead. */
  "password-link-none": {
    reason: "temporary" | "guest" | "not-activated" | "no-password" | "nothing-linked";
    url: string;
  };
};
export type Template = keyof TemplateParameters;

/** What tells of a change to how somebody signs in: each such e-mail carries a link that freezes the account (REC-8). */
export const noticeTemplates = [
  "method-linked",
  "method-removed",
  "password-changed",
  "password-ended",
  "passkey-copied",
  "methods-reset",
  "contact-changed",
  "recovery-refused",
  "case-decided",
] as const satisfies readonly Template[];

/** A link goes by e-mail only, a PIN by text message only, and the two halves of an invitation never by the same. */
type ChannelOf<T extends Template> = T extends
  | "invitation"
  | "account-ready"
  | "password-ended"
  | "card-expiry"
  | "directory-late"
  | "case-opened"
  | "case-confirm"
  | "case-decided"
  | "password-link"
  | "recovery-refused"
  | "password-link-none"
  ? "email"
  : T extends "pin" | "pin-new" | "temporary-password"
    ? "sms"
    : Channel;
export type Channel = "email" | "sms";

/** A message to be sent: rendered at once, kept sealed until it is delivered or has expired. */
export type Outgoing<T extends Template = Template> = {
  [K in T]: {
    template: K;
    parameters: TemplateParameters[K];
    channel: ChannelOf<K>;
    /** An e-mail address, or a phone number in E.164. */
    to: string;
    language: Language;
    letterhead: Letterhead;
    accountId?: string;
    /** What it belongs to, for example an invitation: `withdraw` and the invitation's state find it by this. */
    subjectId?: string;
    /** From then on it is dropped, not delivered late. */
    expiresAt: Instant;
  };
}[T];

/** What a use case needs of messages. */
export type Messages = {
  /** Puts `messages` into the outbox, in the caller's transaction: at most two statements, which wait for nobody. */
  enqueue(tx: Tx, messages: readonly Outgoing[]): Promise<void>;
  /** Takes back what is still waiting for `subjectId`: its link or PIN was replaced. */
  withdraw(tx: Tx, subjectId: string): Promise<void>;
};

export type Outbox = {
  /** What became of the messages of each of `subjectIds`, by subject, the latest first (ACT-10). */
  states(db: Db | Tx, subjectIds: readonly string[]): Promise<Map<string, MessageState[]>>;
  /** Sends what is due, until nothing is; resolves to how many were handled, and never rejects. May run side by side. */
  deliverDue(): Promise<number>;
  /** Delivers as messages arrive, and looks each second besides. `stop` finishes what is under way. */
  start(): { stop(): Promise<void> };
};

/** What became of one attempt, for metrics. `waited` is the time since the message was put in. */
export type Outcome = {
  channel: Channel;
  template: string;
  result: "delivered" | "later" | "failed" | "expired" | "delayed";
  waited: Duration;
};

export type Log = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/** A message as a responsible user may see it: never its contents. `reason` is why it failed, or why it still waits. */
export type MessageState = {
  id: string;
  channel: Channel;
  template: string;
  state: "waiting" | "delivered" | "expired" | "failed" | "withdrawn";
  reason: string | null;
  attempts: number;
  nextAttemptAt: Instant | null;
  createdAt: Instant;
  deliveredAt: Instant | null;
  expiresAt: Instant;
};

export type MessagesDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Pick<Keyring, "seal" | "open" | "hash">;
  /** null where the channel is not configured: its messages fail at once, and say so. */
  mail: MailSender | null;
  sms: SmsSender | null;
  /** The origin that every link in a message must have. */
  publicUrl: string;
  /** ISO 3166-1 codes: a text message to any other country is refused before it is sent (MSG-3). */
  allowedSmsCountries: readonly string[];
  timeZone?: string;
  smsCaps?: SmsCaps;
  /** Wakes the loop when a message was put in; without it the loop looks each second. */
  listen?: Listen;
  /** How often the loop looks by itself: each second unless told otherwise. */
  lookEvery?: Duration;
  log?: Log;
  onOutcome?: (outcome: Outcome) => void;
};
