// What Vahva is measured against: oidc-provider as it comes, its keys in WebCrypto, its storage one jsonb table, its
// people and applications in memory. Signing in is a password and nothing else: no page, audit, throttle or message.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { verify } from "@node-rs/argon2";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";
import pg from "pg";
import { bareClient, scope } from "../parties/application.ts";
import { takeOrders } from "./orders.ts";
import { makePlainAdapter, plainTable } from "./plain-adapter.ts";

const { DATABASE_URL, BARE_PORT, BARE_HASH = "" } = process.env;
const origin = `http://localhost:${BARE_PORT}`;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query(plainTable);

const { privateKey } = await generateKeyPair("ES256", { extractable: true });
const { clientId, secret, callback } = bareClient;
const provider = new Provider(origin, {
  adapter: makePlainAdapter(pool),
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: "ES256", use: "sig", kid: "bench" }] },
  clients: [
    {
      client_id: clientId,
      client_secret: secret,
      redirect_uris: [callback],
      grant_types: ["authorization_code", "refresh_token", "client_credentials"],
      id_token_signed_response_alg: "ES256",
      scope,
    },
  ],
  cookies: { keys: ["a key that signs the cookies of a benchmark"] },
  claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
    resourceIndicators: { enabled: false },
  },
  ttl: {
    AccessToken: 600,
    ClientCredentials: 600,
    Grant: 86_400,
    IdToken: 600,
    Interaction: 3600,
    RefreshToken: 86_400,
    Session: 86_400,
  },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  findAccount: (_ctx, accountId) => ({
    accountId,
    claims: async () => ({ sub: accountId, name: "Aino Virtanen", email: "aino@koivula.example" }),
  }),
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
});
provider.on("server_error", (_ctx, error) => console.error(error));

/** GET is the page; POST the password, of the account that the form names. */
async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params, prompt } = await provider.interactionDetails(request, response);
  if (request.method === "GET") return void response.end(prompt.name);
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const form = new URLSearchParams(body);
  if (!(await verify(BARE_HASH, form.get("password") ?? ""))) return void response.writeHead(403).end();
  const accountId = form.get("username") ?? "";
  const grant = new provider.Grant({ accountId, clientId: String(params.client_id) });
  grant.addOIDCScope(scope);
  await provider.interactionFinished(request, response, {
    login: { accountId },
    consent: { grantId: await grant.save() },
  });
}

const callbackOf = provider.callback();
const server = createServer((request, response) => {
  if (!request.url?.startsWith("/interaction/")) return void callbackOf(request, response);
  interact(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
});
server.listen(Number(BARE_PORT), "localhost");
await once(server, "listening");
takeOrders({
  origin,
  pool,
  close: async () => {
    server.close();
    server.closeAllConnections();
    await pool.end();
  },
});
