import type { BrokerContext, IdentityBroker } from "../../ports/identity-broker.ts";
import { algorithmsOfTheNetwork, publicJwk, publishedJwks, signedJwksPath } from "./federation.ts";
import type { Setup } from "./setup.ts";

type Registration = Awaited<ReturnType<IdentityBroker["registration"]>>;

/** What the broker needs to know of us; what we don't know ourselves is not there. */
export async function registration(setup: Setup, context: BrokerContext): Promise<Registration> {
  const { profile, clientId, spName } = setup;
  const { callbackUrl, keys } = context;
  const publicUrl = context.publicUrl.replace(/\/$/u, "");
  const [algorithm] = profile.encryption?.algorithms ?? [];
  const [encoding] = profile.encryption?.encodings ?? [];
  const metadata = {
    client_id: clientId,
    redirect_uris: [callbackUrl],
    grant_types: ["authorization_code"],
    response_types: ["code"],
    scope: profile.scopes.join(" "),
    token_endpoint_auth_method: profile.clientAuthentication,
    ...(usesOurKeys(setup) && {
      token_endpoint_auth_signing_alg: algorithmsOfTheNetwork.token_endpoint_auth_signing_alg,
    }),
    ...(profile.transport !== "parameters" && {
      require_signed_request_object: true,
      request_object_signing_alg: algorithmsOfTheNetwork.request_object_signing_alg,
    }),
    id_token_signed_response_alg: profile.signatures[0],
    ...(algorithm && { id_token_encrypted_response_alg: algorithm, id_token_encrypted_response_enc: encoding }),
    ...(algorithm && {
      userinfo_signed_response_alg: profile.signatures[0],
      userinfo_encrypted_response_alg: algorithm,
      userinfo_encrypted_response_enc: encoding,
    }),
    ...(spName !== null && { ftn_spname: spName }),
  };
  const values = Object.entries(metadata).map(([name, value]) => [name, wordsOf(value)] as const);
  if (!usesOurKeys(setup)) return { values, documents: [] };
  const jwks = { keys: await publishedJwks(keys) };
  const addresses = [
    ["jwks_uri", `${publicUrl}/eid/jwks.json`],
    ["signed_jwks_uri", `${publicUrl}${signedJwksPath}`],
    ["entity_statement", `${publicUrl}/.well-known/openid-federation`],
  ] as const;
  const isOfTheNetwork = profile.keySource === "signed";
  const documents = [
    { name: "client-metadata.json", content: write({ ...metadata, jwks, client_secret: null }) },
    { name: "jwks.json", content: write(jwks) },
  ];
  if (!isOfTheNetwork) return { values: [...values, addresses[0]], documents };
  const entityKey = { name: "entity-key.json", content: write(publicJwk(await keys.entity(), "sig")) };
  return { values: [...values, ...addresses], documents: [...documents, entityKey] };
}

/** Whether anything is signed or decrypted by keys of ours. */
export const usesOurKeys = ({ profile }: Setup): boolean =>
  profile.clientAuthentication === "private_key_jwt" || profile.encryption !== null;

const wordsOf = (value: unknown): string => (Array.isArray(value) ? value.join(" ") : String(value));

const write = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
