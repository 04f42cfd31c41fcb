import { type Problem, problem } from "../../../organisations/index.ts";
import type { Flaw } from "../domain/token-entry.ts";
import { decrypt, deriveKey, type Encrypted, isAuthentic, isKnownMac } from "./pskc-cipher.ts";
import { attribute, bytesAt, find, textAt } from "./pskc-xml.ts";

/** What whoever imports a file was given to open it with. */
export type Unlock = Readonly<{ key?: Buffer | undefined; password?: string | undefined }>;

/** Opens the `Secret` of one key. */
type Open = (secret: Element) => Uint8Array | Flaw;
type Mac = Readonly<{ algorithm: string; key: Buffer }>;

const pbkdf2 =
  /^http:\/\/www\.(?:rsasecurity\.com\/rsalabs\/pkcs\/schemas\/pkcs-5v2-0|w3\.org\/2009\/xmlenc11)#pbkdf2$/;

/** How the secrets of a container are opened (RFC 6030 §6), or why they can't be. */
export function unlockSecrets(container: Element, unlock: Unlock): { open: Open } | Problem {
  const encryption = find(container, "EncryptionKey");
  if (!encryption) return { open: (secret) => openSecret(secret, null, null) };
  const key = keyOf(encryption, unlock);
  if (!Buffer.isBuffer(key)) return key;
  const mac = macOf(container, key);
  if (mac && "reason" in mac) return mac;
  return { open: (secret) => openSecret(secret, key, mac) };
}

function keyOf(encryption: Element, { key, password }: Unlock): Buffer | Problem {
  const derived = find(encryption, "DerivedKey", "KeyDerivationMethod");
  if (derived) {
    if (password === undefined)
      return problem("file", "password-needed", "The file is encrypted by a password. Give it with --password-file.");
    return (
      derivedKey(derived, password) ??
      problem("file", "unknown-derivation", "Its key comes from the password in a way that is not known here.")
    );
  }
  if (!find(encryption, "KeyName"))
    return problem("file", "unknown-key", "The file is encrypted neither by a shared key nor by a password.");
  return key ?? problem("file", "key-needed", "The file is encrypted by a shared key. Give it with --key-file.");
}

function derivedKey(method: Element, password: string): Buffer | null {
  const parameters = find(method, "PBKDF2-params");
  const salt = bytesAt(parameters, "Salt", "Specified");
  const prf = attribute(find(parameters, "PRF"), "Algorithm");
  const hash = prf === "" ? "1" : /sha-?(1|256|512)$/i.exec(prf)?.[1];
  if (!pbkdf2.test(attribute(method, "Algorithm")) || !salt || !hash) return null;
  return deriveKey(password, {
    salt,
    hash: `sha${hash}`,
    iterations: Number(textAt(parameters, "IterationCount")),
    keyLength: Number(textAt(parameters, "KeyLength") || "16"),
  });
}

/** Null where the file has no codes that authenticate its secrets: no encrypted one is taken then. */
function macOf(container: Element, key: Buffer): Mac | Problem | null {
  const method = find(container, "MACMethod");
  if (!method) return null;
  const algorithm = attribute(method, "Algorithm");
  if (!isKnownMac(algorithm)) return problem("file", "unknown-mac", "Its MACMethod is not known here.");
  const sealed = find(method, "MACKey");
  if (!sealed) return { algorithm, key };
  const encrypted = encryptedOf(sealed);
  const opened = encrypted && decrypt(encrypted, key);
  return opened ? { algorithm, key: opened } : problem("file", "wrong-key", "The key or password does not open it.");
}

function openSecret(secret: Element, key: Buffer | null, mac: Mac | null): Uint8Array | Flaw {
  const flaw = (reason: string, says: string): Flaw => ({ field: "secret", reason, says });
  const sealed = find(secret, "EncryptedValue");
  if (!sealed) return bytesAt(secret, "PlainValue") ?? flaw("not-base64", "The secret is missing, or not in Base64.");
  const encrypted = encryptedOf(sealed);
  const code = bytesAt(secret, "ValueMAC");
  if (!key || !encrypted) return flaw("unreadable", "The secret is encrypted in a way that is not known here.");
  if (!mac || !code) return flaw("no-mac", "It has no ValueMAC, so that nothing shows whether it was changed.");
  // Before anything is decrypted, or the padding would tell of the key (RFC 6030 §6.2).
  if (!isAuthentic(encrypted, code, mac))
    return flaw("wrong-mac", "Its ValueMAC is wrong: the key or password is another, or the file was changed.");
  return decrypt(encrypted, key) ?? flaw("unreadable", "The secret can't be decrypted by this key.");
}

function encryptedOf(element: Element): Encrypted | null {
  const value = bytesAt(element, "CipherData", "CipherValue");
  return value && { algorithm: attribute(find(element, "EncryptionMethod"), "Algorithm"), value };
}
