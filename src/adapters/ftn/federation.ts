import { createPrivateKey, createPublicKey } from "node:crypto";
import { type JWK, SignJWT } from "jose";
import { between, days, type Instant, plus } from "../../kernel/time.ts";
import type { RelyingPartyKey, RelyingPartyKeys } from "../../ports/identity-broker.ts";

/** Where our signed key set is, below `publicUrl`. */
export const signedJwksPath = "/eid/jwks.jwt";

/**
 * Who we are, as brokers of the Finnish Trust Network read it (OpenID Federation as a file format, without chains). It
 * is dated by the entity key, not by now, so that a broker that keeps its hash finds the same bytes each time.
 */
export async function entityStatement({
  publicUrl,
  keys,
  redirectUris,
  organisationName,
  now,
}: {
  publicUrl: string;
  keys: RelyingPartyKeys;
  redirectUris: readonly string[];
  organisationName: string;
  now: Instant;
}): Promise<string> {
  const entity = await keys.entity();
  const issuer = withoutSlash(publicUrl);
  const term = days(5 * 365);
  const terms = Math.max(0, Math.floor(between(entity.createdAt, now) / term));
  const begins = plus(entity.createdAt, terms * term);
  const party = {
    redirect_uris: redirectUris,
    application_type: "web",
    ...algorithmsOfTheNetwork,
    client_registration_types: [],
    organization_name: organisationName,
    signed_jwks_uri: `${issuer}${signedJwksPath}`,
  };
  const statement = { jwks: { keys: [publicJwk(entity, "sig")] }, metadata: { openid_relying_party: party } };
  return sign(statement, { entity, type: "entity-statement+jwt", issuer, from: begins, until: plus(begins, term) });
}

/** What every broker of the network demands of us and can do (M72B), in the names of client registration. */
export const algorithmsOfTheNetwork = {
  request_object_signing_alg: "RS256",
  token_endpoint_auth_method: "private_key_jwt",
  token_endpoint_auth_signing_alg: "RS256",
  id_token_signed_response_alg: "RS256",
  id_token_encrypted_response_alg: "RSA-OAEP",
  id_token_encrypted_response_enc: "A128CBC-HS256",
} as const;

/** Our published keys, signed by the entity key; for a day. */
export async function signedJwks({
  publicUrl,
  keys,
  now,
}: {
  publicUrl: string;
  keys: RelyingPartyKeys;
  now: Instant;
}): Promise<string> {
  const entity = await keys.entity();
  const set = { keys: await publishedJwks(keys) };
  const issuer = withoutSlash(publicUrl);
  return sign(set, { entity, type: "jwk-set+jwt", issuer, from: now, until: plus(now, days(1)) });
}

/** The same keys, plain (RFC 7517). */
export const plainJwks = async ({ keys }: { keys: RelyingPartyKeys }): Promise<string> =>
  JSON.stringify({ keys: await publishedJwks(keys) });

/** Public parts of what is published now. */
export const publishedJwks = async (keys: RelyingPartyKeys): Promise<readonly JWK[]> =>
  (await keys.published()).map((key) => publicJwk(key, key.use));

/** The public part of `key`. An encryption key names no algorithm, as brokers choose between two. */
export function publicJwk({ kid, privateKey }: RelyingPartyKey, use: "sig" | "enc"): JWK {
  const { kty = "", n = "", e = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  return { kty, n, e, kid, use, ...(use === "sig" && { alg: "RS256" }) };
}

const sign = (
  payload: Readonly<Record<string, unknown>>,
  {
    entity,
    type,
    issuer,
    from,
    until,
  }: { entity: RelyingPartyKey; type: string; issuer: string; from: Instant; until: Instant },
): Promise<string> =>
  new SignJWT({ ...payload })
    .setProtectedHeader({ alg: "RS256", typ: type, kid: entity.kid })
    .setIssuer(issuer)
    .setSubject(issuer)
    .setIssuedAt(from)
    .setExpirationTime(until)
    .sign(createPrivateKey(entity.privateKey));

const withoutSlash = (url: string): string => url.replace(/\/$/u, "");
