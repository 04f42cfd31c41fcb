import { type Language, localised } from "../../../kernel/language.ts";
import type { Letterhead } from "../contract.ts";

/** What every template is told besides its parameters. */
export type Frame = {
  letterhead: Letterhead;
  language: Language;
  timeZone: string;
  /** Where whoever reads a notice says that it was not them. */
  notMeUrl?: string;
};

// Control, format (bidirectional overrides among them), surrogate and private characters, line and paragraph separators.
const invisible = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/**
 * `text` on one line, without characters that hide or turn others, at most `limit` code points. Names come from people
 * (ACT-1): a line break with `Bcc:` after it, or ten thousand letters, are to be expected.
 */
export function oneLine(text: string, limit: number): string {
  const line = text.normalize("NFC").replace(invisible, " ").replace(/\s+/gu, " ").trim();
  const characters = [...line];
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join("")}…`;
}

export const organisationName = ({ letterhead, language }: Frame): string =>
  oneLine(localised(letterhead.name, language), 100);

/** Enough of a phone number to know one's own by. With fixed spaces: a line must not break in it. */
export const maskPhone = (phone: string): string => `••\u00a0•••\u00a0••${phone.slice(-2)}`;

/** Enough of an address to know one's own by. */
export const maskEmail = (email: string): string => `•••${email.slice(email.lastIndexOf("@"))}`;

export type Contact = { phone: string | null; email: string | null; hours: string | null };

/** Whom to turn to: the contact for the first of `kinds` that the organisation has, else any; null without one. */
export function contactFor(kinds: readonly string[], { letterhead, language }: Frame): Contact | null {
  const ranked = [...kinds, "general"].map((kind) => letterhead.support.find((contact) => contact.kind === kind));
  const contact = ranked.find((found) => found !== undefined) ?? letterhead.support[0];
  if (!contact) return null;
  const text = (value: string | undefined) => (value ? oneLine(value, 100) : null);
  return {
    phone: text(contact.phone),
    email: text(contact.email),
    hours: text(contact.hours && localised(contact.hours, language)),
  };
}
