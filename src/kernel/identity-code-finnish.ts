import { dateOf, type IdentityCode, typed } from "./identity-code.ts";

const checkCharacters = "0123456789ABCDEFHJKLMNPRSTUVWXY";
const centuries: Readonly<Record<string, number>> = {
  "+": 1800,
  ...Object.fromEntries([..."-YXWVU"].map((sign) => [sign, 1900])),
  ...Object.fromEntries([..."ABCDEF"].map((sign) => [sign, 2000])),
};

const isChecked = (digits: string, check: string | undefined): boolean =>
  checkCharacters[Number(digits) % 31] === check;

/** The sum leaves the century sign out, so the sign is never normalised away: it tells two persons apart. */
export function readHetu(text: string): IdentityCode | null {
  const value = typed(text);
  const [, day, month, year, sign = "", number, check] =
    /^(\d\d)(\d\d)(\d\d)([-+YXWVUABCDEF])(\d{3})([0-9A-Y])$/.exec(value) ?? [];
  const century = centuries[sign];
  if (century === undefined || Number(number) < 2) return null;
  const birthDate = dateOf(century + Number(year), Number(month), Number(day));
  return birthDate && isChecked(`${day}${month}${year}${number}`, check) ? { value, birthDate } : null;
}

/** The electronic client identifier (FINUID), which certificates hold. */
export function readSatu(text: string): IdentityCode | null {
  const value = typed(text);
  const [, number, check] = /^(\d{8})([0-9A-Y])$/.exec(value) ?? [];
  return number && isChecked(number, check) ? { value, birthDate: null } : null;
}
