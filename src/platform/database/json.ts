/** What PostgreSQL can store of a text: no U+0000 and no half of a surrogate pair. */
export const storableText = (text: string): string => text.replaceAll("\0", "").toWellFormed();

/** A value as the text that a jsonb column takes; what its texts hold that PostgreSQL can't store is left out. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => (typeof part === "string" ? storableText(part) : part));
