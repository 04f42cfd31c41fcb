import { dateOf, type IdentityCode, typed } from "./identity-code.ts";

/** The eleventh digit's weights reach over the tenth. Numbers given from 2032 on will follow other rules. */
const weights = [
  [3, 7, 6, 1, 8, 9, 4, 5, 2, 1],
  [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1],
];

/** A fødselsnummer, or a D-number, whose day is 40 more than the date's. */
export function readFodselsnummer(text: string): IdentityCode | null {
  const [, first, rest] = /^(\d{6}) ?(\d{5})$/.exec(typed(text)) ?? [];
  if (!first || !rest) return null;
  const value = `${first}${rest}`;
  const [day = 0, month = 0, year = 0] = [0, 2, 4].map((at) => Number(first.slice(at, at + 2)));
  const century = centuryOf(year, Number(rest.slice(0, 3)));
  const birthDate = century === null ? null : dateOf(century + year, month, day > 40 ? day - 40 : day);
  return birthDate && weights.every((each) => isChecked(value, each)) ? { value, birthDate } : null;
}

const isChecked = (digits: string, each: readonly number[]): boolean =>
  each.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0) % 11 === 0;

/** The individual number tells the century, for those numbers that have been given out so far. */
function centuryOf(year: number, individual: number): number | null {
  if (individual < 500) return 1900;
  if (individual < 750 && year >= 54) return 1800;
  if (year < 40) return 2000;
  return individual >= 900 ? 1900 : null;
}
