import { DOMParser } from "@xmldom/xmldom";

/** What a document may have at most. */
export type XmlLimits = Readonly<{ depth: number; elements: number; attributes: number }>;

const declaration = /^<\?xml [^<>?]*\?>/;
const name = "[A-Za-z_][A-Za-z0-9_.:-]*";
const attribute = `\\s+${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*')`;
const tokens = new RegExp(`<(?<closes>/?)(?<name>${name})(?:${attribute})*\\s*(?<empty>/?)>|[^<]+`, "y");
const reference = /&(?!(?:lt|gt|amp|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML has no place for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/**
 * The root of `text`; null unless it is plain: one root, elements, attributes and text, of bounded depth and number. Document
 * types, entities, comments, CDATA and processing instructions are refused, since parsers read them differently from one another.
 * Elements have a `lineNumber`.
 */
export function parsePlainXml(text: string, limits: XmlLimits): Element | null {
  if (!isPlain(text.replace(declaration, ""), limits)) return null;
  let sound = true;
  const unsound = () => {
    sound = false;
  };
  const errorHandler = { warning: unsound, error: unsound, fatalError: unsound };
  try {
    const parser = new DOMParser({ errorHandler, locator: {} });
    const root = parser.parseFromString(text, "text/xml").documentElement;
    return sound ? root : null;
  } catch {
    return null;
  }
}

/** Judged before any parser sees it, so that neither depth nor entities cost anything. */
function isPlain(text: string, limits: XmlLimits): boolean {
  if (reference.test(text) || forbidden.test(text)) return false;
  const open: string[] = [];
  let elements = 0;
  let attributes = 0;
  let at = 0;
  while (at < text.length) {
    tokens.lastIndex = at;
    const token = tokens.exec(text);
    if (!token?.groups) return false;
    at = tokens.lastIndex;
    const { closes, name: tag, empty } = token.groups;
    if (tag === undefined) {
      if (open.length === 0 && token[0].trim() !== "") return false;
    } else if (closes) {
      if (open.pop() !== tag || empty || token[0].includes("=")) return false;
    } else {
      if (open.length === 0 && elements > 0) return false;
      elements += 1;
      attributes += token[0].match(/=\s*["']/g)?.length ?? 0;
      if (elements > limits.elements || attributes > limits.attributes || open.length >= limits.depth) return false;
      if (!empty) open.push(tag);
    }
  }
  return open.length === 0 && elements > 0;
}
