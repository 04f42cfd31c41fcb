import { timingSafeEqual } from "node:crypto";
import { HOTP, Secret as OtpKey } from "otpauth";
import type { CodeParameters } from "./domain/code.ts";

/** The code of `step` (RFC 4226 §5.3 with the step as counter, RFC 6238 §4). */
export const codeAt = (key: Uint8Array, { algorithm, digits }: CodeParameters, step: number): string =>
  HOTP.generate({ secret: keyOf(key), algorithm, digits, counter: step });

/** For `judgeCode`: whether the digits are the code of a step, compared in constant time. */
export const makeMatcher = (key: Uint8Array, parameters: CodeParameters) => (code: string) => {
  const given = Buffer.from(code);
  return (step: number): boolean => {
    const expected = Buffer.from(codeAt(key, parameters, step));
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
};

/** A key in Base32 (RFC 4648 §6), without padding. */
export const keyToBase32 = (key: Uint8Array): string => keyOf(key).base32;

/** The key behind a Base32 text, spaces and case aside. Throws for anything that is not Base32. */
export const keyFromBase32 = (text: string): Uint8Array => new Uint8Array(OtpKey.fromBase32(text).buffer);

// otpauth wants a buffer of its own; a view on a larger one would hand it the neighbours too.
const keyOf = (key: Uint8Array): OtpKey => new OtpKey({ buffer: new Uint8Array(key).buffer });
