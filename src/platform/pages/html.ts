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
  checkQuotes(literals);
  return fragment(literals.reduce((text, literal, index) => text + render(values[index - 1]) + literal));
}

/** Marks a text that this program wrote itself (an icon's path, a drawn chart) as HTML. Never for a value from outside. */
export const raw = (text: string): Html => fragment(text);

/** The attributes of a tag, each with a space before it: `true` gives the bare name, `false` and `undefined` nothing. */
export const attributes = (values: Readonly<Record<string, string | number | boolean | undefined>>): Html =>
  fragment(
    Object.entries(values)
      .filter(([, value]) => value !== false && value !== undefined)
      .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escapeSigns(String(value))}"`))
      .join(""),
  );

const isHtml = (value: unknown): value is Html => typeof value === "object" && value !== null && markup in value;

function fragment(text: string): Html {
  return Object.freeze({ [markup]: text, toString: () => text });
}

function render(value: Content): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "string") return escapeSigns(value);
  if (typeof value === "number") return String(value);
  if (isHtml(value)) return value[markup];
  return value.map(render).join("");
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

/** Each template is looked at once: its literals are the same object at every use. */
const checked = new WeakSet<TemplateStringsArray>();

function checkQuotes(literals: TemplateStringsArray): void {
  if (checked.has(literals)) return;
  const unquoted = literals.slice(0, -1).find((literal) => /=\s*$/.test(literal));
  if (unquoted) throw new Error(`an attribute's value must be in quotes: …${unquoted.slice(-30)}`);
  checked.add(literals);
}
