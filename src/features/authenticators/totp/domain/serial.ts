const allowed = /^[0-9A-Z._/]{1,64}$/;

/**
 * A serial number as it is kept and compared: spaces, dashes and case aside, so that it may be typed as it is printed. It
 * is text: zeros in front belong to it. Null for what is none.
 */
export function parseSerial(input: string): string | null {
  const serial = input
    .slice(0, 200)
    .normalize("NFKC")
    .replace(/[\s\p{Pd}\p{Cf}]/gu, "")
    .toUpperCase();
  return allowed.test(serial) ? serial : null;
}
