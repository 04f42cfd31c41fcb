import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Language, languages } from "../../kernel/language.ts";

export type Words = Readonly<Record<string, string>>;

/** The words of one language by namespace: `resources.fi["sign-in"].heading`. */
export type Resources = Readonly<Record<Language, Readonly<Record<string, Words>>>>;

/** Reads every `locales/<language>/*.json`: flat objects of strings. A file that is anything else stops the start. */
export function readResources(directory: string = localesDirectory()): Resources {
  const read = (language: Language) =>
    Object.fromEntries(
      readdirSync(join(directory, language))
        .filter((name) => name.endsWith(".json"))
        .map((name) => [name.slice(0, -".json".length), readWords(join(directory, language, name))]),
    );
  return Object.fromEntries(languages.map((language) => [language, read(language)])) as Resources; // one entry per language
}

function readWords(path: string): Words {
  const words: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!isWords(words)) throw new Error(`${path} must be a flat object of strings`);
  return words;
}

const isWords = (value: unknown): value is Words =>
  typeof value === "object" && value !== null && Object.values(value).every((text) => typeof text === "string");

/** `locales/` is beside `package.json`, from source and from the packed release alike. */
function localesDirectory(from: string = import.meta.dirname): string {
  const here = join(from, "locales");
  if (existsSync(here)) return here;
  if (dirname(from) === from) throw new Error("the folder locales/ is missing");
  return localesDirectory(dirname(from));
}
