import { createHash } from "node:crypto";
import { languages } from "../../kernel/language.ts";
import { acrValues } from "../../kernel/strength.ts";
import { claimsOfScopes } from "./claims.ts";
import { scopes } from "./domain/application.ts";
import { paths } from "./engine.ts";
import type { StoredKey } from "./key-store.ts";
import { publicJwk } from "./sync-key.ts";

/** A document that is the same for everybody: made once, told apart by its ETag. */
export type Document = Readonly<{ body: Buffer; etag: string }>;

function documentOf(value: unknown): Document {
  const body = Buffer.from(JSON.stringify(value));
  return { body, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"` };
}

/** The provider's metadata (OpenID Connect Discovery §3, RFC 8414). */
export function discoveryDocument(issuer: string): Document {
  const at = (path: string) => `${issuer}${path}`;
  return documentOf({
    issuer,
    authorization_endpoint: at(paths.authorization),
    token_endpoint: at(paths.token),
    userinfo_endpoint: at(paths.userinfo),
    jwks_uri: at(paths.jwks),
    pushed_authorization_request_endpoint: at(paths.pushed_authorization_request),
    introspection_endpoint: at(paths.introspection),
    revocation_endpoint: at(paths.revocation),
    end_session_endpoint: at(paths.end_session),
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    response_types_supported: ["code"],
    response_modes_supported: ["query", "fragment", "form_post"],
    grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: ["public", "pairwise"],
    id_token_signing_alg_values_supported: ["ES256", "RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    token_endpoint_auth_signing_alg_values_supported: ["ES256", "RS256", "PS256", "EdDSA"],
    scopes_supported: scopes,
    acr_values_supported: acrValues,
    claim_types_supported: ["normal"],
    claims_parameter_supported: true,
    claims_supported: [...new Set(Object.values(claimsOfScopes).flat()), "sid", "iss"],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    ui_locales_supported: languages,
    prompt_values_supported: ["none", "login", "select_account", "consent"],
  });
}

/** The public keys (RFC 7517): those that sign, that will, and that did. */
export const keyDocument = (keys: readonly StoredKey[]): Document => documentOf({ keys: keys.map(publicJwk) });
