import { createPublicKey, type KeyObject, verify } from "node:crypto";

/** Signature algorithms that count: by their OID, with the hash that they sign. SHA-1 is not among them. */
const hashes: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};
const curves = new Set(["prime256v1", "secp384r1"]);
const leastRsaBits = 2048;

/** Something signed, as certificates, lists and OCSP answers are: bytes, OID of the algorithm, signature. */
export type Signed = Readonly<{ signed: Buffer; algorithm: string; signature: Buffer }>;

export const isStrongAlgorithm = (oid: string): boolean => oid in hashes;

/** The key of a SubjectPublicKeyInfo; null where it is of no kind that counts: RSA from 2048 bits, P-256, P-384. */
export function strongKey(publicKeyInfo: Buffer): KeyObject | null {
  try {
    const key = createPublicKey({ key: publicKeyInfo, format: "der", type: "spki" });
    const { modulusLength = 0, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
    const isStrong = key.asymmetricKeyType === "rsa" ? modulusLength >= leastRsaBits : curves.has(namedCurve);
    return isStrong ? key : null;
  } catch {
    return null;
  }
}

/** Whether `key` signed it. False for algorithms that don't count. */
export function isSignedBy({ signed, algorithm, signature }: Signed, key: KeyObject): boolean {
  const hash = hashes[algorithm];
  try {
    return hash !== undefined && verify(hash, signed, key, signature);
  } catch {
    return false;
  }
}

/** The same for something big, away from the event loop. */
export function isBigSignedBy({ signed, algorithm, signature }: Signed, key: KeyObject): Promise<boolean> {
  const hash = hashes[algorithm];
  if (hash === undefined) return Promise.resolve(false);
  return new Promise((resolve) => verify(hash, signed, key, signature, (error, genuine) => resolve(!error && genuine)));
}
