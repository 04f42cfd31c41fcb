import { createPrivateKey } from "node:crypto";
import { compactDecrypt, decodeProtectedHeader } from "jose";
import type { Instant } from "../../kernel/time.ts";
import type { RelyingPartyKey } from "../../ports/identity-broker.ts";
import type { BrokerKeys } from "./broker-keys.ts";
import type { Cached } from "./cached.ts";
import type { Profile } from "./profiles.ts";
import { type Refused, refused } from "./trouble.ts";
import { verifySigned } from "./verify-signed.ts";

/** The claims of an ID token that is encrypted as the profile demands and signed by the broker; they are not judged yet. */
export async function readIdToken(
  token: string,
  {
    profile,
    brokerKeys,
    decryptionKeys,
    now,
  }: {
    profile: Profile;
    brokerKeys: Cached<BrokerKeys>;
    decryptionKeys: () => Promise<readonly RelyingPartyKey[]>;
    now: Instant;
  },
): Promise<Readonly<{ claims: Readonly<Record<string, unknown>> }> | Refused> {
  const signed = profile.encryption ? await decrypt(token, profile.encryption, await decryptionKeys()) : { token };
  if ("result" in signed) return signed;
  if (signed.token.split(".").length === 5) return refused("token-encrypted");
  const algorithms = profile.signatures;
  const { keys } = await brokerKeys.get(now);
  let verified = await verifySigned(signed.token, { keys, algorithms });
  if (verified.result === "unknown-key") {
    const renewed = await brokerKeys.renew(now);
    verified = await verifySigned(signed.token, { keys: renewed.keys, algorithms });
  }
  if (verified.result === "verified") return { claims: verified.payload };
  const reasons = {
    unreadable: "token-unreadable",
    algorithm: "signature-not-allowed",
    "unknown-key": "signature-key-unknown",
    wrong: "signature-wrong",
  } as const;
  return refused(reasons[verified.result]);
}

/** A token that isn't encrypted is refused, rightly signed or not: somebody would have taken the encryption away. */
async function decrypt(
  token: string,
  { algorithms, encodings }: NonNullable<Profile["encryption"]>,
  keys: readonly RelyingPartyKey[],
): Promise<Readonly<{ token: string }> | Refused> {
  if (token.split(".").length !== 5) return refused("token-not-encrypted");
  const header = headerOf(token);
  if (!header) return refused("token-unreadable");
  const { alg, enc, kid, cty = "JWT" } = header;
  const isAllowed = algorithms.some((one) => one === alg) && encodings.some((one) => one === enc);
  if (!isAllowed || cty.toUpperCase() !== "JWT") return refused("encryption-not-allowed");
  const named = keys.filter((key) => key.kid === kid);
  for (const { privateKey } of named.length > 0 ? named : keys) {
    try {
      // A KeyObject, as a WebCrypto key is for one hash only: RSA-OAEP or RSA-OAEP-256.
      const { plaintext } = await compactDecrypt(token, createPrivateKey(privateKey), {
        keyManagementAlgorithms: [...algorithms],
        contentEncryptionAlgorithms: [...encodings],
        maxDecompressedLength: 0,
      });
      return { token: new TextDecoder().decode(plaintext) };
    } catch {
      // Another of our keys may fit.
    }
  }
  return refused("not-for-our-key");
}

function headerOf(token: string) {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return null;
  }
}
