import type { Language, LocalisedText } from "../../kernel/language.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Tx } from "../../platform/database/index.ts";

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
  invitation: {
    firstName: string;
    application: LocalisedText | null;
    url: string;
    phone: string | null;
    pinOnRequest: boolean;
    until: Instant;
  };
  pin: { pin: string };
  "pin-new": { pin: string };
  "method-linked": { method: string; at: Instant };
  "password-changed": { at: Instant };
};
export type Template = keyof TemplateParameters;

/** A message to be sent: rendered at once, kept sealed until it is delivered or has expired. */
export type Outgoing<T extends Template = Template> = {
  [K in T]: {
    template: K;
    parameters: TemplateParameters[K];
    channel: "email" | "sms";
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

export type Messages = {
  /** Puts `messages` into the outbox, in the caller's transaction. */
  enqueue(tx: Tx, messages: readonly Outgoing[]): Promise<void>;
  /** Takes back what is still waiting for `subjectId`: its link or PIN was replaced. */
  withdraw(tx: Tx, subjectId: string): Promise<void>;
};
