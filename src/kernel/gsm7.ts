// GSM 7-bit default alphabet and its extension table, 3GPP TS 23.038 §6.2.1 and §6.2.1.1.
const basic = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const extended = new Set("\f^{}\\[~]|€");

/**
 * How many septets `text` takes in the GSM 7-bit alphabet (`€` and brackets take two), or `undefined` when a character
 * is outside it: then the whole message goes as UCS-2 and holds 70 characters instead of 160.
 */
export function gsm7Length(text: string): number | undefined {
  let septets = 0;
  for (const character of text) {
    if (basic.has(character)) septets += 1;
    else if (extended.has(character)) septets += 2;
    else return undefined;
  }
  return septets;
}

export const isGsm7 = (text: string): boolean => gsm7Length(text) !== undefined;

/** How many text messages a phone bill will show for `text`: long ones lose some room in each part to the numbering. */
export function smsParts(text: string): number {
  const septets = gsm7Length(text);
  const [length, whole, part] = septets === undefined ? [text.length, 70, 67] : [septets, 160, 153];
  return length <= whole ? 1 : Math.ceil(length / part);
}
