/**
 * What brokers have of their own over what the Finnish Trust Network has in common: addresses, who a message must be
 * for, how a means is chosen, and their words for errors.
 */
export type Surface = Readonly<{
  issuer: string;
  paths: Readonly<{
    authorize: string;
    token: string;
    entityStatement?: string;
    signedJwks?: string;
    jwks?: string;
    discovery?: readonly string[];
    selector?: string;
    maintenance?: string;
  }>;
  /** Besides `request`: which parameters of the query may, or must, be there; null where nothing is signed. */
  beside: "ignored" | "client_id" | null;
  posts: boolean;
  /** Who a request object and a client assertion are for: a part of the address, or all of it. */
  requestAudience: string;
  assertionAudience: string | string[];
  assertionKid: boolean;
  assertionMinutes: number;
  scopes: Readonly<{ needed: readonly string[]; allowed: readonly string[] }>;
  chosenBy: "acr_values" | "ftn_idp_id" | null;
  /** Identifiers of means, and their countries. */
  means: Readonly<Record<string, "FI" | "SE" | "EE">>;
  /** Values of `acr_values` that leave the choice to a list of the broker's own. */
  lists: Readonly<Record<string, readonly string[]>>;
  /** Whether a level can be asked for, which leaves the choice open too. */
  asksLevel: boolean;
  signedJwksType: "jwk-set+jwt" | "JWS";
  /** Null: the ID token is signed, and not encrypted. */
  encryption: Readonly<{ alg: "RSA-OAEP" | "RSA-OAEP-256"; enc: "A128CBC-HS256" | "A128GCM" | "A256GCM" }> | null;
  audience: "array" | "string";
  /** Says in every answer whose it is (RFC 9207), and that it does in its metadata. */
  namesIssuer: boolean;
  cancel: "access_denied" | "cancel";
  errors: "oauth" | "op";
  codeBytes: number;
  expiresIn: number;
}>;

export type Profile = "telia" | "op" | "signicat" | "idura" | "generic" | "oidc";

const finnishBanks = Object.fromEntries(
  ["fi-op", "fi-nordea", "fi-danske-bank", "fi-aktia", "fi-s-pankki", "fi-mobiilivarmenne"].map(
    (id) => [id, "FI"] as const,
  ),
);

/** Of Telia's guide: the emulator is of the test environment alone, and Swedish BankID is ordered by name. */
const teliaMeans = {
  "mpki.telia.1": "FI",
  "mpki.telia.emulator.1": "FI",
  "oidc.aktia.1": "FI",
  "oidc.alandsbanken.1": "FI",
  "oidc.danskebank.1": "FI",
  "oidc.nordea.1": "FI",
  "oidc.omasp.1": "FI",
  "saml.op.1": "FI",
  "oidc.pop.1": "FI",
  "oidc.sp.1": "FI",
  "oidc.spankki.1": "FI",
  "oidc.hightrust.id.1": "FI",
  "oidc.vahva.bankidse.1": "SE",
  "oidc.sk.1": "EE",
} as const;

/** The surface of each profile, at an origin. */
export const surfaces: Readonly<Record<Profile, (origin: string) => Surface>> = {
  telia: (origin) => ({
    issuer: `${origin}/uas`,
    paths: {
      authorize: "/uas/oauth2/authorization",
      token: "/uas/oauth2/token",
      entityStatement: "/.well-known/openid-federation",
      signedJwks: "/openid_provider/signed_jwks.jwt",
      jwks: "/uas/oauth2/metadata.jwks",
      discovery: ["/uas/.well-known/openid-configuration", "/uas/.well-known/oauth-authorization-server"],
      maintenance: "/uas/resource/maintenance.txt",
    },
    beside: "ignored",
    posts: false,
    requestAudience: `${origin}/uas`,
    assertionAudience: `${origin}/uas/oauth2/token`,
    assertionKid: false,
    assertionMinutes: 60,
    scopes: { needed: ["openid"], allowed: ["openid"] },
    chosenBy: "acr_values",
    means: teliaMeans,
    lists: {},
    asksLevel: true,
    signedJwksType: "jwk-set+jwt",
    encryption: { alg: "RSA-OAEP", enc: "A128CBC-HS256" },
    audience: "array",
    namesIssuer: false,
    cancel: "access_denied",
    errors: "oauth",
    codeBytes: 525,
    expiresIn: 600,
  }),
  op: (origin) => ({
    issuer: origin,
    paths: {
      authorize: "/oauth/authorize",
      token: "/oauth/token",
      entityStatement: "/.well-known/openid-federation",
      signedJwks: "/jwks/broker-signed",
      selector: "/api/embedded-ui/",
    },
    beside: "ignored",
    posts: true,
    requestAudience: `${origin}/oauth/authorize`,
    assertionAudience: `${origin}/oauth/token`,
    assertionKid: true,
    assertionMinutes: 60,
    scopes: {
      needed: ["openid", "personal_identity_code", "weak"],
      allowed: ["openid", "personal_identity_code", "profile", "weak"],
    },
    chosenBy: "ftn_idp_id",
    means: finnishBanks,
    lists: {},
    asksLevel: false,
    signedJwksType: "JWS",
    encryption: { alg: "RSA-OAEP", enc: "A128CBC-HS256" },
    audience: "string",
    namesIssuer: false,
    cancel: "cancel",
    errors: "op",
    codeBytes: 32,
    expiresIn: 3600,
  }),
  idura: (origin) => ({
    issuer: origin,
    paths: {
      authorize: "/oauth2/authorize",
      token: "/oauth2/token",
      jwks: "/.well-known/jwks",
      discovery: ["/.well-known/openid-configuration"],
    },
    beside: "client_id",
    posts: false,
    requestAudience: origin,
    assertionAudience: origin,
    assertionKid: true,
    assertionMinutes: 5,
    scopes: { needed: ["openid"], allowed: ["openid", "evidence"] },
    chosenBy: "acr_values",
    means: {
      "urn:grn:authn:fi:bankid": "FI",
      "urn:grn:authn:fi:mobile-id": "FI",
      "urn:grn:authn:se:bankid": "SE",
      "urn:grn:authn:se:bankid:same-device": "SE",
      "urn:grn:authn:se:bankid:another-device:qr": "SE",
    },
    lists: { "urn:grn:authn:fi:all": ["urn:grn:authn:fi:bankid", "urn:grn:authn:fi:mobile-id"] },
    asksLevel: false,
    signedJwksType: "jwk-set+jwt",
    encryption: { alg: "RSA-OAEP-256", enc: "A256GCM" },
    audience: "string",
    namesIssuer: false,
    cancel: "access_denied",
    errors: "oauth",
    codeBytes: 32,
    expiresIn: 600,
  }),
  signicat: (origin) => ({
    issuer: `${origin}/auth/open`,
    paths: {
      authorize: "/auth/open/connect/authorize",
      token: "/auth/open/connect/token",
      jwks: "/auth/open/.well-known/openid-configuration/jwks",
      discovery: ["/auth/open/.well-known/openid-configuration"],
    },
    beside: "client_id",
    posts: false,
    requestAudience: `${origin}/auth/open`,
    assertionAudience: `${origin}/auth/open/connect/token`,
    assertionKid: true,
    assertionMinutes: 60,
    scopes: {
      needed: ["openid", "nin"],
      allowed: ["openid", "profile", "idp-id", "nin", "ftn-extra"],
    },
    chosenBy: "acr_values",
    means: { "idp:sbid": "SE" },
    lists: { "idp:ftn": Object.keys(finnishBanks) },
    asksLevel: false,
    signedJwksType: "jwk-set+jwt",
    encryption: { alg: "RSA-OAEP-256", enc: "A256GCM" },
    audience: "string",
    namesIssuer: false,
    cancel: "access_denied",
    errors: "oauth",
    codeBytes: 32,
    expiresIn: 600,
  }),
  generic: (origin) => ({
    issuer: origin,
    paths: {
      authorize: "/authorize",
      token: "/token",
      entityStatement: "/.well-known/openid-federation",
      signedJwks: "/signed-jwks.jwt",
      discovery: ["/.well-known/openid-configuration"],
    },
    beside: "client_id",
    posts: false,
    requestAudience: origin,
    assertionAudience: `${origin}/token`,
    assertionKid: true,
    assertionMinutes: 60,
    scopes: { needed: ["openid"], allowed: ["openid"] },
    chosenBy: "ftn_idp_id",
    means: { ...finnishBanks, "se-bankid": "SE", "eu-eidas": "EE" },
    lists: {},
    asksLevel: true,
    signedJwksType: "jwk-set+jwt",
    encryption: { alg: "RSA-OAEP", enc: "A128CBC-HS256" },
    audience: "array",
    namesIssuer: true,
    cancel: "access_denied",
    errors: "oauth",
    codeBytes: 32,
    expiresIn: 600,
  }),
  oidc: (origin) => ({
    issuer: origin,
    paths: {
      authorize: "/authorize",
      token: "/token",
      jwks: "/jwks.json",
      discovery: ["/.well-known/openid-configuration"],
    },
    beside: null,
    posts: false,
    requestAudience: origin,
    assertionAudience: [origin, `${origin}/token`],
    assertionKid: true,
    assertionMinutes: 60,
    scopes: { needed: ["openid"], allowed: ["openid", "profile", "email"] },
    chosenBy: null,
    means: {},
    lists: {},
    asksLevel: false,
    signedJwksType: "jwk-set+jwt",
    encryption: null,
    audience: "string",
    namesIssuer: true,
    cancel: "access_denied",
    errors: "oauth",
    codeBytes: 32,
    expiresIn: 600,
  }),
};
