import type { CodeParameters } from "./code.ts";
import { parseSerial } from "./serial.ts";

/** What is wrong with a line; it never repeats what stands there. */
export type Flaw = Readonly<{ field: string; reason: string; says: string }>;

/** What a file says of one token, before any of it is believed. What it leaves out is empty. */
export type Entry = Readonly<{
  line: number;
  serial: string;
  secret: Uint8Array | Flaw;
  algorithm?: string;
  digits?: string;
  /** In seconds. */
  period?: string;
  manufacturer?: string;
  model?: string;
}>;

/** A line that can't be read as a token at all. */
export type BrokenLine = Readonly<{ line: number; flaws: readonly Flaw[] }>;

/** A token as it can be imported. */
export type TokenSeed = Readonly<{
  line: number;
  serial: string;
  secret: Uint8Array;
  parameters: CodeParameters;
  manufacturer: string | null;
  model: string | null;
}>;

/** 128 bits at least (RFC 4226 §4, R6); longer ones than the block of the hash gain nothing. */
const shortest = 16;
const longest = 128;
const longestName = 100;

const flaw = (field: string, reason: string, says: string): Flaw => ({ field, reason, says });

/** Every token of a file with its line: as it can be imported, or what is wrong with it. */
export function checkEntries(entries: readonly (Entry | BrokenLine)[]): readonly (TokenSeed | BrokenLine)[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    if ("flaws" in entry) return entry;
    const checked = checkEntry(entry);
    if ("flaws" in checked) return checked;
    const earlier = seen.get(checked.serial);
    if (earlier !== undefined)
      return { line: entry.line, flaws: [flaw("serial", "duplicate", `Line ${earlier} has the same serial number.`)] };
    seen.set(checked.serial, entry.line);
    return checked;
  });
}

function checkEntry(entry: Entry): TokenSeed | BrokenLine {
  const { line, secret } = entry;
  const serial = parseSerial(entry.serial);
  const algorithm = algorithmOf(entry.algorithm ?? "");
  const digits = digitsOf(entry.digits ?? "");
  const period = periodOf(entry.period ?? "");
  const key = secret instanceof Uint8Array ? checkLength(secret) : secret;
  if (serial !== null && algorithm && digits && period && key instanceof Uint8Array)
    return {
      line,
      serial,
      secret: key,
      parameters: { algorithm, digits, period },
      manufacturer: nameOf(entry.manufacturer),
      model: nameOf(entry.model),
    };
  return {
    line,
    flaws: [
      ...(serial === null ? [serialFlaw(entry.serial)] : []),
      ...(key instanceof Uint8Array ? [] : [key]),
      ...(algorithm ? [] : [flaw("algorithm", "unknown", "The hash has to be SHA-1, SHA-256 or SHA-512.")]),
      ...(digits ? [] : [flaw("digits", "unknown", "Codes have to have 6 or 8 digits.")]),
      ...(period ? [] : [flaw("period", "unknown", "A code has to last 30 or 60 seconds.")]),
    ],
  };
}

const serialFlaw = (given: string): Flaw =>
  given.trim() === ""
    ? flaw("serial", "missing", "The serial number is missing.")
    : flaw("serial", "not-a-serial", "A serial number has letters, digits and dashes, at most 64.");

function checkLength(secret: Uint8Array): Uint8Array | Flaw {
  if (secret.length < shortest) return flaw("secret", "too-short", "The secret is shorter than 128 bits (RFC 4226).");
  return secret.length > longest ? flaw("secret", "too-long", `The secret is longer than ${longest} bytes.`) : secret;
}

/** "SHA1", "HmacSHA256", "HMAC-SHA-512" */
function algorithmOf(text: string): CodeParameters["algorithm"] | null {
  const found = /^(?:hmac)?sha(1|256|512)$/.exec(text.toLowerCase().replace(/[\s_-]/g, ""))?.[1];
  if (text.trim() === "") return "SHA1";
  return found ? (`SHA${found}` as CodeParameters["algorithm"]) : null; // the three that the pattern lets through
}

function digitsOf(text: string): 6 | 8 | null {
  const digits = text.trim();
  return digits === "" || digits === "6" ? 6 : digits === "8" ? 8 : null;
}

function periodOf(text: string): 30 | 60 | null {
  const period = text.trim();
  return period === "" || period === "30" ? 30 : period === "60" ? 60 : null;
}

const nameOf = (text = ""): string | null =>
  text
    .normalize("NFC")
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, longestName) || null;
