/** How a file writes the secrets of its tokens. */
export type Encoding = "hex" | "base32";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** RFC 4648 §6: how many characters can stand in the last group of eight. */
const lastGroups = [0, 2, 4, 5, 7];

const compact = (text: string): string => text.replace(/[\s-]/g, "").toUpperCase();

/** The bytes behind `text`; null where it is not written so. */
export function decodeSecret(text: string, encoding: Encoding): Uint8Array | null {
  return encoding === "hex" ? fromHex(compact(text)) : fromBase32(compact(text).replace(/=+$/, ""));
}

function fromHex(text: string): Uint8Array | null {
  if (!/^(?:[0-9A-F]{2})+$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function fromBase32(text: string): Uint8Array | null {
  if (!/^[A-Z2-7]+$/.test(text) || !lastGroups.includes(text.length % 8)) return null;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text) {
    held = (held << 5) | alphabet.indexOf(character);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push(held >> bits);
    held &= (1 << bits) - 1;
  }
  return Uint8Array.from(bytes);
}

type Written = Readonly<{ line: number; text: string }>;

/** `unclear` is the first line whose secret can't settle it, and `mixed` whether other lines contradict it. */
export type FoundEncoding = { encoding: Encoding } | { unclear: number; mixed: boolean };

/**
 * How the secrets of a file are written, as far as they say so themselves. A secret of A to F and 2 to 7 alone is valid
 * either way, with another key behind it: whoever has the file must say then, since a guess would show in no test but the
 * person's first code.
 */
export function findEncoding(secrets: readonly Written[]): FoundEncoding {
  const read = secrets.map(({ line, text }) => ({
    line,
    hex: decodeSecret(text, "hex") !== null,
    base32: decodeSecret(text, "base32") !== null,
  }));
  const either = read.find(({ hex, base32 }) => hex && base32);
  if (either) return { unclear: either.line, mixed: false };
  const firstHex = read.find(({ hex }) => hex);
  const firstBase32 = read.find(({ base32 }) => base32);
  if (firstHex && firstBase32) return { unclear: Math.max(firstHex.line, firstBase32.line), mixed: true };
  return { encoding: firstHex ? "hex" : "base32" };
}
