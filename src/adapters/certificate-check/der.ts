/** Where an element of DER lies: its tag, where it begins, and where its contents do and end. */
export type Element = { tag: number; from: number; start: number; end: number };

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  /** Of a certificate's version, a list's extensions, an OCSP answer's certificates: the first that is tagged by its place. */
  first: 0xa0,
} as const;

/** Thrown where bytes are no DER. */
export class BrokenDer extends Error {
  override name = "BrokenDer";
}

/**
 * Reads the element at `at`, which must end by `limit`, into `element`, so that a walk over a hundred thousand of them makes
 * no object for each. Only what DER allows and certificates use: tags of one byte, lengths as short as can be.
 */
export function readElement(bytes: Buffer, at: number, limit: number, element: Element): Element {
  if (at + 2 > limit) throw new BrokenDer("an element is cut off");
  element.tag = byteAt(bytes, at);
  element.from = at;
  if ((element.tag & 0x1f) === 0x1f) throw new BrokenDer("a tag is longer than a byte");
  const first = byteAt(bytes, at + 1);
  let length = first;
  element.start = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4 || at + 2 + count > limit) throw new BrokenDer("a length can't be read");
    length = bytes.readUIntBE(at + 2, count);
    if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new BrokenDer("a length is longer than need be");
    element.start += count;
  }
  element.end = element.start + length;
  if (element.end > limit) throw new BrokenDer("an element is cut off");
  return element;
}

/** The elements one after another between `at` and `limit`: for the few at the top, not for long lists. */
export function elementsIn(bytes: Buffer, at: number, limit: number): readonly Readonly<Element>[] {
  const found: Element[] = [];
  for (let next = at; next < limit; ) {
    const element = readElement(bytes, next, limit, newElement());
    found.push(element);
    next = element.end;
  }
  return found;
}

export const newElement = (): Element => ({ tag: 0, from: 0, start: 0, end: 0 });

const byteAt = (bytes: Buffer, at: number): number => bytes.readUInt8(at);
