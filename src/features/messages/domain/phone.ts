import { parsePhoneNumberFromString } from "libphonenumber-js/max";

/** Why no text message goes to `to` (E.164), or null where one may: a mobile number of one of `countries`. */
export function refusalOf(to: string, countries: readonly string[]): string | null {
  const parsed = parsePhoneNumberFromString(to, { extract: false });
  if (!parsed?.isValid() || parsed.number !== to) return "not a phone number";
  if (!parsed.country || !countries.includes(parsed.country)) return "text messages to this country are not allowed";
  const type = parsed.getType();
  return type === "MOBILE" || type === "FIXED_LINE_OR_MOBILE" ? null : "not a mobile number";
}
