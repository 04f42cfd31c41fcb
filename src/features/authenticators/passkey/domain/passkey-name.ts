/** Characters of a name, at most. */
export const longestName = 60;

const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu;

/** What the person calls their passkey, as it is stored: one line of visible text; null when nothing is left of it. */
export function passkeyName(text: string): string | null {
  const line = text.normalize("NFC").replace(invisible, " ").replace(/\s+/gu, " ").trim();
  return [...line].slice(0, longestName).join("").trim() || null;
}
