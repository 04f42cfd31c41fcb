/** Who somebody is to a state. Compared whole: the country and type are part of it. */
export type Identity = Readonly<{ country: string; type: string; value: string }>;

const checkCharacters = "0123456789ABCDEFHJKLMNPRSTUVWXY";
const centuries: Readonly<Record<string, number>> = {
  "+": 1800,
  ...Object.fromEntries([..."-YXWVU"].map((sign) => [sign, 1900])),
  ...Object.fromEntries([..."ABCDEF"].map((sign) => [sign, 2000])),
};

function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** The sum leaves the century sign out, so the sign is never normalised away: it tells two persons apart. */
function finnish(text: string): Identity | null {
  const code = text.toUpperCase().replace(/[\u2212\u2013]/, "-");
  const [, day, month, year, sign = "", number, check] =
    /^(\d\d)(\d\d)(\d\d)([-+YXWVUABCDEF])(\d{3})([0-9A-Y])$/.exec(code) ?? [];
  const century = centuries[sign];
  if (century === undefined || Number(number) < 2) return null;
  if (!isDate(century + Number(year), Number(month), Number(day))) return null;
  if (checkCharacters[Number(`${day}${month}${year}${number}`) % 31] !== check) return null;
  return { country: "FI", type: "hetu", value: code };
}

/** Luhn over the last ten digits; a coordination number's day is 60 more than the date's. */
function swedish(text: string): Identity | null {
  const [, year, month, day, rest] = /^(\d{4})(\d\d)(\d\d)-?(\d{4})$/.exec(text) ?? [];
  if (!year || !month || !day || !rest) return null;
  const number = Number(day) > 60 ? Number(day) - 60 : Number(day);
  if (!isDate(Number(year), Number(month), number)) return null;
  const digits = [...`${year.slice(2)}${month}${day}${rest}`].map(Number);
  const sum = digits.reduce((total, digit, index) => {
    const weighted = index % 2 === 0 ? digit * 2 : digit;
    return total + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
  return sum % 10 === 0 ? { country: "SE", type: "personnummer", value: `${year}${month}${day}${rest}` } : null;
}

/** A Finnish personal identity code, or a Swedish one of twelve digits, whose check character is right. */
export function parseIdentityCode(text: string): Identity | null {
  const trimmed = text.trim();
  return finnish(trimmed) ?? swedish(trimmed);
}
