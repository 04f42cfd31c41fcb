import { createHash } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import * as x509 from "@peculiar/asn1-x509";
import type { Instant } from "../../kernel/time.ts";
import { isSignedBy, type Signed, strongKey } from "./algorithms.ts";
import { type Element, elementsIn, newElement, readElement, tags } from "./der.ts";

/** A certificate with what its extensions say; whether any of it is true is not judged here. */
export type Certificate = Signed &
  Readonly<{
    der: Buffer;
    /** Names as they are encoded: what chains are made by. */
    subjectName: Buffer;
    issuerName: Buffer;
    subject: x509.Name;
    issuer: x509.Name;
    /** The bytes of the integer, without leading zeros. */
    serial: Buffer;
    notBefore: Instant;
    notAfter: Instant;
    publicKeyInfo: Buffer;
    /** The key's bits alone, which OCSP names issuers by. */
    publicKeyBits: Buffer;
    isCa: boolean;
    /** How many CAs may stand between it and a card; null: any number. */
    pathLength: number | null;
    /** Null where it has no such extension. */
    keyUsage: readonly x509.KeyUsageType[] | null;
    extendedKeyUsage: readonly string[] | null;
    policies: readonly string[];
    alternativeNames: readonly x509.GeneralName[];
    ocspUrls: readonly string[];
    crlUrls: readonly string[];
    /** A critical extension that isn't processed here. */
    demandsUnknown: boolean;
  }>;

const longest = 16 * 1024;
const ocsp = "1.3.6.1.5.5.7.48.1";

/** What is processed here, by whoever asks. Policies are compared on the card alone, against the issuer's configuration. */
const processed = new Set([
  x509.id_ce_basicConstraints,
  x509.id_ce_keyUsage,
  x509.id_ce_extKeyUsage,
  x509.id_ce_certificatePolicies,
  x509.id_ce_subjectAltName,
  x509.id_ce_cRLDistributionPoints,
]);

/** Reads a certificate of at most 16 kB; null where the bytes are none, or one that contradicts itself. */
export function readCertificate(der: Uint8Array): Certificate | null {
  try {
    const bytes = Buffer.from(der);
    return bytes.length <= longest && isPlain(bytes) ? read(bytes) : null;
  } catch {
    return null;
  }
}

/** Whether `issuer` is named in it, and signed it. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!certificate.issuerName.equals(issuer.subjectName)) return false;
  const key = strongKey(issuer.publicKeyInfo);
  return key !== null && isSignedBy(certificate, key);
}

export const isSelfSigned = (certificate: Certificate): boolean => isIssuedBy(certificate, certificate);

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** The value of an attribute of a name; null where it has none, or two that could be taken for each other. */
export function attribute(name: x509.Name, oid: string): string | null {
  const values = name.flatMap((part) => part.filter(({ type }) => type === oid).map(({ value }) => value.toString()));
  return values.length === 1 && values[0] ? values[0] : null;
}

/** The common name, or whatever name there is, for operators. */
export function nameOf({ subject }: Certificate): string {
  return attribute(subject, "2.5.4.3") ?? attribute(subject, "2.5.4.11") ?? "?";
}

function read(der: Buffer): Certificate | null {
  const {
    tbsCertificate: body,
    tbsCertificateRaw,
    signatureAlgorithm,
    signatureValue,
  } = AsnConvert.parse(der, x509.Certificate);
  if (!tbsCertificateRaw) return null;
  const extensions = body.extensions ?? new x509.Extensions();
  if (new Set(extensions.map(({ extnID }) => extnID)).size !== extensions.length) return null; // RFC 5280 §4.2
  const decode = <T>(oid: string, type: new () => T): T | null => {
    const found = extensions.find(({ extnID }) => extnID === oid);
    return found ? AsnConvert.parse(found.extnValue.buffer, type) : null;
  };
  const constraints = decode(x509.id_ce_basicConstraints, x509.BasicConstraints);
  return {
    der,
    signed: Buffer.from(tbsCertificateRaw),
    algorithm: signatureAlgorithm.algorithm,
    signature: Buffer.from(signatureValue),
    subjectName: encode(body.subject),
    issuerName: encode(body.issuer),
    subject: body.subject,
    issuer: body.issuer,
    serial: withoutZeros(Buffer.from(body.serialNumber)),
    notBefore: body.validity.notBefore.getTime(),
    notAfter: body.validity.notAfter.getTime(),
    publicKeyInfo: encode(body.subjectPublicKeyInfo),
    publicKeyBits: Buffer.from(body.subjectPublicKeyInfo.subjectPublicKey),
    isCa: constraints?.cA ?? false,
    pathLength: constraints?.pathLenConstraint ?? null,
    keyUsage: decode(x509.id_ce_keyUsage, x509.KeyUsage)?.toJSON() ?? null,
    extendedKeyUsage: decode(x509.id_ce_extKeyUsage, x509.ExtendedKeyUsage),
    policies: (decode(x509.id_ce_certificatePolicies, x509.CertificatePolicies) ?? []).map(
      (one) => one.policyIdentifier,
    ),
    alternativeNames: [...(decode(x509.id_ce_subjectAltName, x509.SubjectAlternativeName) ?? [])],
    ocspUrls: (decode(x509.id_pe_authorityInfoAccess, x509.AuthorityInfoAccessSyntax) ?? [])
      .filter(({ accessMethod }) => accessMethod === ocsp)
      .flatMap(({ accessLocation }) => webAddresses([accessLocation])),
    // RFC 5280 §4.2.1.13: a list for some reasons only, or of another issuer's, doesn't tell whether a card is good.
    crlUrls: (decode(x509.id_ce_cRLDistributionPoints, x509.CRLDistributionPoints) ?? [])
      .filter(({ reasons, cRLIssuer }) => !reasons && !cRLIssuer)
      .flatMap(({ distributionPoint }) => webAddresses(distributionPoint?.fullName ?? [])),
    demandsUnknown: extensions.some(({ critical, extnID }) => critical && !processed.has(extnID)),
  };
}

/**
 * Whether what surrounds the signed part is as it must be: none of it is under the signature, and one certificate must not
 * come in many forms. The algorithm stands in the signed part once more (RFC 5280 §4.1.1.2).
 */
function isPlain(der: Buffer): boolean {
  const outer = readElement(der, 0, der.length, newElement());
  const [body, algorithm, signature, ...more] = elementsIn(der, outer.start, outer.end);
  if (outer.tag !== tags.sequence || outer.end !== der.length || more.length > 0) return false;
  if (body?.tag !== tags.sequence || !algorithm || signature?.tag !== tags.bits || der[signature.start] !== 0)
    return false;
  const fields = elementsIn(der, body.start, body.end);
  const again = fields[fields[0]?.tag === tags.first ? 2 : 1];
  const bytesOf = ({ from, end }: Element) => der.subarray(from, end);
  return again !== undefined && bytesOf(again).equals(bytesOf(algorithm));
}

const encode = (value: unknown): Buffer => Buffer.from(AsnConvert.serialize(value));

const webAddresses = (names: readonly x509.GeneralName[]): string[] =>
  names.flatMap(({ uniformResourceIdentifier: url }) => (url && /^https?:/iu.test(url) ? [url] : []));

function withoutZeros(integer: Buffer): Buffer {
  const first = integer.findIndex((byte) => byte !== 0);
  return integer.subarray(first < 0 ? integer.length - 1 : first);
}
