import { setImmediate as breathe } from "node:timers/promises";
import { AsnConvert } from "@peculiar/asn1-schema";
import * as x509 from "@peculiar/asn1-x509";
import type { Instant } from "../../kernel/time.ts";
import { isBigSignedBy, strongKey } from "./algorithms.ts";
import type { Certificate } from "./certificate.ts";
import { BrokenDer, type Element, elementsIn, newElement, readElement, tags } from "./der.ts";
import { makeSerialSet, type SerialSet } from "./serial-set.ts";
import { Trouble } from "./trouble.ts";

/** A revocation list (RFC 5280 §5) whose issuer's signature holds. */
export type RevocationList = Readonly<{
  thisUpdate: Instant;
  nextUpdate: Instant;
  serials: SerialSet;
  /** Whether it speaks of certificates of this sort that are listed at these addresses. */
  covers(certificate: Certificate, url: string): boolean;
}>;

/** So many entries are read before others get their turn: about 5 ms. */
const stride = 5_000;

/** Reads a list of `issuer`'s; throws `Trouble`. Its signature is verified before its entries are looked at. */
export async function readRevocationList(der: Buffer, issuer: Certificate): Promise<RevocationList> {
  try {
    const head = readHead(der);
    if (!head.issuerName.equals(issuer.subjectName)) throw new Trouble("is of another issuer");
    const key = strongKey(issuer.publicKeyInfo);
    if (!issuer.keyUsage?.includes("crlSign") || !key || !(await isBigSignedBy(head, key)))
      throw new Trouble("is not signed by the issuer");
    const covers = readScope(head.extensions);
    const serials = head.entries ? await readEntries(der, head.entries) : makeSerialSet();
    // Only this is kept: anything else of `head` would keep all the bytes.
    return { thisUpdate: head.thisUpdate, nextUpdate: head.nextUpdate, serials, covers };
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble("can't be read", error);
  }
}

function readHead(der: Buffer) {
  const outer = readElement(der, 0, der.length, newElement());
  const [body, algorithm, signature] = elementsIn(der, outer.start, outer.end);
  if (outer.end !== der.length) throw new BrokenDer("something follows the list");
  if (outer.tag !== tags.sequence || body?.tag !== tags.sequence || !algorithm || signature?.tag !== tags.bits)
    throw new BrokenDer("not a list");
  const fields = elementsIn(der, body.start, body.end);
  const rest = fields[0]?.tag === tags.integer ? fields.slice(1) : fields; // a list of version 1 doesn't say so
  const [innerAlgorithm, name, thisUpdate, nextUpdate, ...last] = rest;
  if (!innerAlgorithm || !name || !thisUpdate || !nextUpdate || !isTime(nextUpdate))
    throw new Trouble("does not say when the next one comes");
  const bytesOf = ({ from, end }: Element) => der.subarray(from, end);
  // RFC 5280 §5.1.1.2: what is signed says by which algorithm.
  if (!bytesOf(innerAlgorithm).equals(bytesOf(algorithm))) throw new BrokenDer("two algorithms");
  const extensions = last.find(({ tag }) => tag === tags.first);
  return {
    signed: bytesOf(body),
    algorithm: AsnConvert.parse(bytesOf(algorithm), x509.AlgorithmIdentifier).algorithm,
    signature: der.subarray(signature.start + 1, signature.end), // the first byte counts unused bits: none
    issuerName: bytesOf(name),
    thisUpdate: readTime(bytesOf(thisUpdate)),
    nextUpdate: readTime(bytesOf(nextUpdate)),
    entries: last.find(({ tag }) => tag === tags.sequence),
    extensions: extensions
      ? AsnConvert.parse(der.subarray(extensions.start, extensions.end), x509.Extensions)
      : new x509.Extensions(),
  };
}

const isTime = ({ tag }: Element): boolean => tag === tags.utcTime || tag === tags.generalizedTime;
const readTime = (bytes: Buffer): Instant => AsnConvert.parse(bytes, x509.Time).getTime();

/** What the list is about (RFC 5280 §5.2.5). Delta lists, and lists for some reasons or of many issuers, are not for us. */
function readScope(extensions: x509.Extensions): RevocationList["covers"] {
  const isUnknown = ({ critical, extnID }: x509.Extension) =>
    critical && extnID !== x509.id_ce_issuingDistributionPoint;
  if (extensions.some((one) => isUnknown(one) || one.extnID === x509.id_ce_deltaCRLIndicator))
    throw new Trouble("is of a kind that is not supported");
  const found = extensions.find(({ extnID }) => extnID === x509.id_ce_issuingDistributionPoint);
  if (!found) return () => true;
  const point = AsnConvert.parse(found.extnValue.buffer, x509.IssuingDistributionPoint);
  if (point.indirectCRL || point.onlySomeReasons || point.onlyContainsAttributeCerts)
    throw new Trouble("is of a kind that is not supported");
  const names = point.distributionPoint
    ? (point.distributionPoint.fullName ?? []).map((name) => name.uniformResourceIdentifier)
    : null;
  return (certificate, url) => {
    if (certificate.isCa ? point.onlyContainsUserCerts : point.onlyContainsCACerts) return false;
    // One part of a list that was cut in parts can't stand for another.
    return names === null || [url, ...certificate.crlUrls].some((address) => names.includes(address));
  };
}

/** One entry after another: SEQUENCE of serial number, date, and maybe extensions. */
async function readEntries(der: Buffer, { start, end }: Element): Promise<SerialSet> {
  const serials = makeSerialSet();
  const entry = newElement();
  const serial = newElement();
  for (let at = start, count = 1; at < end; at = entry.end, count++) {
    readElement(der, at, end, entry);
    readElement(der, entry.start, entry.end, serial);
    if (entry.tag !== tags.sequence || serial.tag !== tags.integer) throw new BrokenDer("not an entry");
    serials.add(der, serial.start, serial.end);
    passExtensions(der, serial.end, entry.end);
    if (count % stride === 0) await breathe();
  }
  return serials;
}

const field = newElement();
const extension = newElement();

/** RFC 5280 §5.3: a list with an entry that makes a critical demand can't be used. Ours know none. */
function passExtensions(der: Buffer, afterSerial: number, end: number) {
  const date = readElement(der, afterSerial, end, field);
  if (date.end === end) return;
  const list = readElement(der, date.end, end, field);
  const listEnd = list.end;
  for (let at = list.start; at < listEnd; at = extension.end) {
    readElement(der, at, listEnd, extension);
    const oid = readElement(der, extension.start, extension.end, field);
    const next = readElement(der, oid.end, extension.end, field);
    if (next.tag === tags.boolean && der[next.start] !== 0) throw new Trouble("is of a kind that is not supported");
  }
}
