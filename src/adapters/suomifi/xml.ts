import { DOMParser } from "@xmldom/xmldom";

/** The namespaces of SAML 2.0 by the prefixes that its specifications use. */
export const namespaces = {
  samlp: "urn:oasis:names:tc:SAML:2.0:protocol",
  saml: "urn:oasis:names:tc:SAML:2.0:assertion",
  md: "urn:oasis:names:tc:SAML:2.0:metadata",
  ds: "http://www.w3.org/2000/09/xmldsig#",
  xenc: "http://www.w3.org/2001/04/xmlenc#",
} as const;

/** An element's name, whatever prefix the document gives its namespace: `saml:Issuer`. */
export type Name = `${keyof typeof namespaces}:${string}`;

/** Several times what Suomi.fi sends; canonicalization takes its time over each of them. */
const limits = { depth: 32, elements: 500, attributes: 1500 };
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
 */
export function parseXml(text: string): Element | null {
  if (!isPlain(text.replace(declaration, ""))) return null;
  let sound = true;
  const unsound = () => {
    sound = false;
  };
  const errorHandler = { warning: unsound, error: unsound, fatalError: unsound };
  try {
    const root = new DOMParser({ errorHandler }).parseFromString(text, "text/xml").documentElement;
    return sound ? root : null;
  } catch {
    return null;
  }
}

/** Judged before any parser sees it, so that neither depth nor entities cost anything. */
function isPlain(text: string): boolean {
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

/** Whether `element` is called so. */
export function isNamed(element: Element, called: Name): boolean {
  const [prefix, local] = called.split(":") as [keyof typeof namespaces, string]; // what the type of Name says
  return element.localName === local && element.namespaceURI === namespaces[prefix];
}

/** The elements directly inside. */
export const childrenOf = (parent: Element): Element[] =>
  Array.from(parent.childNodes).filter((node): node is Element => node.nodeType === 1);

/** The elements of that name directly inside. */
export const childrenNamed = (parent: Element, called: Name): Element[] =>
  childrenOf(parent).filter((child) => isNamed(child, called));

/** The one element of that name directly inside; null where there is none, or several. */
export function only(parent: Element | null, called: Name): Element | null {
  const [first, ...others] = parent ? childrenNamed(parent, called) : [];
  return first && others.length === 0 ? first : null;
}

/** The one element at the end of a path of names. */
export const at = (parent: Element | null, ...path: Name[]): Element | null => path.reduce(only, parent);

/** Every element, the root included. */
export const everyElement = (root: Element): Element[] => [root, ...childrenOf(root).flatMap(everyElement)];

/** The text of an element that holds nothing but text; else null. */
export function textOf(element: Element | null): string | null {
  const nodes = element ? Array.from(element.childNodes) : [];
  return element && nodes.every(({ nodeType }) => nodeType === 3) ? (element.textContent ?? "").trim() : null;
}

/** An attribute without a namespace; null where there is none. */
export const attributeOf = (element: Element | null, called: string): string | null =>
  element?.hasAttribute(called) ? element.getAttribute(called) : null;

/** Whether two elements claim one identifier, so that a reference could mean either. */
export function hasDoubleIds(root: Element): boolean {
  const ids = everyElement(root).flatMap((element) =>
    Array.from(element.attributes)
      .filter(({ localName }) => localName.toLowerCase() === "id")
      .map(({ value }) => value),
  );
  return new Set(ids).size !== ids.length;
}

/** A moment as SAML writes it (in UTC, ending with Z); null when it is written otherwise. */
export function instantOf(text: string | null): Date | null {
  if (!text || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text)) return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** `text` as it may stand in XML, in an attribute as well. */
export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
