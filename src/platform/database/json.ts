/** A value as the text that a jsonb column takes. U+0000, which PostgreSQL can't store, is left out. */
export const jsonText = (value: unknown): string => JSON.stringify(value).replaceAll("\\u0000", "");
