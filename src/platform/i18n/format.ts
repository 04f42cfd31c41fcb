import type { Language } from "../../kernel/language.ts";
import type { Instant } from "../../kernel/time.ts";

/** Finland's way of writing, also in Swedish (14.12.2026, not 2026-12-14), and British English. */
const tags = { fi: "fi-FI", sv: "sv-FI", en: "en-GB" } as const satisfies Record<Language, string>;

/** `short` is for tables and messages (14.12.2026), `long` for sentences on a page (14 december 2026). */
export type DateStyle = "short" | "long";

/** English has no unmistakable short form in figures: 14/12/2026 is read both ways, so its short form is 14 Dec 2026. */
const dateStyles = {
  fi: { short: "short", long: "long" },
  sv: { short: "short", long: "long" },
  en: { short: "medium", long: "long" },
} as const satisfies Record<Language, Record<DateStyle, string>>;

export const defaultTimeZone = "Europe/Helsinki";

/** The day of `instant`: 14.12.2026, 14. joulukuuta 2026, 14 Dec 2026. */
export const formatDate = (
  instant: Instant,
  language: Language,
  style: DateStyle = "short",
  timeZone: string = defaultTimeZone,
): string => formatter(language, { dateStyle: dateStyles[language][style], timeZone }).format(instant);

/** The time of day, without "klo" or "kl.", which the sentence around it has: 9.05, 09:05. */
export const formatTime = (instant: Instant, language: Language, timeZone: string = defaultTimeZone): string =>
  formatter(language, { timeStyle: "short", timeZone }).format(instant);

/** Day and time together: 14.12.2026 klo 9.05, 14 december 2026 kl. 9.05, 14 Dec 2026, 09:05. */
export const formatDateTime = (
  instant: Instant,
  language: Language,
  style: DateStyle = "short",
  timeZone: string = defaultTimeZone,
): string =>
  formatter(language, { dateStyle: dateStyles[language][style], timeStyle: "short", timeZone }).format(instant);

/** 12 345,6. With fixed spaces and a true minus sign: not for text messages (`smsText`). */
export const formatNumber = (value: number, language: Language): string =>
  new Intl.NumberFormat(tags[language]).format(value);

/** Items that are already in the case that the sentence needs, joined by "or" or "and". */
export const formatList = (items: readonly string[], language: Language, join: "or" | "and"): string =>
  new Intl.ListFormat(tags[language], { type: join === "or" ? "disjunction" : "conjunction" }).format(items);

/** Names in the language's own order: å, ä and ö after z in Finnish and Swedish, and in English pages of Finns too. */
export const compareNames = (language: Language): ((a: string, b: string) => number) =>
  new Intl.Collator(language === "en" ? "fi" : language).compare;

/** A country's name: `FI` is Finland, Suomi. */
export const formatCountry = (code: string, language: Language): string => countryNames[language].of(code) ?? code;

const countryNames = {
  fi: new Intl.DisplayNames(tags.fi, { type: "region" }),
  sv: new Intl.DisplayNames(tags.sv, { type: "region" }),
  en: new Intl.DisplayNames(tags.en, { type: "region" }),
} as const satisfies Record<Language, Intl.DisplayNames>;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** A formatter takes 50 times as long to make as to use, and there are a handful of them. */
function formatter(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${language} ${options.dateStyle} ${options.timeStyle} ${options.timeZone}`;
  const made = formatters.get(name) ?? new Intl.DateTimeFormat(tags[language], options);
  formatters.set(name, made);
  return made;
}

/**
 * For a sentence that names a moment to come: `time`, `date`, and `context: "day"` where the time alone would be taken
 * for today's. The sentence has two forms: "at {{time}}", and with `_day` "on {{date}} at {{time}}".
 */
export function momentParameters(moment: Instant, language: Language, now: Instant): Record<string, string> {
  const [date, today] = [formatDate(moment, language), formatDate(now, language)];
  return { time: formatTime(moment, language), date, ...(date !== today && { context: "day" }) };
}
