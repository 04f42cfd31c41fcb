import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { exportJWK, type JSONWebKeySet, type JWK } from "jose";
import { type Configuration, type errors, type JWKS, type KoaContextWithOIDC, Provider } from "oidc-provider";
import { freePort } from "../harness/free-port.ts";
import { makeBrokerKey } from "./ftn-broker/keys.ts";

const personClaims = {
  "urn:oid:1.2.246.21": "010170-999R",
  "urn:oid:2.5.4.4": "Äyrämö",
  "urn:oid:1.2.246.575.1.14": "Tero Testi",
  "urn:oid:1.3.6.1.5.5.7.9.1": "1970-01-01",
};
const levels = ["http://ftn.ficora.fi/2017/loatest2", "http://ftn.ficora.fi/2017/loatest3"];

/**
 * An identification broker made of the certified OpenID library, so that somebody else judges what we send: signed
 * requests only, clients by their keys, ID tokens signed and encrypted. Its page offers the person, or to cancel.
 */
export async function startLibraryBroker({ redirectUri, ourKeys }: { redirectUri: string; ourKeys: JSONWebKeySet }) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const key = await makeBrokerKey();
  const signing: JWK = { ...(await exportJWK(key.privateKey)), alg: "RS256", use: "sig", kid: key.kid };
  const provider: Provider = new Provider(issuer, {
    ...configuration,
    jwks: { keys: [signing] } as JWKS, // one of RSA, as the library's own type wants it
    clients: [
      {
        client_id: "vahva-test",
        redirect_uris: [redirectUri],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: "RS256",
        jwks: { keys: ourKeys.keys.map((each) => ({ ...each })) } as JWKS, // likewise
        id_token_signed_response_alg: "RS256",
        id_token_encrypted_response_alg: "RSA-OAEP",
        id_token_encrypted_response_enc: "A128CBC-HS256",
        request_object_signing_alg: "RS256",
        require_signed_request_object: true,
      },
    ],
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({
        clientId: oidc.client?.clientId ?? "",
        accountId: oidc.session?.accountId ?? "",
      });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
  });

  const refused: string[] = [];
  const refuse = (_context: KoaContextWithOIDC, { error, error_detail: detail = "" }: errors.OIDCProviderError) =>
    void refused.push(`${error} ${detail}`);
  provider.on("authorization.error", refuse);
  provider.on("grant.error", refuse);

  /** The person's page, and what they press on it. */
  async function interact(request: IncomingMessage, response: ServerResponse, pressed: string | undefined) {
    const { params } = await provider.interactionDetails(request, response);
    if (pressed === undefined) {
      const forms = ["ok", "cancel"].map(
        (name) => `<form method="post" action="${request.url}/${name}"><button>${name}</button></form>`,
      );
      return void response.writeHead(200, { "content-type": "text/html" }).end(forms.join(""));
    }
    const asked = String(params.acr_values ?? "").split(" ");
    const acr = levels.find((level) => asked.includes(level)) ?? "urn:none";
    const login = { accountId: "tero", acr, amr: ["fi-tupas"], remember: false };
    await provider.interactionFinished(
      request,
      response,
      pressed === "cancel" ? { error: "access_denied", error_description: "user cancelled" } : { login },
      { mergeWithLastSubmission: false },
    );
  }
  provider.use(async (context, next) => {
    const [, , pressed] = /^\/ui\/([\w-]+)(?:\/(ok|cancel))?$/.exec(context.path) ?? [];
    if (!context.path.startsWith("/ui/")) return next();
    context.respond = false; // answered by ourselves
    await interact(context.req, context.res, pressed);
  });

  const server = provider.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    issuer,
    /** As an operator would be given it: the library publishes its keys unsigned, so they are handed over. */
    settings: { issuer, clientId: "vahva-test", jwks: { keys: [key.jwk] } },
    /** What it refused, and why. */
    refused,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const configuration: Configuration = {
  acrValues: levels,
  scopes: ["openid"],
  claims: { openid: ["sub", ...Object.keys(personClaims)], acr: null, amr: null, auth_time: null, iss: null },
  // The library would keep claims of scopes for its userinfo endpoint otherwise.
  conformIdTokenClaims: false,
  cookies: { keys: ["a key of the double's"] },
  features: {
    devInteractions: { enabled: false },
    encryption: { enabled: true },
    requestObjects: { enabled: true, requireSignedRequestObject: true },
    userinfo: { enabled: false },
  },
  enabledJWA: {
    idTokenEncryptionAlgValues: ["RSA-OAEP"],
    idTokenEncryptionEncValues: ["A128CBC-HS256"],
    requestObjectSigningAlgValues: ["RS256"],
    clientAuthSigningAlgValues: ["RS256"],
  },
  clientAuthMethods: ["private_key_jwt"],
  pkce: { required: () => true },
  interactions: { url: (_context, { uid }) => `/ui/${uid}` },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...personClaims }) }),
  ttl: { Session: 600, Interaction: 600, Grant: 600, IdToken: 600, AccessToken: 600 },
};
