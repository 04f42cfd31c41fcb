import { hasInvisible } from "./invisible.ts";

/** No user name or e-mail address is longer; a longer text is no name, and is not worth folding. */
const longest = 254;

/**
 * Full case folding of one character, by way of its capitals: ß and ẞ become ss, ς becomes σ. The dotless ı is a letter
 * of its own in Unicode's folding, and taking it for an i would let one address stand for another.
 */
const fold = (character: string): string => (character === "ı" ? character : character.toUpperCase().toLowerCase());

// The dot that İ leaves over its i goes, so that a Turkish capital finds what was written without one.
const foldAll = (text: string): string =>
  [...text.normalize("NFKC")].map(fold).join("").replaceAll("i\u0307", "i").normalize("NFKC");

/**
 * What a user name or e-mail address is looked up by: case, width and Unicode form are folded, so that `ＡＩＮＯ`,
 * `Aino` and `aino` are one. Null when the text can't be a name: empty, too long, or with characters that can't be seen.
 */
export function nameKey(name: string): string | null {
  const text = name.trim();
  if (text === "" || text.length > longest || hasInvisible(text)) return null;
  // Twice, since composing after the first folding can leave a character that folds further.
  const key = foldAll(foldAll(text)).replaceAll(/\s+/gu, " ").trim();
  return key === "" || hasInvisible(key) ? null : key;
}
