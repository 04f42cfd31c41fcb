import { SAML, SamlStatusError } from "@node-saml/node-saml";
import { bytesOf, textIn } from "./encoding.ts";
import { isPlainlySigned } from "./signature.ts";
import { isSuccess } from "./status.ts";
import {
  attributeOf,
  childrenNamed,
  childrenOf,
  everyElement,
  hasDoubleIds,
  isNamed,
  type Name,
  only,
  parseXml,
} from "./xml.ts";

/** A response that the identity provider signed, and the assertion in it; none where it tells of a failure. */
export type Opened = Readonly<{ response: Element; assertion: Element | null }>;

/** Why a response was not opened. */
export type Unopened = "oversized" | "malformed" | "unsigned" | "not-encrypted" | "not-genuine" | "unreadable";

const longest = 256 * 1024;
const keyTransports = ["http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"];
const ciphers = [
  "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
  "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
  "http://www.w3.org/2009/xmlenc11#aes128-gcm",
  "http://www.w3.org/2009/xmlenc11#aes256-gcm",
];

/**
 * Opens a posted response: its shape is checked here, before anything is made of it; node-saml then verifies the signatures of
 * the response and of the assertion and decrypts, with the first of `keys` (PEM) that fits. Whatever is not signed twice and
 * encrypted is refused, whichever way the metadata has it.
 */
export async function openResponse(
  encoded: string,
  { certificates, keys }: Readonly<{ certificates: readonly string[]; keys: readonly string[] }>,
): Promise<Opened | Unopened> {
  if (encoded.length > longest * 1.5) return "oversized";
  const bytes = bytesOf(encoded);
  const xml = bytes && textIn(bytes);
  if (xml === null) return "malformed";
  if (xml.length > longest) return "oversized";
  const response = parseXml(xml);
  if (!response || !isNamed(response, "samlp:Response") || hasDoubleIds(response)) return "malformed";
  if (!attributeOf(response, "ID") || attributeOf(response, "Version") !== "2.0") return "malformed";
  if (childrenNamed(response, "saml:Assertion").length > 0) return "not-encrypted";
  if (!only(response, "ds:Signature")) return "unsigned";
  if (!/^Issuer Signature(?: Extensions)? Status(?: EncryptedAssertion)?$/.test(namesOf(response))) return "malformed";
  if (!isPlainlySigned(response)) return "unsigned";
  const encrypted = only(response, "saml:EncryptedAssertion");
  if (encrypted ? !isPlainlyEncrypted(encrypted) : isSuccess(response)) return "malformed";

  const opened = await tryKeys(encoded, certificates, keys);
  if (typeof opened === "string") return opened;
  if (opened.assertion === null) return encrypted ? "malformed" : { response, assertion: null };
  const assertion = parseXml(opened.assertion);
  if (!assertion || !isNamed(assertion, "saml:Assertion") || hasDoubleIds(assertion)) return "malformed";
  return isPlainlySigned(assertion) ? { response, assertion } : "not-genuine";
}

const namesOf = (element: Element): string =>
  childrenOf(element)
    .map((child) => child.localName)
    .join(" ");

/** One piece of data under one key, and that by algorithms which are still sound: RSA 1.5 would answer guesses (Bleichenbacher). */
function isPlainlyEncrypted(encrypted: Element): boolean {
  const elements = everyElement(encrypted);
  const named = (name: Name) => elements.filter((element) => isNamed(element, name));
  const isOneOf = (holder: Element | undefined, allowed: readonly string[]) =>
    allowed.includes(attributeOf(only(holder ?? null, "xenc:EncryptionMethod"), "Algorithm") ?? "");
  const counts = [named("xenc:EncryptedData"), named("xenc:EncryptedKey"), named("xenc:CipherValue")];
  return (
    counts.map(({ length }) => length).join(" ") === "1 1 2" &&
    isOneOf(named("xenc:EncryptedData")[0], ciphers) &&
    isOneOf(named("xenc:EncryptedKey")[0], keyTransports)
  );
}

async function tryKeys(encoded: string, certificates: readonly string[], keys: readonly string[]) {
  if (certificates.length === 0) return "not-genuine";
  let outcome: Unopened = "unreadable";
  for (const key of keys) {
    const result = await verify(encoded, certificates, key);
    if (typeof result !== "string") return result;
    outcome = result;
    if (result === "not-genuine") break;
  }
  return outcome;
}

/** Replays are refused by our own one-time state, which all nodes share, so node-saml need not remember anything. */
const noMemory = { saveAsync: async () => null, getAsync: async () => null, removeAsync: async () => null };

/** The assertion of a response that is genuine; null in one that tells of a failure. */
async function verify(encoded: string, certificates: readonly string[], key: string) {
  const saml = new SAML({
    idpCert: [...certificates],
    decryptionPvk: key,
    wantAuthnResponseSigned: true,
    wantAssertionsSigned: true,
    cacheProvider: noMemory,
    // Whom the assertion is for, and when, is judged by ourselves, as it needs our clock and the request.
    acceptedClockSkewMs: -1,
    audience: false,
    issuer: "unused",
    callbackUrl: "unused",
  });
  try {
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: encoded });
    return { assertion: profile?.getAssertionXml?.() ?? null };
  } catch (error) {
    // It throws this only once the signature of the response is found valid.
    if (error instanceof SamlStatusError) return { assertion: null };
    return error instanceof Error && /signature/i.test(error.message) ? "not-genuine" : "unreadable";
  }
}
