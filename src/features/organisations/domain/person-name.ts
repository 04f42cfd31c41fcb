import { hasInvisible } from "./invisible.ts";

const longest = 100;

/**
 * A given or family name as it is stored: trimmed, composed (NFC), spaces collapsed. Braces and angle brackets are
 * text like any other. Null when it is empty, longer than 100 characters, or holds characters that can't be seen.
 */
export function parsePersonName(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.length > longest * 2 || hasInvisible(trimmed)) return null;
  const name = trimmed.normalize("NFC").replaceAll(/\s+/gu, " ");
  return name === "" || [...name].length > longest ? null : name;
}
