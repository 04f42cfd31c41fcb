import type { GeneralName } from "@peculiar/asn1-x509";
import type { CertificateFacts } from "../../ports/certificate-checker.ts";
import { attribute, type Certificate, sha256 } from "./certificate.ts";
import { newElement, readElement } from "./der.ts";

const userPrincipalName = "1.3.6.1.4.1.311.20.2.3";

/** What a certificate says of itself, whether it is true or not. */
export function factsOf(certificate: Certificate): CertificateFacts {
  const { subject, issuer } = certificate;
  return {
    subject: {
      commonName: attribute(subject, "2.5.4.3"),
      surname: attribute(subject, "2.5.4.4"),
      givenName: attribute(subject, "2.5.4.42"),
      organisation: attribute(subject, "2.5.4.10"),
      serialNumber: attribute(subject, "2.5.4.5"),
    },
    issuer: attribute(issuer, "2.5.4.3") ?? "",
    issuerHash: sha256(certificate.issuerName),
    serial: certificate.serial.toString("hex").replace(/^0(?=.)/u, ""),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    fingerprint: sha256(certificate.der),
    publicKeyHash: sha256(certificate.publicKeyInfo),
    alternativeNames: certificate.alternativeNames.flatMap(readName),
  };
}

function readName({ rfc822Name, dNSName, otherName }: GeneralName): string[] {
  if (rfc822Name) return [`email:${rfc822Name}`];
  if (dNSName) return [`dns:${dNSName}`];
  if (otherName?.typeId !== userPrincipalName) return [];
  const value = Buffer.from(otherName.value);
  try {
    const { start, end } = readElement(value, 0, value.length, newElement());
    return [`upn:${value.toString("utf8", start, end)}`];
  } catch {
    return [];
  }
}
