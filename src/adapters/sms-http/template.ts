import { PlainError } from "../../kernel/plain-error.ts";

/** Where a value is put decides how it is written, so that a text can't end its own field and begin another. */
export type Place = "url" | "form" | "json" | "xml" | "plain" | "header";

const placeholder = /\{([a-z][a-z0-9_]*)\}/gu;

/** The names of the placeholders in `template`. */
export const placeholdersOf = (template: string): string[] =>
  Array.from(template.matchAll(placeholder), ([, name]) => name ?? "");

/** `template` with every `{name}` replaced by its value, written as `place` needs it. */
export const fill = (template: string, values: ReadonlyMap<string, string>, place: Place): string =>
  template.replace(placeholder, (whole, name: string) => write[place](values.get(name) ?? whole));

/** How a body of this content type is to be filled. Throws `PlainError` for a type that we can't write safely. */
export function placeOf(contentType: string): Place {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/x-www-form-urlencoded") return "form";
  if (/[/+]json$/u.test(type)) return "json";
  if (/[/+]xml$/u.test(type)) return "xml";
  if (type === "text/plain") return "plain";
  throw new PlainError(`The SMS gateway's body can't be written as "${type}": use a form, JSON, XML or text/plain.`);
}

const percent = (value: string): string =>
  encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/gu,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const xmlNames: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

const write: Record<Place, (value: string) => string> = {
  url: percent,
  form: percent,
  json: (value) => JSON.stringify(value).slice(1, -1),
  xml: (value) => value.replace(/[&<>"']/gu, (c) => xmlNames[c] ?? c),
  plain: (value) => value,
  // Visible ASCII as it is; anything else, line breaks above all, percent-encoded.
  header: (value) => value.replace(/[^\x20-\x7E]/gu, percent),
};
