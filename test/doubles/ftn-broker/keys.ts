import { createPrivateKey, generateKeyPair, type KeyObject, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { exportJWK, type JSONWebKeySet, type JWK, SignJWT } from "jose";
import type { Clock } from "../../../src/ports/clock.ts";

export type BrokerKey = Readonly<{ kid: string; privateKey: KeyObject; publicKey: KeyObject; jwk: JWK }>;

const generate = promisify(generateKeyPair);

/** A key pair of RSA. `jwk` is its public half. */
export async function makeBrokerKey(use: "sig" | "enc" = "sig"): Promise<BrokerKey> {
  const { privateKey, publicKey } = await generate("rsa", { modulusLength: 2048 });
  const kid = randomBytes(12).toString("base64url");
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), use, kid } };
}

/** The public half of a private key in PEM, as others are given it. */
export const publicJwk = async (pem: string, about: { kid: string; use: "sig" | "enc" }): Promise<JWK> => {
  const { kty = "", n = "", e = "" } = await exportJWK(createPrivateKey(pem));
  return { kty, n, e, alg: about.use === "sig" ? "RS256" : "RSA-OAEP", ...about };
};

/** The broker's own keys: one that signs, those still published, and the entity's that vouches for them all. */
export async function makeBrokerKeys(clock: Clock) {
  const [entity, stranger, first, encryption] = await Promise.all([
    makeBrokerKey(),
    makeBrokerKey(),
    makeBrokerKey(),
    makeBrokerKey("enc"),
  ]);
  let published = [first];
  let retired = first;

  const statement = (claims: object, typ: string, by: BrokerKey, lifetime: number) => {
    const now = Math.floor(clock.now().getTime() / 1000);
    return new SignJWT({ ...claims, iat: now - 3600, exp: now + lifetime })
      .setProtectedHeader({ alg: "RS256", typ, kid: by.kid })
      .sign(by.privateKey);
  };
  const set = (): JSONWebKeySet => ({ keys: [...published, encryption].map(({ jwk }) => ({ ...jwk })) });

  return {
    entity,
    /** Somebody else's key: nothing that it signs is the broker's. */
    stranger,
    /** A key that signed before the last rotation. */
    retired: () => retired,
    current: (): BrokerKey => published[0] ?? first,
    set,
    /** The new one signs at once; the old one stays published beside it, unless told otherwise. */
    async rotate({ overlap = true } = {}) {
      const next = await makeBrokerKey();
      retired = published[0] ?? first;
      published = overlap ? [next, retired] : [next];
    },
    signedSet: (entityId: string, typ: string, how?: "by-a-stranger" | "expired") =>
      statement(
        { ...set(), iss: entityId, sub: entityId },
        typ,
        how === "by-a-stranger" ? { ...stranger, kid: entity.kid } : entity,
        how === "expired" ? -1800 : 86_400,
      ),
    entityStatement: (entityId: string, metadata: object) =>
      statement(
        { iss: entityId, sub: entityId, jwks: { keys: [entity.jwk] }, metadata: { openid_provider: metadata } },
        "entity-statement+jwt",
        entity,
        86_400,
      ),
  };
}
export type BrokerKeys = Awaited<ReturnType<typeof makeBrokerKeys>>;
