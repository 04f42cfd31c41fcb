import i18next from "i18next";
import { type Language, languages } from "../../kernel/language.ts";
import type { Key } from "./keys.ts";
import { readResources } from "./resources.ts";

/** Values for a sentence's placeholders. `count` chooses the plural, `context` the variant (`continue_totp`). */
export type Params = Readonly<Record<string, string | number>>;

/** The words of `key`, unescaped (pages escape). Soft hyphens are in it: `plainText` takes them out. */
export type Translate = (key: Key, params?: Params) => string;

/** The test runner sets this in each test's process. A fault in words stops a test and never a person. */
const underTest = process.env.NODE_TEST_CONTEXT !== undefined;

function fault(message: string): void {
  if (underTest) throw new Error(message);
}

const resources = readResources();

const instance = i18next.createInstance();
instance.init({
  initAsync: false,
  resources,
  supportedLngs: [...languages],
  fallbackLng: "en",
  ns: Object.keys(resources.en),
  defaultNS: false,
  keySeparator: false,
  nsSeparator: ":",
  interpolation: { escapeValue: false, skipOnVariables: true },
  returnNull: false,
  saveMissing: true,
  missingKeyHandler: (_languages, namespace, key) => fault(`there are no words for ${namespace}:${key}`),
  missingInterpolationHandler: (sentence, match) => {
    fault(`no value for ${match[0]} in "${sentence}"`);
    return "";
  },
});

const translators = new Map<Language, Translate>(
  languages.map((language) => {
    const t = instance.getFixedT(language);
    return [language, (key, params) => t(key, params ?? {})];
  }),
);

/** The words of one language. Cheap: one translator per language lives as long as the process. */
export function translator(language: Language): Translate {
  const t = translators.get(language);
  if (!t) throw new Error(`no words in ${language}`);
  return t;
}
