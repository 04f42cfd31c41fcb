import { foldWord, normalisePassword, readings, undress } from "./fold.ts";
import { isPattern } from "./patterns.ts";

/** Why a new password is refused; a page has words for each (USR-8). */
export type PasswordFault = "too-short" | "too-long" | "common" | "contains-context" | "pattern" | "same-as-current";

export type PasswordRules = Readonly<{
  /** In code points; 12 unless the organisation asks for more. */
  minimumLength: number;
  /** The names of the organisation, the service and the person, user name and e-mail address, as they are written. */
  contextWords: readonly string[];
  /** Whether exactly this text is on the list of breached and common ones. */
  isCommon: (text: string) => boolean;
  /** Whether it is the password that is to be replaced: the caller has the hash. */
  isCurrent?: boolean;
}>;

/** The longest password that is taken, in code points: anything longer is not typed by a person. */
export const longestPassword = 256;

/**
 * Judges a new password by NIST SP 800-63B §3.1.1.2: length in code points, no rules of composition, a list of common ones, the
 * names around it. It is never changed but for NFKC and never cut. Answers every fault that it finds.
 */
export function checkPassword(password: string, rules: PasswordRules): "accepted" | readonly PasswordFault[] {
  // Counted before anything else is done with it: megabytes are refused at the price of a comparison (T15).
  if (password.length > longestPassword * 4) return ["too-long"];
  const typed = normalisePassword(password);
  const length = [...typed].length;
  if (length > longestPassword) return ["too-long"];
  const faults: PasswordFault[] = [];
  if (length < rules.minimumLength) faults.push("too-short");
  if (isPattern(typed)) faults.push("pattern");
  if (isCommonAtHeart(typed, rules.isCommon)) faults.push("common");
  if (containsContext(typed, rules.contextWords)) faults.push("contains-context");
  if (rules.isCurrent) faults.push("same-as-current");
  return faults.length === 0 ? "accepted" : faults;
}

/** A word needs this many letters for "a word and a few characters" to be a fair description. */
const fullWord = 6;
const shortestWord = 3;
const longestPadding = 8;

/**
 * Whether it is on the list, or is one listed word dressed up with digits and signs ("Salasana2026!", "p4ssw0rd1234"), or
 * such a word twice. Several words in a row are a passphrase, and are fine.
 */
export function isCommonAtHeart(password: string, isCommon: (text: string) => boolean): boolean {
  const folded = foldWord(password);
  if (isCommon(password.toLowerCase()) || isCommon(folded)) return true;
  return undress(folded).some(({ word, padding }) => {
    const isDressing = isPredictable(padding) || (word.length >= fullWord && padding.length <= longestPadding);
    return isDressing && word.length >= shortestWord && (isCommon(word) || isCommon(half(word)));
  });
}

/** Padding that a guesser tries: some signs, with up to four digits, a known order, years or a date among them. */
function isPredictable(padding: string): boolean {
  const digits = padding.replace(/\D/gu, "");
  const isGuessable =
    digits.length <= 4 || isPattern(digits) || /^(?:(?:19|20)\d\d)+$/u.test(digits) || isDate.test(digits);
  return isGuessable && (padding.length <= longestPadding + 4 || isPattern(padding));
}

const isDate = /^(?:(?:[0-3]?\d[01]?\d)(?:19|20)?\d\d|(?:19|20)\d\d[01]\d[0-3]\d)$/u;

/** Half of a word that is the same twice over; otherwise the word. */
const half = (word: string): string => {
  const middle = word.length / 2;
  return Number.isInteger(middle) && word.slice(0, middle) === word.slice(middle) ? word.slice(0, middle) : word;
};

/** A name of this length counts wherever it stands; a shorter one only where little else does ("kela" is in "makelantie"). */
const telling = 5;
const shortestName = 3;
const enoughBesides = 8;

function containsContext(password: string, contextWords: readonly string[]): boolean {
  const texts = readings(foldWord(password));
  return namesIn(contextWords).some((name) =>
    texts.some((text) => text.includes(name) && (name.length >= telling || text.length - name.length < enoughBesides)),
  );
}

/** The words of each name, and each name written together; of an e-mail address both sides without the last label. */
function namesIn(contextWords: readonly string[]): string[] {
  const names = contextWords.flatMap((text) => {
    const [local = "", domain] = text.slice(0, 320).split("@");
    const parts = domain === undefined ? [text.slice(0, 320)] : [local, ...domain.split(".").slice(0, -1)];
    return parts
      .flatMap((part) => [part, ...part.split(/[^\p{L}\p{N}]+/u)])
      .map((name) => foldWord(name).replace(/[^\p{L}\p{N}]/gu, ""));
  });
  return [...new Set(names.flatMap((name) => [name, ...readings(name)]))].filter((name) => name.length >= shortestName);
}
