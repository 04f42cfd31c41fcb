/** PSKC's elements are known by their local names: the drafts before RFC 6030 moved them between namespaces. */

/** The elements of one of these names directly inside. */
export const children = (parent: Element, ...names: readonly string[]): Element[] =>
  Array.from(parent.childNodes).filter(
    (node): node is Element => node.nodeType === 1 && names.includes((node as Element).localName), // by its type it is one
  );

/** The first element at the end of a path of names. */
export const find = (parent: Element | null, ...path: readonly string[]): Element | null =>
  path.reduce<Element | null>((at, name) => (at && children(at, name)[0]) ?? null, parent);

/** The text at the end of a path; empty where there is none. */
export const textAt = (parent: Element | null, ...path: readonly string[]): string =>
  find(parent, ...path)?.textContent?.trim() ?? "";

/** The first attribute of these names; empty where there is none. */
export const attribute = (element: Element | null, ...names: readonly string[]): string =>
  names.map((name) => element?.getAttribute(name) ?? "").find((value) => value !== "") ?? "";

/** What Base64 at the end of a path holds; null where there is none, or it is something else. */
export function bytesAt(parent: Element | null, ...path: readonly string[]): Buffer | null {
  const text = textAt(parent, ...path).replace(/\s/g, "");
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) && text !== ""
    ? Buffer.from(text, "base64")
    : null;
}

/** The line that an element begins in; the parser notes it beside what the DOM knows. */
export const lineOf = (element: Element): number =>
  "lineNumber" in element && typeof element.lineNumber === "number" ? element.lineNumber : 0;
