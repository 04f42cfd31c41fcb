import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";

/** The ciphers and codes that PSKC files are met with (RFC 6030 §6, §8). */
const ciphers: Readonly<Record<string, { name: string; keyLength: number }>> = {
  "http://www.w3.org/2001/04/xmlenc#aes128-cbc": { name: "aes-128-cbc", keyLength: 16 },
  "http://www.w3.org/2001/04/xmlenc#aes192-cbc": { name: "aes-192-cbc", keyLength: 24 },
  "http://www.w3.org/2001/04/xmlenc#aes256-cbc": { name: "aes-256-cbc", keyLength: 32 },
};
const macs: Readonly<Record<string, string>> = {
  "http://www.w3.org/2000/09/xmldsig#hmac-sha1": "sha1",
  "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256": "sha256",
  "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512": "sha512",
};
const blockSize = 16;
/** What a file may ask of the machine. */
const mostIterations = 10_000_000;

/** A value as it stands in the file: the initialisation vector, then the ciphertext. */
export type Encrypted = Readonly<{ algorithm: string; value: Buffer }>;

export type Derivation = Readonly<{ salt: Buffer; iterations: number; keyLength: number; hash: string }>;

export const isKnownMac = (algorithm: string): boolean => Object.hasOwn(macs, algorithm);

/** PBKDF2 (RFC 8018 §5.2); null where the file asks for what no file needs. */
export function deriveKey(password: string, { salt, iterations, keyLength, hash }: Derivation): Buffer | null {
  const isSound =
    iterations >= 1 && iterations <= mostIterations && [16, 24, 32].includes(keyLength) && salt.length >= 8;
  return isSound ? pbkdf2Sync(password, salt, iterations, keyLength, hash) : null;
}

/** Whether `mac` is that of an encrypted value (RFC 6030 §6.2): over the vector and the ciphertext, before either is used. */
export function isAuthentic({ value }: Encrypted, mac: Buffer, { algorithm, key }: { algorithm: string; key: Buffer }) {
  const expected = createHmac(macs[algorithm] ?? "", key)
    .update(value)
    .digest();
  return expected.length === mac.length && timingSafeEqual(expected, mac);
}

/** What is behind an encrypted value; null where it can't be, by this key. */
export function decrypt({ algorithm, value }: Encrypted, key: Buffer): Buffer | null {
  const cipher = ciphers[algorithm];
  const [iv, text] = [value.subarray(0, blockSize), value.subarray(blockSize)];
  if (!cipher || key.length !== cipher.keyLength || text.length === 0 || text.length % blockSize !== 0) return null;
  try {
    const decipher = createDecipheriv(cipher.name, key, iv);
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch {
    return null; // the padding is not what the right key would leave
  }
}
