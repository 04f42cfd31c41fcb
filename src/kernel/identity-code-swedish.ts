import { dateOf, type IdentityCode, typed } from "./identity-code.ts";

/** A coordination number's day is this much more than the date's. */
const coordination = 60;

export const readPersonnummer = (text: string): IdentityCode | null => read(text, 0);
export const readSamordningsnummer = (text: string): IdentityCode | null => read(text, coordination);

/** Twelve digits: with ten, the century would hang on what day it is. */
function read(text: string, added: number): IdentityCode | null {
  const [, year, month, day, rest] = /^((?:18|19|20)\d\d)(\d\d)(\d\d)-?(\d{4})$/.exec(typed(text)) ?? [];
  const value = `${year}${month}${day}${rest}`;
  const birthDate = dateOf(Number(year), Number(month), Number(day) - added);
  return birthDate && isLuhn(value.slice(2)) ? { value, birthDate } : null;
}

function isLuhn(digits: string): boolean {
  const sum = [...digits].map(Number).reduce((total, digit, index) => {
    const weighted = index % 2 === 0 ? digit * 2 : digit;
    return total + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
  return sum % 10 === 0;
}
