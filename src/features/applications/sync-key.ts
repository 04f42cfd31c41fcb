import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { ExternalSigningKey } from "oidc-provider";
import type { StoredKey } from "./key-store.ts";

/**
 * A signing key that signs on the spot. The engine's own way (WebCrypto) waits in the thread pool behind argon2: during
 * a storm of sign-ins tokens would wait fifty times as long for a signature of 73 µs. A class, since the engine wants one.
 */
class SyncKey extends ExternalSigningKey {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #id: string;
  readonly #algorithm: StoredKey["algorithm"];

  constructor({ kid, algorithm, privateKey }: StoredKey) {
    super();
    this.#id = kid;
    this.#algorithm = algorithm;
    this.#privateKey = createPrivateKey(privateKey);
    this.#publicKey = createPublicKey(this.#privateKey);
  }

  override get kid(): string {
    return this.#id;
  }

  override get alg(): string {
    return this.#algorithm;
  }

  override set alg(_same: string) {}

  override keyObject(): KeyObject {
    return this.#publicKey;
  }

  override sign(data: Uint8Array): Buffer {
    return this.#algorithm === "ES256"
      ? sign("sha256", data, { key: this.#privateKey, dsaEncoding: "ieee-p1363" })
      : sign("sha256", data, this.#privateKey);
  }
}

export const makeSyncKey = (key: StoredKey): ExternalSigningKey => new SyncKey(key);

/** The key as others see it (RFC 7517). */
export function publicJwk({ kid, algorithm, privateKey }: StoredKey): Record<string, unknown> {
  return {
    ...createPublicKey(createPrivateKey(privateKey)).export({ format: "jwk" }),
    kid,
    alg: algorithm,
    use: "sig",
  };
}
