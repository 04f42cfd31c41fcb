import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** What a test changes of an answer that would be right. */
export type Wrong = {
  origin?: string;
  /** Whose host the authenticator signs for. */
  rpId?: string;
  challenge?: string;
  type?: string;
  crossOrigin?: boolean;
  topOrigin?: string;
  userPresent?: boolean;
  userVerified?: boolean;
  backupEligible?: boolean;
  counter?: number;
  userHandle?: string | null;
  /** Instead of what was signed. */
  signature?: Buffer;
  format?: string;
  statement?: Cbor;
  /** Somebody else's, known to the test. */
  credentialId?: Buffer;
};

type Algorithm = "ES256" | "EdDSA" | "RS256" | "ES384";
type Options = { challenge: string; rp?: { id?: string }; rpId?: string; user?: { id: string } };

/** A passkey in the hands of a test. */
export type Key = {
  id: Buffer;
  algorithm: Algorithm;
  privateKey: KeyObject;
  userHandle: string;
  counter: number;
};

/**
 * An authenticator and its browser in software: makes passkeys and signs with them, without attestation, as it is told.
 * It counts, as security keys do, unless `counts` is false.
 */
export function softwareAuthenticator({ origin, counts = true }: { origin: string; counts?: boolean }) {
  const answer = (id: Buffer, response: object) =>
    JSON.stringify({
      id: text(id),
      rawId: text(id),
      type: "public-key",
      response,
      clientExtensionResults: {},
    });
  const clientData = (type: string, options: Options, wrong: Wrong) =>
    Buffer.from(
      JSON.stringify({
        type: wrong.type ?? type,
        challenge: wrong.challenge ?? options.challenge,
        origin: wrong.origin ?? origin,
        crossOrigin: wrong.crossOrigin ?? false,
        ...(wrong.topOrigin && { topOrigin: wrong.topOrigin }),
      }),
    );

  return {
    /** Answers `navigator.credentials.create` with these options. */
    create(options: Options, wrong: Wrong = {}, algorithm: Algorithm = "ES256"): { key: Key; response: string } {
      const { publicKey, privateKey } = newKeys(algorithm);
      const id = wrong.credentialId ?? randomBytes(32);
      const key: Key = { id, algorithm, privateKey, userHandle: options.user?.id ?? "", counter: wrong.counter ?? 0 };
      const authData = authenticatorData(options.rp?.id ?? "", key.counter, wrong, [
        Buffer.alloc(16),
        uint16(id.length),
        id,
        cbor(coseKey(algorithm, publicKey)),
      ]);
      const attestationObject = cbor(
        new Map<Cbor, Cbor>([
          ["fmt", wrong.format ?? "none"],
          ["attStmt", wrong.statement ?? new Map()],
          ["authData", authData],
        ]),
      );
      const clientDataJSON = text(clientData("webauthn.create", options, wrong));
      const response = {
        clientDataJSON,
        attestationObject: text(attestationObject),
        transports: ["internal", "tin-can"],
      };
      return { key, response: answer(id, response) };
    },
    /** Answers `navigator.credentials.get` with `key`. */
    get(options: Options, key: Key, wrong: Wrong = {}): string {
      if (counts) key.counter += 1;
      const authData = authenticatorData(options.rpId ?? "", wrong.counter ?? key.counter, wrong);
      const said = clientData("webauthn.get", options, wrong);
      const signed = Buffer.concat([authData, createHash("sha256").update(said).digest()]);
      const handle = wrong.userHandle === undefined ? key.userHandle : wrong.userHandle;
      return answer(wrong.credentialId ?? key.id, {
        clientDataJSON: text(said),
        authenticatorData: text(authData),
        signature: text(wrong.signature ?? signatureOf(key, signed)),
        ...(handle !== null && { userHandle: handle }),
      });
    },
  };
}

export type SoftwareAuthenticator = ReturnType<typeof softwareAuthenticator>;

const text = (bytes: Buffer): string => bytes.toString("base64url");

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** WebAuthn §6.1; with the parts of a new credential where there are any. */
function authenticatorData(host: string, counter: number, wrong: Wrong, made: readonly Buffer[] = []): Buffer {
  const { userPresent = true, userVerified = true, backupEligible = false } = wrong;
  const flags =
    Number(userPresent) | (Number(userVerified) << 2) | (Number(backupEligible) << 3) | (made.length ? 0x40 : 0);
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  const hash = createHash("sha256")
    .update(wrong.rpId ?? host)
    .digest();
  return Buffer.concat([hash, Buffer.of(flags), count, ...made]);
}

function newKeys(algorithm: Algorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  if (algorithm === "RS256") return generateKeyPairSync("rsa", { modulusLength: 2048 });
  if (algorithm === "EdDSA") return generateKeyPairSync("ed25519");
  return generateKeyPairSync("ec", { namedCurve: algorithm === "ES256" ? "P-256" : "P-384" });
}

function signatureOf({ algorithm, privateKey }: Key, signed: Buffer): Buffer {
  if (algorithm === "EdDSA") return sign(null, signed, privateKey);
  return createSign(algorithm === "ES384" ? "sha384" : "sha256")
    .update(signed)
    .sign(privateKey);
}

/** RFC 9053: the public key as authenticators write it. */
function coseKey(algorithm: Algorithm, publicKey: KeyObject): Cbor {
  const { x = "", y = "", n = "", e = "" } = publicKey.export({ format: "jwk" });
  const bytes = (value: string) => Buffer.from(value, "base64url");
  const pairs: Record<Algorithm, [number, Cbor][]> = {
    ES256: [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ],
    ES384: [
      [1, 2],
      [3, -35],
      [-1, 2],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ],
    EdDSA: [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, bytes(x)],
    ],
    RS256: [
      [1, 3],
      [3, -257],
      [-1, bytes(n)],
      [-2, bytes(e)],
    ],
  };
  return new Map<Cbor, Cbor>(pairs[algorithm]);
}

export type Cbor = number | string | Buffer | Cbor[] | Map<Cbor, Cbor>;

/** As much of RFC 8949 as authenticators write. */
export function cbor(value: Cbor): Buffer {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, one]) => [cbor(key), cbor(one)])]);
}

function head(type: number, value: number): Buffer {
  if (value < 24) return Buffer.of((type << 5) | value);
  if (value < 256) return Buffer.of((type << 5) | 24, value);
  return Buffer.concat([Buffer.of((type << 5) | 25), uint16(value)]);
}
