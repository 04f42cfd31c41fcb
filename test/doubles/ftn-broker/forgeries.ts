import { CompactSign, type JSONWebKeySet } from "jose";
import { levelAddress } from "./claims.ts";
import { type Draft, encrypted } from "./draft.ts";
import { type BrokerKeys, makeBrokerKey } from "./keys.ts";
import { encryptedByRsa15 } from "./rsa1-5.ts";

/** What a forger needs to know of the broker. */
type World = Readonly<{
  origin: string;
  clientId: string;
  environment: "test" | "production";
  keys: BrokerKeys;
  ourKeys: () => Promise<JSONWebKeySet>;
}>;
type Forge = (draft: Draft, world: World) => Draft | Promise<Draft>;

const says =
  (claims: (draft: Draft, world: World) => object): Forge =>
  (draft, world) => ({ ...draft, claims: { ...draft.claims, ...claims(draft, world) } });
const without =
  (...names: readonly string[]): Forge =>
  (draft) => ({
    ...draft,
    claims: Object.fromEntries(Object.entries(draft.claims).filter(([name]) => !names.includes(name))),
  });
/** Signed by somebody else, with a header that points at their key. */
const byStranger =
  (header: (world: World) => object): Forge =>
  (draft, world) => ({ ...draft, key: world.keys.stranger, header: { ...draft.header, ...header(world) } });

const hourAgo = (seconds: number | undefined) => (seconds ?? 0) - 3600;

/** Every way in which an ID token is made wrong. Whatever comes of it, it must not be an identity. */
export const forgeries = {
  "alg-none": (draft) => ({
    ...draft,
    sign: async ({ claims }) => `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.`,
  }),
  "hs256-with-public-key": (draft) => ({
    ...draft,
    sign: ({ claims, key, header }) =>
      new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ ...header, alg: "HS256" })
        .sign(Buffer.from(key.publicKey.export({ type: "spki", format: "pem" }).toString())),
  }),
  "signed-by-a-stranger": byStranger(() => ({})),
  "unknown-kid": byStranger(({ keys }) => ({ kid: keys.stranger.kid })),
  "retired-key": (draft, { keys }) => ({
    ...draft,
    key: keys.retired(),
    header: { ...draft.header, kid: keys.retired().kid },
  }),
  "key-by-jku": byStranger(({ keys, origin }) => ({ kid: keys.stranger.kid, jku: `${origin}/elsewhere/jwks.json` })),
  "key-by-jwk": byStranger(({ keys }) => ({ kid: keys.stranger.kid, jwk: keys.stranger.jwk })),
  "plain-jws": (draft) => ({ ...draft, seal: async (jws) => jws }),
  "not-signed-only-encrypted": (draft) => ({ ...draft, sign: async ({ claims }) => JSON.stringify(claims) }),
  "encrypted-to-another": async (draft) => {
    const { jwk } = await makeBrokerKey("enc");
    return { ...draft, seal: (jws) => encrypted(jws, jwk, { alg: "RSA-OAEP", enc: "A128CBC-HS256" }) };
  },
  "rsa1-5": async (draft, { ourKeys }) => {
    const key = (await ourKeys()).keys.find(({ use }) => use === "enc");
    return { ...draft, seal: async (jws) => encryptedByRsa15(jws, key ?? {}) };
  },

  "wrong-audience": says(() => ({ aud: "somebody-else", azp: undefined })),
  "extra-audience-without-azp": says((_, { clientId }) => ({ aud: [clientId, "somebody-else"], azp: undefined })),
  "wrong-azp": says((_, { clientId }) => ({ aud: [clientId], azp: "somebody-else" })),
  "missing-nonce": without("nonce"),
  "old-nonce": says(() => ({ nonce: Buffer.alloc(32, "n").toString("base64url") })),
  expired: says(({ claims }) => ({ iat: hourAgo(claims.iat), exp: hourAgo(claims.exp) })),
  "no-exp": without("exp"),
  "issued-in-future": says(({ claims }) => ({ iat: (claims.iat ?? 0) + 3600, exp: (claims.exp ?? 0) + 3600 })),
  "wrong-issuer": says(() => ({ iss: "https://another-broker.example" })),

  "other-environment": says((_, { environment }) => ({
    acr: levelAddress("high", environment === "test" ? "production" : "test"),
  })),
  "unknown-level": says(() => ({ acr: "http://ftn.ficora.fi/2017/loa1" })),
  "no-acr": without("acr"),
  "stale-auth-time": says(({ claims }) => ({ auth_time: hourAgo(claims.iat) })),
  "missing-auth-time": without("auth_time"),

  "wrong-check-character": identitySays((code) => `${code.slice(0, -1)}${code.endsWith("A") ? "B" : "A"}`),
  "birth-date-mismatch": says(() => ({ birthdate: "1950-05-05", "urn:oid:1.3.6.1.5.5.7.9.1": "1950-05-05" })),
  "no-identity": without(...identityClaims()),
} as const satisfies Record<string, Forge>;

export type Forgery = keyof typeof forgeries;

function identityClaims() {
  const uris = ["urn:oid:1.2.246.21", "urn:oid:1.2.246.22"];
  const foreign = "http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier";
  return [...uris, foreign, "personal_identity_code", "hetu", "satu", "ssn", "nin", "idp_id", "ftn_hetu", "ftn_satu"];
}

/** Changes every claim that tells the person's code. */
function identitySays(change: (code: string) => string): Forge {
  return says(({ claims }) =>
    Object.fromEntries(
      Object.entries(claims)
        .filter(([name, value]) => identityClaims().includes(name) && typeof value === "string")
        .map(([name, value]) => [name, change(String(value))]),
    ),
  );
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
