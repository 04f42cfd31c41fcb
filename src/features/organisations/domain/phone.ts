import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/max";

/** `countries` are ISO 3166-1 codes; a number written without a country code belongs to the first. */
export type PhoneRules = { countries: readonly string[] };

export type PhoneRefusal = "not-a-number" | "not-mobile" | "country-not-allowed";

const known = (country: string | undefined): country is CountryCode =>
  country !== undefined && isSupportedCountry(country);

function parse(text: string, defaultCountry: string | undefined) {
  if (text.length > 40) return undefined;
  // Half-width digits and signs: numbers are pasted from anywhere.
  const plain = text.normalize("NFKC").trim();
  const parsed = parsePhoneNumberFromString(plain, {
    extract: false,
    ...(known(defaultCountry) && { defaultCountry }),
  });
  return parsed?.isValid() && !parsed.ext ? parsed : undefined;
}

/** A number that takes text messages, in E.164. Refused outside `countries`: text messages to some places are a fraud. */
export function parseMobile(text: string, { countries }: PhoneRules): { phone: string } | { refused: PhoneRefusal } {
  const parsed = parse(text, countries[0]);
  if (!parsed) return { refused: "not-a-number" };
  if (!parsed.country || !countries.includes(parsed.country)) return { refused: "country-not-allowed" };
  const type = parsed.getType();
  const mobile = type === "MOBILE" || type === "FIXED_LINE_OR_MOBILE";
  return mobile ? { phone: parsed.number } : { refused: "not-mobile" };
}

/** Any telephone number, as people read and call it from anywhere: `+358 9 3101691`; null when it is none. */
export const parseTelephone = (text: string, { countries }: PhoneRules): string | null =>
  parse(text, countries[0])?.formatInternational() ?? null;

/** A number in E.164 as people read it: `+358 40 1234567`. */
export const formatPhone = (phone: string): string => parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;

/** `+358 •• ••• ••45`: enough to know one's own number by. The grouping says nothing of the number's length. */
export function maskPhone(phone: string): string {
  const code = parsePhoneNumberFromString(phone)?.countryCallingCode;
  return `${code ? `+${code} ` : ""}•• ••• ••${phone.slice(-2)}`;
}
