import { createPublicKey } from "node:crypto";
import { SignedXml } from "xml-crypto";
import { type EncryptionAlgorithm, encrypt, type KeyEncryptionAlgorithm } from "xml-encryption";

export type SigningKey = Readonly<{ privateKey: string; certificate: string }>;

const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";

export type SignOptions = Readonly<{
  signature?: string;
  digest?: string;
  canonicalization?: string;
  transforms?: readonly string[];
}>;

/** `xml` with an enveloped signature after the issuer of the element `id`; null signs the whole document, as one without identifiers. */
export function signXml(xml: string, id: string | null, key: SigningKey, options: SignOptions = {}): string {
  const {
    signature = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    digest = "http://www.w3.org/2001/04/xmlenc#sha256",
    canonicalization = exclusive,
    transforms = ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", exclusive],
  } = options;
  const signer = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: signature,
    canonicalizationAlgorithm: canonicalization,
  });
  const xpath = id === null ? "/*" : `//*[@ID='${id}']`;
  signer.addReference({ xpath, digestAlgorithm: digest, transforms: [...transforms], isEmptyUri: id === null });
  const issuer = `${xpath}/*[local-name()='Issuer']`;
  const location = xml.includes("<saml:Issuer")
    ? { reference: issuer, action: "after" as const }
    : { reference: xpath, action: "prepend" as const };
  signer.computeSignature(xml, { prefix: "ds", location });
  return signer.getSignedXml();
}

export type Cipher = "aes128-cbc" | "aes256-cbc" | "aes128-gcm" | "aes256-gcm";
const algorithmOf = (cipher: Cipher): EncryptionAlgorithm =>
  cipher.endsWith("gcm")
    ? (`http://www.w3.org/2009/xmlenc11#${cipher as "aes128-gcm"}` as const)
    : (`http://www.w3.org/2001/04/xmlenc#${cipher as "aes128-cbc"}` as const);

/** `xml` as EncryptedData, for the holder of the certificate. */
export const encryptXml = (
  xml: string,
  certificate: string,
  { cipher = "aes256-gcm", rsa15 = false }: { cipher?: Cipher; rsa15?: boolean } = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const keyEncryptionAlgorithm: KeyEncryptionAlgorithm = rsa15
      ? "http://www.w3.org/2001/04/xmlenc#rsa-1_5"
      : "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
    const options = {
      rsa_pub: createPublicKey(certificate).export({ type: "spki", format: "pem" }),
      pem: certificate,
      encryptionAlgorithm: algorithmOf(cipher),
      keyEncryptionAlgorithm,
      warnInsecureAlgorithm: false,
    };
    encrypt(xml, options, (error: Error | null, result) => (error ? reject(error) : resolve(result)));
  });
