import { isLanguage, type Language } from "../../kernel/language.ts";

/** What is known about the reader, in the order in which it counts. */
export type LanguageClues = Readonly<{
  /** What the person chose on this page just now. */
  query?: string | undefined;
  /** What the person chose earlier in this browser. */
  cookie?: string | undefined;
  /** What others say of the person: the account's language, an application's `ui_locales`, in the order of trust. */
  hints?: readonly string[] | undefined;
  acceptLanguage?: string | undefined;
  allowed: readonly Language[];
  fallback: Language;
}>;

/** The language of a page: the first clue that names an allowed language. Tags count by their first part (`sv-FI`). */
export function chooseLanguage(clues: LanguageClues): Language {
  const wishes = [clues.query, clues.cookie, ...(clues.hints ?? []), ...acceptedTags(clues.acceptLanguage)];
  const known = wishes.map((tag) => tag?.split(/[-_]/)[0]?.toLowerCase()).filter(isLanguage);
  return known.find((language) => clues.allowed.includes(language)) ?? clues.fallback;
}

/** The tags of an `Accept-Language` header, the most wanted first (RFC 9110 §12.5.4); those with q=0 are left out. */
function acceptedTags(header = ""): string[] {
  return header
    .slice(0, 500)
    .split(",")
    .map((item) => {
      const [tag = "", ...parameters] = item.trim().split(";");
      const quality = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find((q) => q !== undefined);
      return { tag, weight: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}
