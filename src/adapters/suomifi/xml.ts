import { parsePlainXml } from "../../platform/xml/index.ts";

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

/** The root of `text`; null unless it is plain and no larger than an answer may be. */
export const parseXml = (text: string): Element | null => parsePlainXml(text, limits);

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
