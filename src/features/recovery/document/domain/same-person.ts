/** A person as a document or an account names them. */
export type Named = Readonly<{ givenName: string; familyName: string; birthDate: string }>;

/**
 * Whether a document without an identity code can be the account's person's (REC-3). Strict, since it is all there is to
 * compare, and a support agent still has to approve:
 *
 * - the date of birth is the same;
 * - the family name is the same as a whole, in the same order;
 * - the account's given names stand in the document's beside each other and in the same order: documents name them all,
 *   accounts often one. Never the other way round, and an initial stands for nothing.
 *
 * Case, hyphens, apostrophes and full stops count for nothing. Letters with marks are the same as without them, or as
 * machine-readable passports write them (ICAO 9303-3 §6: Mäki, MAKI and MAEKI), one way for the whole of a name. Nothing
 * else is bridged: no other spelling, no swapped names, no other alphabet.
 */
export const isSamePerson = (document: Named, account: Named): boolean =>
  isDate(account.birthDate) &&
  document.birthDate === account.birthDate &&
  agree(document.familyName, account.familyName, isSame) &&
  agree(document.givenName, account.givenName, holds);

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);

type Words = readonly string[];

const agree = (document: string, account: string, compare: (document: Words, account: Words) => boolean): boolean =>
  [plain, passport].some((write) => compare(wordsOf(write(document)), wordsOf(write(account))));

const isSame = (one: Words, other: Words): boolean => one.length > 0 && one.join(" ") === other.join(" ");

const holds = (whole: Words, part: Words): boolean =>
  part.length > 0 && whole.some((_, at) => isSame(part, whole.slice(at, at + part.length)));

/** A hyphen joins two names that documents also write apart. */
const wordsOf = (text: string): Words => text.split(/[\s\p{Pd}]+/u).filter((word) => word !== "");

const fold = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/['’ʼ`´.]/g, "");

/** Letters that have no mark to take away. */
const apart: Readonly<Record<string, string>> = {
  ø: "o",
  æ: "ae",
  œ: "oe",
  ß: "ss",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

const replace = (text: string, letters: Readonly<Record<string, string>>): string =>
  [...text].map((letter) => letters[letter] ?? letter).join("");

const plain = (text: string): string => replace(fold(text), apart).normalize("NFD").replaceAll(/\p{M}/gu, "");

/** As in the machine-readable zone, where these letters become two. */
const inPassports: Readonly<Record<string, string>> = { å: "aa", ä: "ae", ö: "oe", ø: "oe", ü: "ue", ñ: "n" };

const passport = (text: string): string => plain(replace(fold(text), inPassports));
