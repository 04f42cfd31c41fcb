import type { IdentityCode } from "./identity-code.ts";
import { readHetu, readSatu } from "./identity-code-finnish.ts";
import { readFodselsnummer } from "./identity-code-norwegian.ts";
import { readPersonnummer, readSamordningsnummer } from "./identity-code-swedish.ts";

/**
 * Who somebody is to a state or a broker. Compared whole: country and type are part of it, so that numbers that look alike
 * never meet. `country` is ISO 3166.
 */
export type Identity = Readonly<{ country: string; type: IdentityType; value: string }>;

export const identityTypes = [
  "hetu",
  "satu",
  "personnummer",
  "samordningsnummer",
  "fodselsnummer",
  "eidas",
  "subject",
] as const;
export type IdentityType = (typeof identityTypes)[number];

/** How sure an identification is (eIDAS 2015/1502; loa2 and loa3 of the Finnish Trust Network). */
export const levels = ["substantial", "high"] as const;
export type Level = (typeof levels)[number];

type Kind = Readonly<{
  /** Null: the first two letters of the value. */
  country: string | null;
  /** How many characters a mask leaves: the date of birth or the country, never what finds the person. */
  shown: number;
  read(text: string): IdentityCode | null;
}>;

const kinds: Readonly<Record<IdentityType, Kind>> = {
  hetu: { country: "FI", shown: 7, read: readHetu },
  satu: { country: "FI", shown: 0, read: readSatu },
  personnummer: { country: "SE", shown: 8, read: readPersonnummer },
  samordningsnummer: { country: "SE", shown: 8, read: readSamordningsnummer },
  fodselsnummer: { country: "NO", shown: 6, read: readFodselsnummer },
  eidas: { country: null, shown: 3, read: whole(/^[A-Z]{2}\/[A-Z]{2}\/[^\s\p{C}]{1,256}$/iu) },
  subject: { country: "XX", shown: 0, read: whole(/^https?:\/\/[^\s\p{C}]{1,500} [^\p{C}]{1,255}$/u) },
};

/** What others made up: kept and compared to the letter. */
function whole(pattern: RegExp): Kind["read"] {
  return (value) => (pattern.test(value) ? { value, birthDate: null } : null);
}

/**
 * The identity of `type` that `text` writes, with its check characters right; else null. Codes of states may be written
 * as people type them. `eidas` is a PersonIdentifier (`FI/SE/…`), `subject` a plain broker's `<issuer> <sub>`: both as they
 * came, to the letter.
 */
export function parseIdentity(type: IdentityType, text: string): Identity | null {
  const { country, read } = kinds[type];
  const value = read(text)?.value;
  return value === undefined ? null : { country: country ?? value.slice(0, 2).toUpperCase(), type, value };
}

/** A Finnish personal identity code, or a Swedish one of twelve digits. */
export const parseIdentityCode = (text: string): Identity | null =>
  parseIdentity("hetu", text) ?? parseIdentity("personnummer", text) ?? parseIdentity("samordningsnummer", text);

/** `YYYY-MM-DD`; null when the identity does not tell it. */
export const birthDateOf = ({ type, value }: Identity): string | null => kinds[type].read(value)?.birthDate ?? null;

/** Enough for somebody to recognise their own, and for nobody to find them by: `010170-****`. */
export const maskIdentity = ({ type, value }: Identity): string => `${value.slice(0, kinds[type].shown)}****`;

/** What is hashed to find an identity again: equal for equal identities alone. It must never change. */
export const canonical = ({ country, type, value }: Identity): string => JSON.stringify([country, type, value]);
