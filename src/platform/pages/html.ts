import { plainText } from "../i18n/index.ts";

/** Only this file can make one, so that a text from outside never passes for markup. */
const markup = Symbol("markup");

/** A fragment of HTML that is safe to place in a page. Anything else is text, and is escaped. */
export type Html = Readonly<{ [markup]: string; toString(): string }>;

/** What a template accepts: fragments as they are, texts escaped, lists joined, nothing for what is absent. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

/**
 * A fragment of HTML: `` html`<p>${text}</p>` ``. Every `${}` escapes its value unless that is a fragment itself.
 * Values belong in text and in quoted attributes; an unquoted attribute is refused, as no escaping would hold there.
 */
export function html(literals: TemplateStringsArray, ...values: readonly Content[]): Html {
  const places = placesIn(literals);
  return fragment(
    literals.reduce((text, literal, index) => text + render(values[index - 1], places[index - 1]) + literal),
  );
}

/** Marks a text that this program wrote itself (an icon's path, a drawn chart) as HTML. Never for a value from outside. */
export const raw = (text: string): Html => fragment(text);

/** The attributes of a tag, each with a space before it: `true` gives the bare name, `false` and `undefined` nothing. */
export const attributes = (values: Readonly<Record<string, string | number | boolean | undefined>>): Html =>
  fragment(
    Object.entries(values)
      .filter(([, value]) => value !== false && value !== undefined)
      .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escapeSigns(spoken(name, String(value)))}"`))
      .join(""),
  );

/** A label is only ever heard, and soft hyphens are for the eye. */
const spoken = (name: string, value: string): string => (name === "aria-label" ? plainText(value) : value);

const isHtml = (value: unknown): value is Html => typeof value === "object" && value !== null && markup in value;

function fragment(text: string): Html {
  return Object.freeze({ [markup]: text, toString: () => text });
}

function render(value: Content, place: Place = "prose"): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "string") return place === "prose" ? keepWhole(escapeSigns(value)) : escapeSigns(value);
  if (typeof value === "number") return String(value);
  if (isHtml(value)) return value[markup];
  return value.map((each) => render(each, place)).join("");
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

const escapeSigns = (text: string): string => text.replace(/[&<>"'`]/g, (sign) => escapes[sign] ?? sign);

/**
 * `e-post`, `sign-in`, `QR-kod`: words with a stump before or after their hyphen. No part of an address or
 * a reference, and nothing too long for a line.
 */
const stumps = /(?<![\p{L}\p{N}@./:_-])(?:\p{L}{1,3}-\p{L}{1,20}|\p{L}{1,20}-\p{L}{1,3})(?![\p{L}\p{N}@/_-]|\.\p{L})/gu;

/** No line ends in "e-" or begins with "in". By the style sheet, so that whoever copies the words gets just them. */
const keepWhole = (text: string): string =>
  text.includes("-") ? text.replace(stumps, '<span class="nowrap">$&</span>') : text;

/** Where a value stands: in words to read, or in an attribute or an element that takes none. */
type Place = "prose" | "plain";

/** Each template is looked at once: its literals are the same object at every use. */
const known = new WeakMap<TemplateStringsArray, readonly Place[]>();

function placesIn(literals: TemplateStringsArray): readonly Place[] {
  const seen = known.get(literals);
  if (seen) return seen;
  const before = literals.slice(0, -1);
  const unquoted = before.find((literal) => /=\s*$/.test(literal));
  if (unquoted) throw new Error(`an attribute's value must be in quotes: …${unquoted.slice(-30)}`);
  const places = before.map((_, index) => placeAfter(literals.slice(0, index + 1).join("")));
  known.set(literals, places);
  return places;
}

const placeAfter = (text: string): Place =>
  /="[^"]*$|<(?:title|textarea|option|code)\b[^>]*>[^<]*$/.test(text) ? "plain" : "prose";
