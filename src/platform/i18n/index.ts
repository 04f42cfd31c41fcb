export { chooseLanguage, type LanguageClues } from "./choose-language.ts";
export {
  compareNames,
  type DateStyle,
  defaultTimeZone,
  formatCountry,
  formatDate,
  formatDateTime,
  formatList,
  formatNumber,
  formatTime,
  momentParameters,
} from "./format.ts";
export type { Key } from "./keys.ts";
export { plainText, smsText } from "./plain-text.ts";
export { type Params, type Translate, translator } from "./translator.ts";
