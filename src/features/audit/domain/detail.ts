type Scalar = string | number | boolean | null;

/** What no key of `detail` ends with (AUD-4): `pin`, `newPassword` and `session_token` are refused, `pinMisses` is not. */
const forbidden = [
  "password",
  "pin",
  "code",
  "otp",
  "token",
  "secret",
  "cookie",
  "authorization",
  "hetu",
  "personnummer",
] as const;

/** More about an event. The commonest names of secrets do not even compile. */
export type Detail = Readonly<Record<string, Scalar>> & { readonly [K in (typeof forbidden)[number]]?: never };

/** A Finnish personal identity code anywhere in a text, a Swedish one as the whole of it. */
const identityCode = /\b\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]\b|^(?:\d{2})?\d{6}[-+]?\d{4}$/;

const isForbidden = (key: string): boolean => {
  const last = key
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .at(-1);
  return forbidden.some((name) => name === last);
};

/** The keys of `detail` that must not be kept: named like a secret, or holding a personal identity code. */
export const leaksOf = (detail: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(detail)
    .filter(([key, value]) => isForbidden(key) || (typeof value === "string" && identityCode.test(value)))
    .map(([key]) => key);

/** `detail` with the values of `keys` left out: what a fault in our own code would have written is not written. */
export const without = (detail: Detail, keys: readonly string[]): Detail =>
  Object.fromEntries(Object.entries(detail).map(([key, value]) => [key, keys.includes(key) ? "[left out]" : value]));
