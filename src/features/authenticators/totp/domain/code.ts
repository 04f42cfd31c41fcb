import type { Instant } from "../../../../kernel/time.ts";

/** How a token makes its codes (RFC 6238 §4, §1.2). `period` is in seconds. */
export type CodeParameters = Readonly<{ algorithm: "SHA1" | "SHA256" | "SHA512"; digits: 6 | 7 | 8; period: number }>;

/** What every authenticator app understands; some ignore anything else. */
export const usualParameters: CodeParameters = { algorithm: "SHA1", digits: 6, period: 30 };

/** Arabic-Indic and extended Arabic-Indic digits, which NFKC leaves as they are. */
const arabicDigits = /[\u0660-\u0669\u06F0-\u06F9]/gu;
const separators = /[\s\p{Z}\p{Cf}\p{Pd}\u2212._·]/gu;

/**
 * A code as a person may write it ("123 456", full-width digits, dashes), as plain digits. Whatever else was in it stays
 * and makes it malformed; what is too long to be a code becomes nothing.
 */
export function normaliseCode(input: string): string {
  if (input.length > 64) return "";
  return input
    .normalize("NFKC")
    .replace(separators, "")
    .replace(arabicDigits, (digit) => String((digit.codePointAt(0) ?? 0) & 15));
}

/** The time step that `instant` is in: whole periods since 1970 (RFC 6238 §4.2). */
export const stepAt = (instant: Instant, period: number): number => Math.floor(instant.getTime() / 1000 / period);
