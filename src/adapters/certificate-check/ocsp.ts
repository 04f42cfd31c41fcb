import { createHash, randomBytes } from "node:crypto";
import {
  BasicOCSPResponse,
  CertID,
  id_kp_OCSPSigning,
  id_pkix_ocsp_basic,
  id_pkix_ocsp_nonce,
  OCSPRequest,
  OCSPResponse,
  OCSPResponseStatus,
  Request,
  type SingleResponse,
  TBSRequest,
} from "@peculiar/asn1-ocsp";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier, Extension } from "@peculiar/asn1-x509";
import { type Instant, plus } from "../../kernel/time.ts";
import { isSignedBy, strongKey } from "./algorithms.ts";
import { type Certificate, isIssuedBy, readCertificate } from "./certificate.ts";
import { elementsIn, newElement, readElement, tags } from "./der.ts";
import { skew } from "./lists.ts";
import { Trouble } from "./trouble.ts";

/** What a responder says of one certificate, its signature and times checked. */
export type OcspAnswer = Readonly<{
  answer: "good" | "revoked" | "unknown";
  statedAt: Instant;
  /** Until when it may be kept; null: it was for this once. */
  until: Instant | null;
}>;

/** SHA-1 names the issuer here and protects nothing; it is what every responder understands (RFC 6960 §4.3). */
const requestHash = "1.3.14.3.2.26";
const idHashes: Readonly<Record<string, string>> = { [requestHash]: "sha1", "2.16.840.1.101.3.4.2.1": "sha256" };
const nullParameters = new Uint8Array([5, 0]).buffer;

/** A question about one certificate, with a nonce that the answer is told from older ones by (RFC 9654). */
export function makeOcspRequest(certificate: Certificate, issuer: Certificate): { request: Buffer; nonce: Buffer } {
  const nonce = Buffer.from(AsnConvert.serialize(new OctetString(randomBytes(32))));
  const reqCert = new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithm: requestHash, parameters: nullParameters }),
    issuerNameHash: new OctetString(digest("sha1", issuer.subjectName)),
    issuerKeyHash: new OctetString(digest("sha1", issuer.publicKeyBits)),
    serialNumber: integer(certificate.serial),
  });
  const tbsRequest = new TBSRequest({
    requestList: [new Request({ reqCert })],
    requestExtensions: [new Extension({ extnID: id_pkix_ocsp_nonce, extnValue: new OctetString(nonce) })],
  });
  return { request: Buffer.from(AsnConvert.serialize(new OCSPRequest({ tbsRequest }))), nonce };
}

type Question = Readonly<{ certificate: Certificate; issuer: Certificate; nonce: Buffer; now: Instant }>;

/** Reads an answer to that question by RFC 6960 §3.2; throws `Trouble`. */
export function readOcspResponse(der: Buffer, question: Question): OcspAnswer {
  try {
    return read(der, question);
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble("answered what can't be read", error);
  }
}

function read(der: Buffer, { certificate, issuer, nonce, now }: Question): OcspAnswer {
  const { responseStatus, responseBytes } = AsnConvert.parse(der, OCSPResponse);
  if (responseStatus !== OCSPResponseStatus.successful)
    throw new Trouble(`answered ${OCSPResponseStatus[responseStatus] ?? "an unknown status"}`);
  if (responseBytes?.responseType !== id_pkix_ocsp_basic) throw new Trouble("answered what can't be read");
  const basic = AsnConvert.parse(responseBytes.response.buffer, BasicOCSPResponse);
  const delegates = certificatesOf(Buffer.from(responseBytes.response.buffer)).filter((one) =>
    isDelegate(one, issuer, now),
  );
  if (!isGenuine(basic, [issuer, ...delegates])) throw new Trouble("answered without a signature that counts");

  const { responses, responseExtensions = [] } = basic.tbsResponseData;
  if (responseExtensions.some(isDemand)) throw new Trouble("demands what is not supported");
  const echoed = responseExtensions.find(({ extnID }) => extnID === id_pkix_ocsp_nonce);
  if (echoed && !Buffer.from(echoed.extnValue.buffer).equals(nonce)) throw new Trouble("answered another question");

  const single = responses.find(({ certID }) => isAbout(certID, certificate, issuer));
  if (!single) throw new Trouble("answered another question");
  if (single.singleExtensions?.some(isDemand)) throw new Trouble("demands what is not supported");
  const { thisUpdate, nextUpdate } = single;
  if (thisUpdate > plus(now, skew)) throw new Trouble("answered from the future");
  if (nextUpdate ? plus(nextUpdate, skew) < now : !echoed) throw new Trouble("answered what is out of date");
  return { answer: answerOf(single), statedAt: thisUpdate, until: nextUpdate ?? null };
}

const isDemand = ({ critical, extnID }: Extension): boolean => critical && extnID !== id_pkix_ocsp_nonce;

function answerOf({ certStatus }: SingleResponse): OcspAnswer["answer"] {
  if (certStatus.revoked) return "revoked";
  return certStatus.good === null ? "good" : "unknown";
}

function isGenuine(basic: BasicOCSPResponse, signers: readonly Certificate[]): boolean {
  const { tbsResponseDataRaw, signatureAlgorithm, signature, tbsResponseData } = basic;
  if (!tbsResponseDataRaw) return false;
  const signed = {
    signed: Buffer.from(tbsResponseDataRaw),
    algorithm: signatureAlgorithm.algorithm,
    signature: Buffer.from(signature),
  };
  const { byName, byKey } = tbsResponseData.responderID;
  const isNamed = (signer: Certificate) =>
    byName
      ? signer.subjectName.equals(Buffer.from(AsnConvert.serialize(byName)))
      : byKey !== undefined && digest("sha1", signer.publicKeyBits).equals(Buffer.from(byKey.buffer));
  return signers.some((signer) => {
    const key = isNamed(signer) ? strongKey(signer.publicKeyInfo) : null;
    return key !== null && isSignedBy(signed, key);
  });
}

/** The certificates that came along, byte for byte: their signatures are verified. */
function certificatesOf(basic: Buffer): readonly Certificate[] {
  const whole = readElement(basic, 0, basic.length, newElement());
  const field = elementsIn(basic, whole.start, whole.end).find(({ tag }) => tag === tags.first);
  if (!field) return [];
  const list = readElement(basic, field.start, field.end, newElement());
  return elementsIn(basic, list.start, list.end)
    .slice(0, 5)
    .map(({ from, end }) => readCertificate(basic.subarray(from, end)))
    .filter((one) => one !== null);
}

/** One that the same issuer has made its responder (RFC 6960 §4.2.2.2); else only the issuer itself may sign. */
function isDelegate(signer: Certificate, issuer: Certificate, now: Instant): boolean {
  return (
    signer.extendedKeyUsage?.includes(id_kp_OCSPSigning) === true &&
    (signer.keyUsage?.includes("digitalSignature") ?? true) &&
    !signer.demandsUnknown &&
    signer.notBefore <= plus(now, skew) &&
    signer.notAfter >= now &&
    isIssuedBy(signer, issuer)
  );
}

function isAbout(id: CertID, certificate: Certificate, issuer: Certificate): boolean {
  const hash = idHashes[id.hashAlgorithm.algorithm];
  return (
    hash !== undefined &&
    digest(hash, issuer.subjectName).equals(Buffer.from(id.issuerNameHash.buffer)) &&
    digest(hash, issuer.publicKeyBits).equals(Buffer.from(id.issuerKeyHash.buffer)) &&
    Buffer.from(id.serialNumber).equals(Buffer.from(integer(certificate.serial)))
  );
}

const digest = (hash: string, bytes: Buffer): Buffer => createHash(hash).update(bytes).digest();

/** The contents of an INTEGER: a positive one doesn't begin with a bit that is set. */
function integer(serial: Buffer): ArrayBuffer {
  const isNegative = (serial[0] ?? 0) >= 0x80;
  return new Uint8Array(isNegative ? [0, ...serial] : serial).buffer;
}
