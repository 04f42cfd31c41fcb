/** The languages of every page and message (GUI-1), in the order in which the switch shows them. */
export const languages = ["fi", "sv", "en"] as const;

export type Language = (typeof languages)[number];

export const isLanguage = (value: unknown): value is Language => languages.some((language) => language === value);

/** A text that an organisation gives in one or more of the languages. */
export type LocalisedText = Readonly<Partial<Record<Language, string>>>;

/** The text in `language`, else in English, else in whichever there is; empty when there is none. */
export const localised = (text: LocalisedText, language: Language): string =>
  text[language] ?? text.en ?? text.fi ?? text.sv ?? "";
