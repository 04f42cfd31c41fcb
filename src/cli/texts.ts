import { InvalidArgumentError } from "commander";
import { isLanguage, type LocalisedText } from "../kernel/language.ts";

/** `--name "fi=Koivula"` once for each language, or one text without a language for all. */
export function collectText(value: string, earlier: Record<string, string> = {}): Record<string, string> {
  const [, language, text] = /^([a-z]{2})=(.*)$/s.exec(value) ?? [];
  return { ...earlier, ...(language && text !== undefined ? { [language]: text } : { "": value }) };
}

/** The texts in their languages; one without a language stands for `languages` that have none of their own. */
export function toLocalised(given: Record<string, string>, languages: readonly string[]): LocalisedText {
  const { "": plain, ...texts } = given;
  const filled = plain === undefined ? {} : Object.fromEntries(languages.map((language) => [language, plain]));
  return { ...filled, ...texts };
}

/** A comma-separated list of languages. */
export function toLanguages(value: string): string[] {
  const list = value.split(",").map((part) => part.trim());
  if (!list.every(isLanguage)) throw new InvalidArgumentError("Use fi, sv and en, separated by commas.");
  return list;
}

export const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** `key=value`, as many times as wanted. */
export function collectPair(value: string, earlier: Record<string, string> = {}): Record<string, string> {
  const at = value.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Write it as name=value.");
  return { ...earlier, [value.slice(0, at)]: value.slice(at + 1) };
}

export const toNumber = (text: string): number => {
  if (!/^-?\d{1,9}$/.test(text)) throw new InvalidArgumentError("Give a whole number.");
  return Number(text);
};
