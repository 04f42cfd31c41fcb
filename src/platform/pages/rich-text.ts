import type { Key, Params, Translate } from "../i18n/index.ts";
import { type Html, html } from "./html.ts";

/**
 * A sentence with markup in its placeholders: `richText(t, "x:sent-to", { email: html`<b>${email}</b>` })`.
 * The words are escaped, the fragments are not; `params` holds plain values besides (`count`, `context`).
 */
export function richText(t: Translate, key: Key, fragments: Readonly<Record<string, Html>>, params: Params = {}): Html {
  const names = Object.keys(fragments);
  const places = Object.fromEntries(names.map((name, index) => [name, `\u0001${index}\u0001`]));
  const parts = t(key, { ...params, ...places }).split("\u0001");
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : fragments[names[Number(part)] ?? ""]))}`;
}
