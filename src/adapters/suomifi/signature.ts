import { SignedXml } from "xml-crypto";
import { attributeOf, childrenOf, everyElement, isNamed, only, parseXml, textOf } from "./xml.ts";

const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
const transforms = ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", exclusive];
const digests = ["http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512"];
const methods = [
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
];

const algorithmOf = (element: Element | null): string => attributeOf(element, "Algorithm") ?? "";
const namesOf = (element: Element): string =>
  childrenOf(element)
    .map((child) => child.localName)
    .join(" ");

/**
 * Whether `element` holds one signature, and that in the one shape which SAML needs: over the element itself and nothing else,
 * with the two transforms of SAML, and no SHA-1. Verifying it is another matter; this leaves nothing to interpret.
 */
export function isPlainlySigned(element: Element): boolean {
  const signatures = everyElement(element).filter((one) => isNamed(one, "ds:Signature"));
  const signature = only(element, "ds:Signature");
  const signed = only(signature, "ds:SignedInfo");
  const reference = only(signed, "ds:Reference");
  const steps = only(reference, "ds:Transforms");
  if (signatures.length !== 1 || !signature || !signed || !reference || !steps) return false;
  const id = attributeOf(element, "ID");
  return (
    /^SignedInfo SignatureValue(?: KeyInfo)?$/.test(namesOf(signature)) &&
    namesOf(signed) === "CanonicalizationMethod SignatureMethod Reference" &&
    namesOf(reference) === "Transforms DigestMethod DigestValue" &&
    algorithmOf(only(signed, "ds:CanonicalizationMethod")) === exclusive &&
    methods.includes(algorithmOf(only(signed, "ds:SignatureMethod"))) &&
    attributeOf(reference, "URI") === (id ? `#${id}` : "") &&
    childrenOf(steps).map(algorithmOf).join(" ") === transforms.join(" ") &&
    childrenOf(steps).every((step) => childrenOf(step).every(isPrefixList)) &&
    digests.includes(algorithmOf(only(reference, "ds:DigestMethod"))) &&
    textOf(only(reference, "ds:DigestValue")) !== null &&
    textOf(only(signature, "ds:SignatureValue")) !== null
  );
}

const isPrefixList = (element: Element): boolean =>
  element.localName === "InclusiveNamespaces" && element.namespaceURI === exclusive;

/** The root of what `certificate` signed of `xml`, whose root must be signed; null when it isn't. */
export function readSigned(xml: string, certificate: string): Element | null {
  const root = parseXml(xml);
  const signature = only(root, "ds:Signature");
  if (!root || !signature || !isPlainlySigned(root)) return null;
  try {
    const check = new SignedXml({ publicCert: certificate });
    check.loadSignature(signature);
    if (!check.checkSignature(xml)) return null;
    const [signed = "", ...others] = check.getSignedReferences();
    return others.length === 0 ? parseXml(signed) : null;
  } catch {
    return null; // it throws where a signature is wrong
  }
}
