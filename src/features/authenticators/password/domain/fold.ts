/** The form that a password is hashed and compared in (NIST SP 800-63B §3.1.1.2): NFKC, and nothing else changed. */
export const normalisePassword = (password: string): string => password.normalize("NFKC");

const diacritics = /\p{M}/gu;

/** For comparing words: lower case, without accents and dots ("Kesä" and "kesa" are one word to a guesser). */
export const foldWord = (text: string): string =>
  text.normalize("NFKD").replace(diacritics, "").toLowerCase().normalize("NFKC");

const leet: Record<string, string> = {
  "0": "o",
  "1": "i",
  "!": "i",
  "|": "l",
  "3": "e",
  "4": "a",
  "@": "a",
  "5": "s",
  $: "s",
  "6": "g",
  "7": "t",
  "+": "t",
  "8": "b",
  "9": "g",
};

const isLetter = (character: string): boolean => /\p{L}/u.test(character);
const isLeet = (character: string): boolean => leet[character] !== undefined;

/** Digits and signs that stand for letters, read as letters; `1` and `!` are read as `one`. Other signs fall away. */
const unleet = (characters: readonly string[], one: "i" | "l"): string =>
  characters
    .map((character) =>
      character === "1" || character === "!" ? one : isLetter(character) ? character : (leet[character] ?? ""),
    )
    .join("");

/** Every way in which a folded text may be read as letters. */
export const readings = (folded: string): string[] => {
  const characters = [...folded];
  const lettersOnly = characters.filter(isLetter).join("");
  return [...new Set([lettersOnly, unleet(characters, "i"), unleet(characters, "l")])];
};

/** A word found inside a password, and what was put before and after it. */
export type Dressed = { word: string; padding: string };

/** How far a sign or digit beside the letters may belong to the word ("sal4s4n4"). */
const reach = 3;

/**
 * The words that a folded password may be with digits and signs put around it ("kesakuu2026!!" is "kesakuu" dressed up).
 * None when it holds no letter.
 */
export function undress(folded: string): Dressed[] {
  const characters = [...folded];
  const first = characters.findIndex(isLetter);
  if (first < 0) return [];
  const last = characters.findLastIndex(isLetter);
  const found = new Map<string, Dressed>();
  for (const start of wordEdges(characters, first, -1)) {
    for (const end of wordEdges(characters, last, 1)) {
      const inside = characters.slice(start, end + 1);
      const padding = [...characters.slice(0, start), ...characters.slice(end + 1)].join("");
      for (const word of wordsIn(inside)) {
        const known = found.get(word);
        if (!known || known.padding.length > padding.length) found.set(word, { word, padding });
      }
    }
  }
  return [...found.values()];
}

/** A word whose digits have to be read as letters must be longer than chance makes them. */
const shortestLeetWord = 5;

/** With a digit that is no letter, or with more signs than letters, it is no word but a heap of characters. */
function wordsIn(inside: readonly string[]): string[] {
  const letters = inside.filter(isLetter);
  if (letters.length === inside.length) return [inside.join("")];
  if (letters.length * 2 < inside.length) return [];
  const digits = inside.filter((character) => /\d/u.test(character));
  if (!digits.every(isLeet)) return [];
  const read = [unleet(inside, "i"), unleet(inside, "l")].filter((word) => word.length >= shortestLeetWord);
  return digits.length === 0 ? [letters.join(""), ...read] : read;
}

/** Where the word may begin or end: at its outermost letter, or up to `reach` letter-like signs beyond it. */
function wordEdges(characters: readonly string[], outermost: number, direction: 1 | -1): number[] {
  const edges = [outermost];
  for (let steps = 1; steps <= reach; steps += 1) {
    const next = outermost + steps * direction;
    const character = characters[next];
    if (character === undefined || !isLeet(character)) break;
    edges.push(next);
  }
  return edges;
}
