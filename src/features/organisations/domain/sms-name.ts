import { gsm7Length, isGsm7 } from "../../../kernel/gsm7.ts";

/** The templates of text messages are counted with a name of this many septets. */
export const smsNameLength = 30;

// Letters that no decomposition takes apart, and the punctuation that word processors put in.
const written: Readonly<Record<string, string>> = {
  đ: "d", Đ: "D", ð: "d", Ð: "D", ŋ: "n", Ŋ: "N", ŧ: "t", Ŧ: "T", ʒ: "z", Ʒ: "Z", ł: "l", Ł: "L", þ: "th", Þ: "Th",
  œ: "oe", Œ: "OE", "–": "-", "—": "-", "’": "'", "‘": "'", "”": '"', "“": '"', "…": "...",
}; // biome-ignore format: a table

const plain = (character: string): string => {
  if (isGsm7(character)) return character;
  const bare = written[character] ?? character.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  return [...bare]
    .map((part) => written[part] ?? part)
    .filter(isGsm7)
    .join("");
};

const words = (text: string): string => text.replaceAll(/\s+/gu, " ").trim();

/**
 * How text messages of an organisation called `name` begin, when nobody chose otherwise: in the GSM alphabet, at most
 * 30 septets, cut between words where that leaves something.
 */
export function deriveSmsName(name: string): string {
  const text = words([...name.normalize("NFC")].map(plain).join(""));
  const fits = (candidate: string) => (gsm7Length(candidate) ?? Infinity) <= smsNameLength;
  if (fits(text)) return text;
  const parts = text.split(" ");
  const whole = parts.map((_, index) => parts.slice(0, index + 1).join(" ")).findLast(fits);
  if (whole) return whole;
  const letters = [...text];
  return letters.map((_, index) => letters.slice(0, index + 1).join("")).findLast(fits) ?? "";
}

/** Whether `text` may begin every text message: in the GSM alphabet, on one line, 1 to 30 septets. */
export function isSmsName(text: string): boolean {
  const length = gsm7Length(text);
  return length !== undefined && length > 0 && length <= smsNameLength && text === words(text);
}
