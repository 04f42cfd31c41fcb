import { X509Certificate } from "node:crypto";
import type { Instant } from "../../kernel/time.ts";
import { readSigned } from "./signature.ts";
import { bindings } from "./vocabulary.ts";
import { attributeOf, childrenNamed, everyElement, instantOf, isNamed, namespaces, only, parseXml } from "./xml.ts";

/** What the metadata of the identity provider says of it. */
export type Idp = Readonly<{
  entityId: string;
  /** Where requests go, by HTTP-Redirect. */
  ssoUrl: string;
  sloUrl: string;
  /** Where answers about logout go, if elsewhere. */
  sloAnswerUrl: string;
  /** Those that may have signed, as the metadata lists them; outdated ones too. */
  certificates: readonly X509Certificate[];
  /** The metadata means nothing from then on. */
  validUntil: Instant | null;
}>;

/** Reads the identity provider's metadata, or says in a sentence what is wrong with it. */
export function readIdpMetadata(xml: string, signedBy: string | null): Idp | string {
  const root = signedBy === null ? parseXml(xml) : readSigned(xml, signedBy);
  if (!root) return signedBy === null ? "This is not plain XML." : "This is not signed by metadataCertificate.";
  if (!isNamed(root, "md:EntityDescriptor")) return "This is not the metadata of one identity provider.";
  const entityId = attributeOf(root, "entityID");
  const role = only(root, "md:IDPSSODescriptor");
  if (!entityId || !role) return "This is not the metadata of an identity provider.";
  if (!attributeOf(role, "protocolSupportEnumeration")?.split(/\s+/).includes(namespaces.samlp))
    return "This identity provider does not speak SAML 2.0.";

  const sso = endpoint(role, "md:SingleSignOnService");
  const slo = endpoint(role, "md:SingleLogoutService");
  const ssoUrl = address(sso, "Location");
  const sloUrl = address(slo, "Location");
  if (!ssoUrl) return "It has no SingleSignOnService by HTTP-Redirect at an https address.";
  if (!sloUrl) return "It has no SingleLogoutService by HTTP-Redirect at an https address.";

  const certificates = signingCertificates(role);
  if (!certificates)
    return "It has a signing certificate that can't be read, or whose key is not RSA of 2048 bits or more.";
  if (certificates.length === 0) return "It has no signing certificate.";
  const ends = [root, role].map((element) => attributeOf(element, "validUntil")).filter((end) => end !== null);
  const instants = ends.map(instantOf);
  if (instants.includes(null)) return "Its validUntil can't be read.";
  const validUntil = instants.reduce((first, next) => (first && next && first < next ? first : next), null);
  return {
    entityId,
    ssoUrl,
    sloUrl,
    sloAnswerUrl: address(slo, "ResponseLocation") ?? sloUrl,
    certificates,
    validUntil,
  };
}

const endpoint = (role: Element, name: "md:SingleSignOnService" | "md:SingleLogoutService"): Element | null =>
  childrenNamed(role, name).find((one) => attributeOf(one, "Binding") === bindings.redirect) ?? null;

/** An address to which a browser may be sent; plain HTTP only on this machine, for tests. */
function address(element: Element | null, name: string): string | null {
  const text = attributeOf(element, name);
  if (!text || !URL.canParse(text)) return null;
  const { protocol, hostname, username, hash } = new URL(text);
  const isLocal = protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  return (protocol === "https:" || isLocal) && !username && !hash ? text : null;
}

/** Those for signing, and those that don't say what they are for; null where one is unusable. */
function signingCertificates(role: Element): X509Certificate[] | null {
  const holders = childrenNamed(role, "md:KeyDescriptor").filter((one) => attributeOf(one, "use") !== "encryption");
  const texts = holders
    .flatMap((holder) => everyElement(holder))
    .filter((element) => isNamed(element, "ds:X509Certificate"))
    .map((element) => element.textContent ?? "");
  try {
    const all = texts.map((text) => new X509Certificate(Buffer.from(text, "base64")));
    const usable = all.every(({ publicKey: { asymmetricKeyType, asymmetricKeyDetails } }) => {
      return asymmetricKeyType === "rsa" && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
    });
    return usable ? all : null;
  } catch {
    return null;
  }
}

/** Whether the metadata still means anything. */
export const isCurrent = ({ validUntil }: Idp, now: Instant): boolean => validUntil === null || now < validUntil;

/** The certificates that what comes now may be signed with, as PEM: none that is outdated, or not yet valid. */
export const trustedNow = ({ certificates }: Idp, now: Instant): string[] =>
  certificates
    .filter(({ validFromDate, validToDate }) => validFromDate <= now && now <= validToDate)
    .map((certificate) => certificate.toString());
