import { birthDateOf, type Identity, type IdentityType, parseIdentity } from "../../kernel/identity.ts";
import type { Described } from "../../ports/identity-broker.ts";
import { type Refused, refused } from "./trouble.ts";

/** What Candour tells of a document: texts, and nothing certain about them. */
export type Result = Readonly<Record<string, unknown>>;

type Person = Readonly<{ identity: Identity }> | Readonly<{ person: Described["person"] }>;

/** The codes of the states whose check characters are known here (ISO 3166, two letters and three). */
const swedish = ["personnummer", "samordningsnummer"] as const;
const codes: Readonly<Record<string, readonly IdentityType[]>> = {
  FI: ["hetu"],
  FIN: ["hetu"],
  SE: swedish,
  SWE: swedish,
  NO: ["fodselsnummer"],
  NOR: ["fodselsnummer"],
};

/**
 * Whom a genuine document names: by the code of its state, or, where it has none that can be checked, by name and date of
 * birth, which many people share. A code that is wrong is refused and not passed over: then something was misread.
 */
export function personOf(result: Result): Person | Refused {
  const birthDate = dateOf(result.dateOfBirth);
  const code = textOf(result.nationalIdentificationNumber, 100);
  const types = codesOf(result);
  if (code !== null && types) {
    const identity = types.map((type) => parseIdentity(type, code)).find((found) => found !== null);
    if (!identity) return refused("identity-code-wrong");
    const known = birthDateOf(identity);
    if (known !== null && birthDate !== null && known !== birthDate) return refused("birth-date-differs");
    return { identity };
  }
  const givenName = textOf(result.firstName, 200);
  const familyName = textOf(result.lastName, 200);
  if (givenName === null || familyName === null || birthDate === null) return refused("person-incomplete");
  return { person: { givenName, familyName, birthDate } };
}

/** The state that issued the document gave the code; the nationality stands in where the issuer is told in words. */
function codesOf({ idIssuer, nationality }: Result): readonly IdentityType[] | undefined {
  const country = countryOf(idIssuer) ?? countryOf(nationality);
  return country === null || !Object.hasOwn(codes, country) ? undefined : codes[country];
}

/** As machine-readable zones write states: one letter (Germany) to three. */
function countryOf(value: unknown): string | null {
  const text = textOf(value, 3)?.toUpperCase() ?? "";
  return /^[A-Z]{1,3}$/u.test(text) ? text : null;
}

/** A text without what no name has; null when there is none. */
function textOf(value: unknown, longest: number): string | null {
  if (typeof value !== "string") return null;
  const text = value
    .normalize("NFC")
    .replace(/[\s\p{C}]+/gu, " ")
    .trim();
  return text === "" || text.length > longest ? null : text;
}

/** A day that there is, `YYYY-MM-DD`. */
function dateOf(value: unknown): string | null {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/u.test(value)) return null;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value) ? value : null;
}
