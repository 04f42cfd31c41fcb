import type { IdentityType, Level } from "../../kernel/identity.ts";
import { type KnownMeans, means } from "./means.ts";

export type Environment = "test" | "production";

/** How a request travels: all of it signed in `request`, signed beside `client_id` (RFC 9101), or as plain parameters. */
export type Transport = "request" | "client_id+request" | "parameters";

/** What a signed message is addressed to. */
export type Audience = "issuer" | "authorization-endpoint" | "token-endpoint";

/** Where the broker's signing keys come from: a key set signed with its entity key, or a plain one over TLS. */
export type KeySource = "signed" | "plain";

/**
 * A claim that names the person, in the order of preference; `where` are claims that must say the same. Several types: the
 * first that the value is one of.
 */
export type IdentityClaim = Readonly<{
  claim: string;
  types: readonly IdentityType[];
  where?: Readonly<Record<string, string>>;
}>;

/** Where a broker's parts are. `{issuer}`, `{host}` (the issuer without `issuerPath`), `{client_id}`, `{language}` are filled in. */
export type Endpoints = Readonly<{ authorization: string; token: string; keys: string }>;

/** What sets a broker apart from the others. The engine knows brokers by nothing else. */
export type Profile = Readonly<{
  title: string;
  /** What follows the host in the issuer. */
  issuerPath: string;
  /** Null: every customer has their own, so the settings must tell. */
  issuer: Readonly<Record<Environment, string>> | null;
  /** Ends of host names that are of test environments: never used in production. */
  testHosts: readonly string[];
  /** Null: read from `{issuer}/.well-known/openid-configuration`. */
  endpoints: Endpoints | null;

  transport: Transport;
  /** `typ` of the signed request. */
  requestType: string;
  requestAudience: Audience;
  /** `response_mode` in the request; null leaves it out. */
  responseMode: "query" | null;
  /** `discovered`: where the discovery document says S256. */
  pkce: "always" | "never" | "discovered";
  assertionAudience: Audience;
  /** How we prove who we are at the token endpoint; secrets are for plain OpenID Connect only. */
  clientAuthentication: ClientAuthentication;

  scopes: readonly string[];
  /** The scope that tells that a new means of authentication is made from this identification, where the broker has one. */
  purpose: "weak" | "strong" | "none";
  /** `ftn_spname`: a parameter of the request, or registered at the broker. */
  spName: "parameter" | "registered";
  /** The parameter that names the means a person chose. */
  meansParameter: "acr_values" | "ftn_idp_id" | null;
  /** Sent as `acr_values` when no means is chosen: a level by its environment, or a word of the broker's; null sends none. */
  acrValues: "level" | string | null;
  /** What asks for a fresh authentication; null where the broker has no sessions and knows no such parameter. */
  freshness: Readonly<{ parameter: "max_age" | "prompt"; value: string | number }> | null;
  /** Whether ID tokens without `auth_time` are refused. */
  authTime: "required" | "optional";

  levels: Levels;
  identities: readonly IdentityClaim[];
  birthDateClaim: string | null;
  cancelErrors: readonly string[];

  /** Key encryption and content encryption that ID tokens must have; null: not encrypted. The first ones are registered. */
  encryption: Readonly<{ algorithms: readonly EncryptionAlgorithm[]; encodings: readonly Encoding[] }> | null;
  signatures: readonly Signature[];
  keySource: KeySource;
  /** `typ` of the signed key set; null takes any. */
  signedKeysTypes: readonly string[] | null;
  /** Where the entity statement is, for a check by its hash; null where the broker forbids to read it by program. */
  entityStatement: string | null;
  /** SHA-256 of the entity statement, hex, as the broker publishes it. */
  entityStatementSha256: Readonly<Record<Environment, string>> | null;

  means: readonly KnownMeans[];
  /** A list of means with required notices, as JSON, that the broker keeps (OP's "embedded UI"). */
  selector: string | null;
  /** A line `fi|sv|en` about disturbances; empty when there is none. */
  maintenance: string | null;
}>;

export type ClientAuthentication = "private_key_jwt" | "client_secret_basic" | "client_secret_post";
export type EncryptionAlgorithm = "RSA-OAEP" | "RSA-OAEP-256";
export type Encoding = "A128CBC-HS256" | "A128GCM" | "A256CBC-HS512" | "A256GCM";
export type Signature = "RS256" | "PS256" | "ES256";

/** What tells the level: a claim with values, by environment where the values tell test from real; or the settings alone. */
export type Levels =
  | Readonly<{ by: "claim"; claim: string; values: Readonly<Record<Environment, Readonly<Record<string, Level>>>> }>
  | Readonly<{ by: "settings" }>;

/** The Finnish Trust Network's levels: those of its test network vouch for nobody, those of production are not for tests. */
export const ftnLevels = {
  test: {
    "http://ftn.ficora.fi/2017/loatest2": "substantial",
    "http://ftn.ficora.fi/2017/loatest3": "high",
  },
  production: {
    "http://ftn.ficora.fi/2017/loa2": "substantial",
    "http://ftn.ficora.fi/2017/loa3": "high",
  },
} as const satisfies Record<Environment, Record<string, Level>>;

const oid = { hetu: "urn:oid:1.2.246.21", satu: "urn:oid:1.2.246.22", birthDate: "urn:oid:1.3.6.1.5.5.7.9.1" };
const personIdentifier = "http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier";

const oidIdentities: readonly IdentityClaim[] = [
  { claim: oid.hetu, types: ["hetu"] },
  { claim: oid.satu, types: ["satu"] },
  { claim: personIdentifier, types: ["eidas"] },
];
const swedish = ["personnummer", "samordningsnummer"] as const;

/** Traficom Recommendation 213/2023 S, as brokers quote it: what the others are written as differences to. */
const generic: Profile = {
  title: "Finnish Trust Network (213/2023 S)",
  issuerPath: "",
  issuer: null,
  testHosts: [],
  endpoints: null,
  transport: "client_id+request",
  requestType: "JWT",
  requestAudience: "issuer",
  responseMode: null,
  pkce: "discovered",
  assertionAudience: "token-endpoint",
  clientAuthentication: "private_key_jwt",
  scopes: ["openid"],
  purpose: "none",
  spName: "parameter",
  meansParameter: "ftn_idp_id",
  acrValues: "level",
  freshness: { parameter: "max_age", value: 0 },
  authTime: "required",
  levels: { by: "claim", claim: "acr", values: ftnLevels },
  identities: oidIdentities,
  birthDateClaim: oid.birthDate,
  cancelErrors: ["access_denied"],
  encryption: {
    algorithms: ["RSA-OAEP", "RSA-OAEP-256"],
    encodings: ["A128CBC-HS256", "A128GCM", "A256CBC-HS512", "A256GCM"],
  },
  signatures: ["RS256", "PS256", "ES256"],
  keySource: "signed",
  signedKeysTypes: null,
  entityStatement: "{host}/.well-known/openid-federation",
  entityStatementSha256: null,
  means: [],
  selector: null,
  maintenance: null,
};

export const profiles = {
  generic,

  telia: {
    ...generic,
    title: "Telia Tunnistus",
    issuerPath: "/uas",
    issuer: { test: "https://tunnistus-pp.telia.fi/uas", production: "https://tunnistus.telia.fi/uas" },
    testHosts: ["tunnistus-pp.telia.fi"],
    endpoints: {
      authorization: "{issuer}/oauth2/authorization",
      token: "{issuer}/oauth2/token",
      keys: "{host}/openid_provider/signed_jwks.jwt",
    },
    transport: "request",
    pkce: "always",
    spName: "registered",
    meansParameter: "acr_values",
    freshness: { parameter: "max_age", value: "0" },
    encryption: { algorithms: ["RSA-OAEP"], encodings: ["A128CBC-HS256", "A128GCM"] },
    signatures: ["RS256"],
    signedKeysTypes: ["jwk-set+jwt"],
    entityStatementSha256: {
      test: "e961111dc12f4f744b2a8aa2a12a6374319197790abb284210f8e658e692fc2a",
      production: "e52c66b2a2cd1322087356d8e52d38853fc71135e31173610ea15f5e96835101",
    },
    means: means.telia,
    maintenance: "{issuer}/resource/maintenance.txt",
  },

  op: {
    ...generic,
    title: "OP Identity Service Broker",
    issuer: { test: "https://isb-test.op.fi", production: "https://isb.op.fi" },
    testHosts: ["isb-test.op.fi"],
    endpoints: {
      authorization: "{issuer}/oauth/authorize",
      token: "{issuer}/oauth/token",
      keys: "{issuer}/jwks/broker-signed",
    },
    transport: "request",
    requestAudience: "authorization-endpoint",
    pkce: "never",
    scopes: ["openid", "personal_identity_code", "profile"],
    purpose: "weak",
    acrValues: null,
    freshness: null,
    identities: [{ claim: "personal_identity_code", types: ["hetu"] }],
    birthDateClaim: "birthdate",
    cancelErrors: ["cancel", "access_denied"],
    encryption: { algorithms: ["RSA-OAEP"], encodings: ["A128CBC-HS256"] },
    signatures: ["RS256"],
    entityStatement: null,
    selector: "{issuer}/api/embedded-ui/{client_id}?lang={language}",
  },

  signicat: {
    ...generic,
    title: "Signicat",
    issuerPath: "/auth/open",
    testHosts: [".sandbox.signicat.com"],
    pkce: "always",
    scopes: ["openid", "profile", "idp-id", "nin", "ftn-extra"],
    spName: "registered",
    meansParameter: "acr_values",
    acrValues: "idp:ftn",
    freshness: { parameter: "prompt", value: "login" },
    authTime: "optional",
    levels: schemes("idp", ["ftn", "sbid"]),
    identities: [
      { claim: "ftn_hetu", types: ["hetu"] },
      { claim: "nin", types: ["hetu"], where: { nin_issuing_country: "FI" } },
      { claim: "nin", types: swedish, where: { nin_issuing_country: "SE" } },
      { claim: "nin", types: ["fodselsnummer"], where: { nin_issuing_country: "NO" } },
      { claim: "ftn_satu", types: ["satu"] },
    ],
    birthDateClaim: "birthdate",
    keySource: "plain",
    means: means.signicat,
  },

  idura: {
    ...generic,
    title: "Idura",
    testHosts: [".test.idura.broker", ".test.criipto.id"],
    requestAudience: "issuer",
    responseMode: "query",
    pkce: "always",
    assertionAudience: "issuer",
    spName: "registered",
    meansParameter: "acr_values",
    acrValues: "urn:grn:authn:fi:all",
    freshness: { parameter: "prompt", value: "login" },
    authTime: "optional",
    levels: schemes("identityscheme", ["fitupas", "sebankid", "nobankid-oidc"]),
    identities: [
      { claim: "hetu", types: ["hetu"], where: { country: "FI" } },
      { claim: "satu", types: ["satu"], where: { country: "FI" } },
      { claim: "ssn", types: swedish, where: { country: "SE" } },
      { claim: "socialno", types: ["fodselsnummer"], where: { country: "NO" } },
    ],
    birthDateClaim: "birthdate",
    encryption: {
      algorithms: ["RSA-OAEP-256", "RSA-OAEP"],
      encodings: ["A128CBC-HS256", "A128GCM", "A256CBC-HS512", "A256GCM"],
    },
    keySource: "plain",
    means: means.idura,
  },

  oidc: {
    ...generic,
    title: "OpenID Connect",
    transport: "parameters",
    pkce: "always",
    spName: "registered",
    meansParameter: null,
    acrValues: null,
    levels: { by: "settings" },
    identities: [],
    birthDateClaim: null,
    encryption: null,
    keySource: "plain",
    entityStatement: null,
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;

/** Schemes that are notified or supervised as substantial; nothing in them tells test from real, so `testHosts` must. */
function schemes(claim: string, names: readonly string[]): Levels {
  const values = Object.fromEntries(names.map((name) => [name, "substantial" as const]));
  return { by: "claim", claim, values: { test: values, production: values } };
}
