import { type JWTPayload, SignJWT } from "jose";
import { languages } from "../../../kernel/language.ts";
import { days, plus } from "../../../kernel/time.ts";
import { algorithms, type BankAddresses, demoLevel } from "./addresses.ts";
import { type BankKey, bankKeys, type KeyDeps } from "./keys.ts";

/** What the bank publishes about itself. */
export function makeDocuments(deps: KeyDeps & { addresses: BankAddresses }) {
  const { addresses, clock } = deps;
  const { issuer } = addresses;

  const metadata = {
    issuer,
    authorization_endpoint: addresses.authorize,
    token_endpoint: addresses.token,
    signed_jwks_uri: addresses.signedKeys,
    organization_name: "Demo bank (not a real bank)",
    scopes_supported: ["openid"],
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code"],
    subject_types_supported: ["pairwise"],
    acr_values_supported: [demoLevel],
    ui_locales_supported: languages,
    request_parameter_supported: true,
    request_uri_parameter_supported: false,
    require_signed_request_object: true,
    request_object_signing_alg_values_supported: [algorithms.signature],
    token_endpoint_auth_methods_supported: ["private_key_jwt"],
    token_endpoint_auth_signing_alg_values_supported: [algorithms.signature],
    id_token_signing_alg_values_supported: [algorithms.signature],
    id_token_encryption_alg_values_supported: [algorithms.keyEncryption],
    id_token_encryption_enc_values_supported: [algorithms.contentEncryption],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
  };

  const sign = (payload: JWTPayload, typ: string, { kid, privateKey }: BankKey): Promise<string> => {
    const now = clock.now();
    return new SignJWT(payload)
      .setProtectedHeader({ alg: algorithms.signature, typ, kid })
      .setIssuer(issuer)
      .setSubject(issuer)
      .setIssuedAt(now)
      .setExpirationTime(plus(now, days(1)))
      .sign(privateKey);
  };

  return {
    /** OpenID Connect Discovery §3 */
    discovery: () => metadata,
    /** Who the bank is, signed by its entity key (OpenID Federation, the file format only). */
    async entityStatement(): Promise<string> {
      const { entity } = await bankKeys(deps);
      const payload = { jwks: { keys: [entity.publicJwk] }, metadata: { openid_provider: metadata } };
      return sign(payload, "entity-statement+jwt", entity);
    },
    /** The keys of its ID tokens, signed by its entity key. */
    async signedKeys(): Promise<string> {
      const { entity, signing } = await bankKeys(deps);
      return sign({ keys: [signing.publicJwk] }, "jwk-set+jwt", entity);
    },
  };
}
