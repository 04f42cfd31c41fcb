/** Orders that hands and heads follow: the alphabet, the digits, the rows of a keyboard. Each also backwards. */
const orders = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890123456789",
  "qwertyuiopåasdfghjklöäzxcvbnm",
  "qwertyuiopasdfghjklzxcvbnm",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
];
const runs = orders.flatMap((order) => [order + order, [...order].reverse().join("").repeat(2)]);

/** Below this many code points, a repetition is short enough for guessers to try. */
const longEnough = 64;

/**
 * Whether the whole of it is one short thing repeated ("aaaaaaaaaaaa", "abc123abc123") or runs along a known order
 * ("123456789012", "qwertyuiop123"), in one piece or two.
 */
export function isPattern(password: string): boolean {
  const text = password.toLowerCase();
  const characters = [...text];
  if (characters.length === 0 || characters.length >= longEnough) return false;
  return isRepetition(characters) || isRun(text) || isTwoRuns(characters);
}

function isRepetition(characters: readonly string[]): boolean {
  const longestUnit = Math.min(8, Math.floor(characters.length / 2));
  for (let unit = 1; unit <= longestUnit; unit += 1) {
    if (characters.every((character, index) => character === characters[index % unit])) return true;
  }
  return false;
}

const isRun = (text: string): boolean => runs.some((run) => run.includes(text));

function isTwoRuns(characters: readonly string[]): boolean {
  for (let cut = 3; cut <= characters.length - 3; cut += 1) {
    const halves = [characters.slice(0, cut), characters.slice(cut)];
    if (halves.every((half) => isRun(half.join("")) || half.every((character) => character === half[0]))) return true;
  }
  return false;
}
