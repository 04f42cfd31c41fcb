/** A number that a state gives its people: as it is kept, and when they were born where the number tells it. */
export type IdentityCode = Readonly<{ value: string; birthDate: string | null }>;

/** What people type: spaces around it, small letters, and the dashes that word processors make of a hyphen. */
export const typed = (text: string): string =>
  text
    .trim()
    .toUpperCase()
    .replace(/[\u2010-\u2013\u2212]/g, "-");

/** `YYYY-MM-DD`; null when there is no such day. */
export function dateOf(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? date.toISOString().slice(0, 10)
    : null;
}
