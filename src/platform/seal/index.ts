import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { Secret } from "../../kernel/secret.ts";

/** Where a sealed value lies. It can be opened nowhere else, so a row's ciphertext is worthless in another row. */
export type Place = { table: string; column: string; row: string };

export type Keyring = {
  /** Encrypts `plain` for `place` under the newest key. */
  seal(place: Place, plain: string | Buffer): Buffer;
  /** Decrypts what `seal` made for the same place; throws if it was changed, moved, or its key is gone. */
  open(place: Place, sealed: Buffer): Buffer;
  /** HMAC-SHA-256 under a key of `purpose`'s own: for values that are only ever compared. */
  hash(purpose: string, value: string | Buffer): Buffer;
  /** A 32-byte key for a library that wants one. */
  key(purpose: string): Buffer;
};

const version = 1;
const idSize = 4;
const nonceSize = 12;
const tagSize = 16;

const derive = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "vahva", purpose, 32));

const associatedData = ({ table, column, row }: Place): Buffer => Buffer.from(`${table}\0${column}\0${row}`);

/**
 * The keys that everything secret hangs on, derived from the service's secrets (HKDF-SHA-256), newest first. New
 * values are sealed under the first; the others only open. Hashes are made under the last, the oldest, so that a new
 * secret in front leaves every link and look-up as it was.
 *
 * Sealed: version (1 byte), key id (4), nonce (12), tag (16), ciphertext: AES-256-GCM with the place as associated data.
 */
export function makeKeyring(secrets: readonly [Secret, ...Secret[]]): Keyring {
  const sealing = secrets.map((secret) => {
    const key = derive(secret.reveal(), "seal");
    return { id: createHash("sha256").update(key).digest().subarray(0, idSize), key };
  });
  const newest = sealing[0];
  const base = (secrets.at(-1) ?? secrets[0]).reveal();
  const derived = new Map<string, Buffer>();
  const key = (purpose: string): Buffer => {
    const known = derived.get(purpose) ?? derive(base, purpose);
    derived.set(purpose, known);
    return known;
  };
  if (!newest) throw new Error("a keyring needs a secret");

  return {
    seal(place, plain) {
      const nonce = randomBytes(nonceSize);
      const cipher = createCipheriv("aes-256-gcm", newest.key, nonce).setAAD(associatedData(place));
      const text = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.of(version), newest.id, nonce, cipher.getAuthTag(), text]);
    },
    open(place, sealed) {
      const id = sealed.subarray(1, 1 + idSize);
      const used = sealing.find((candidate) => candidate.id.equals(id));
      if (sealed[0] !== version || !used) throw new Error(`no key opens ${place.table}.${place.column}`);
      const nonceAt = 1 + idSize;
      const tagAt = nonceAt + nonceSize;
      const textAt = tagAt + tagSize;
      const decipher = createDecipheriv("aes-256-gcm", used.key, sealed.subarray(nonceAt, tagAt))
        .setAAD(associatedData(place))
        .setAuthTag(sealed.subarray(tagAt, textAt));
      return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]);
    },
    hash: (purpose, value) =>
      createHmac("sha256", key(`hash:${purpose}`))
        .update(value)
        .digest(),
    key,
  };
}
