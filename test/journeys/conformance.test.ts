import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from "jose";
import type { Agent, Answer } from "../browser-agent.ts";
import {
  authorizeUrl,
  type Client,
  callback,
  codeOf,
  exchange,
  makePkce,
  openProvider,
  post,
  refresh,
  signInTo,
  type Tokens,
  type Wish,
} from "../provider-ground.ts";
import { freePort } from "../provider-host.ts";

// The modules of the OpenID Foundation's conformance suite, which itself needs Java and MongoDB, by their names: the
// plans Basic OP, Config OP, RP-Initiated Logout OP and Back-Channel Logout OP.

/** What is tested: a running service, and ways to sign in and to register that are its own. */
type Subject = {
  origin: string;
  accountId: string;
  agent(): Agent;
  register(settings?: object): Promise<Client>;
  /** From an authorization request to the application's redirect, signing in where the service asks for it. */
  signIn(agent: Agent, url: string): Promise<Answer>;
  close(): Promise<void>;
};

async function openSubject(): Promise<Subject> {
  const ground = await openProvider();
  return { ...ground, signIn: (agent, url) => signInTo(agent, url, ground.accountId) };
}

let op: Subject;
let client: Client;
const signedOut = "https://app.example/signed-out";
before(async () => {
  op = await openSubject();
  client = await op.register({ legacy: true });
});
after(() => op.close());

const withoutPkce = { code_challenge: "", code_challenge_method: "" };
const request = (wish: Wish = {}, app = client) => authorizeUrl(app, "", { ...withoutPkce, ...wish });
const authorize = (wish: Wish = {}, agent = op.agent(), app = client) => op.signIn(agent, request(wish, app));
const redeem = (answer: Answer, app = client) => exchange(op.origin, app, codeOf(answer), "");
const errorOf = (answer: Answer) => new URL(answer.location ?? "about:blank").searchParams.get("error");

async function verified(tokens: Tokens, app = client): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${op.origin}/jwks`));
  const options = { issuer: op.origin, audience: app.clientId };
  const { payload, protectedHeader } = await jwtVerify(tokens.id_token ?? "", keys, options);
  assert.ok(protectedHeader.kid);
  return payload;
}

const userinfo = async (tokens: Tokens, init: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  const response = await fetch(`${op.origin}/userinfo`, { headers, ...init });
  assert.equal(response.status, 200);
  return (await response.json()) as Record<string, unknown>;
};

// Basic OP

test("oidcc-server", async () => {
  const answer = await authorize();
  const back = new URL(answer.location ?? "");
  assert.equal(back.searchParams.get("state"), "state-1");
  assert.equal(back.searchParams.get("iss"), op.origin);
  const tokens = await redeem(answer);
  assert.equal(tokens.token_type, "Bearer");
  assert.ok(Number(tokens.expires_in) > 0);
  const claims = await verified(tokens);
  assert.equal(claims.nonce, "nonce-1");
  assert.equal(claims.sub, op.accountId);
  assert.ok((claims.exp ?? 0) > (claims.iat ?? 0));
});

test("oidcc-response-type-missing", async () => {
  assert.equal(errorOf(await op.agent().send(request({ response_type: "" }))), "invalid_request");
});

test("oidcc-idtoken-signature", async () => {
  for (const signingAlgorithm of ["ES256", "RS256"]) {
    const app = await op.register({ legacy: true, signingAlgorithm });
    assert.ok(await verified(await redeem(await authorize({}, op.agent(), app), app), app));
  }
});

test("oidcc-userinfo-get oidcc-userinfo-post-header oidcc-userinfo-post-body", async () => {
  const tokens = await redeem(await authorize());
  assert.equal((await userinfo(tokens)).sub, op.accountId);
  const authorization = `Bearer ${tokens.access_token}`;
  assert.equal((await userinfo(tokens, { method: "POST", headers: { authorization } })).sub, op.accountId);
  const body = new URLSearchParams({ access_token: tokens.access_token ?? "" });
  assert.equal((await userinfo(tokens, { method: "POST", headers: {}, body })).sub, op.accountId);
});

test("oidcc-ensure-request-without-nonce-succeeds-for-code-flow", async () => {
  assert.equal((await verified(await redeem(await authorize({ nonce: "" })))).nonce, undefined);
});

test("oidcc-scope-profile oidcc-scope-email oidcc-scope-address oidcc-scope-phone oidcc-scope-all oidcc-ensure-other-scope-order-succeeds", async () => {
  const expected: [string, string[]][] = [
    ["openid profile", ["name", "given_name", "family_name", "preferred_username", "locale"]],
    ["openid email", ["email", "email_verified"]],
    ["openid address", []],
    ["openid phone", ["phone_number"]],
    ["openid profile email address phone", ["name", "email", "phone_number"]],
    ["email openid", ["email", "email_verified"]],
  ];
  for (const [scope, claims] of expected) {
    const told = await userinfo(await redeem(await authorize({ scope })));
    assert.equal(told.sub, op.accountId);
    for (const claim of claims) assert.ok(claim in told, `${scope}: ${claim}`);
    if (!scope.includes("email")) assert.ok(!("email" in told), scope);
  }
});

test("oidcc-display-page oidcc-display-popup oidcc-ui-locales oidcc-claims-locales oidcc-login-hint oidcc-ensure-request-with-unknown-parameter-succeeds oidcc-ensure-request-with-acr-values-succeeds", async () => {
  const wishes = [
    { display: "page" },
    { display: "popup" },
    { ui_locales: "se" },
    { claims_locales: "se" },
    { login_hint: "bob@example.com" },
    { extra: "foobar" },
    { acr_values: "1 2" },
    { acr_values: "aal2" },
  ];
  for (const wish of wishes) assert.equal((await redeem(await authorize(wish))).status, 200, JSON.stringify(wish));
});

test("oidcc-prompt-login", async () => {
  const agent = op.agent();
  const first = await verified(await redeem(await authorize({}, agent)));
  await pause(1_100);
  const again = await verified(await redeem(await authorize({ prompt: "login" }, agent)));
  assert.ok(Number(again.auth_time) > Number(first.auth_time));
});

test("oidcc-prompt-none-not-logged-in oidcc-prompt-none-logged-in", async () => {
  const agent = op.agent();
  assert.equal(errorOf(await agent.send(request({ prompt: "none" }))), "login_required");
  const first = await verified(await redeem(await authorize({}, agent)));
  const silent = await verified(await redeem(await agent.send(request({ prompt: "none" }))));
  assert.equal(silent.sub, first.sub);
  assert.equal(silent.auth_time, first.auth_time);
});

test("oidcc-max-age-1 oidcc-max-age-10000", async () => {
  const agent = op.agent();
  const first = await verified(await redeem(await authorize({}, agent)));
  await pause(2_100);
  const same = await verified(await redeem(await agent.send(request({ max_age: "10000" }))));
  assert.equal(same.auth_time, first.auth_time);
  const anew = await verified(await redeem(await authorize({ max_age: "1" }, agent)));
  assert.ok(Number(anew.auth_time) > Number(first.auth_time));
});

test("oidcc-id-token-hint", async () => {
  const agent = op.agent();
  const tokens = await redeem(await authorize({}, agent));
  const hinted = await agent.send(request({ prompt: "none", id_token_hint: tokens.id_token ?? "" }));
  assert.equal((await verified(await redeem(hinted))).sub, op.accountId);
});

test("oidcc-codereuse oidcc-codereuse-30seconds", async () => {
  const answer = await authorize();
  const tokens = await redeem(answer);
  await userinfo(tokens);
  assert.equal((await redeem(answer)).error, "invalid_grant");
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  assert.equal((await fetch(`${op.origin}/userinfo`, { headers })).status, 401);
});

test("oidcc-ensure-registered-redirect-uri", async () => {
  const answer = await op.agent().send(request({ redirect_uri: `${callback}/unregistered` }));
  assert.equal(answer.location, null);
  assert.equal(answer.status, 400);
});

test("oidcc-ensure-post-request-succeeds", async () => {
  const [path = "", query = ""] = request().split("?");
  const agent = op.agent();
  const posted = await agent.send(path, { method: "POST", body: new URLSearchParams(query) });
  assert.equal((await redeem(await op.signIn(agent, posted.location ?? ""))).status, 200);
});

test("oidcc-server-client-secret-post", async () => {
  const app = await op.register({ legacy: true, authentication: "client_secret_post" });
  const body = {
    client_id: app.clientId,
    client_secret: app.secret ?? "",
    grant_type: "authorization_code",
    redirect_uri: callback,
    code: codeOf(await authorize({}, op.agent(), app)),
  };
  assert.equal((await post(op.origin, "/token", null, body)).status, 200);
});

test("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported oidcc-ensure-request-object-with-redirect-uri", async () => {
  const json = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const object = `${json({ alg: "none" })}.${json({ redirect_uri: "https://evil.example/" })}.`;
  assert.equal(errorOf(await op.agent().send(request({ request: object }))), "request_not_supported");
  const uri = { request_uri: "https://app.example/request.jwt" };
  assert.equal(errorOf(await op.agent().send(request(uri))), "request_uri_not_supported");
});

test("oidcc-claims-essential", async () => {
  const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
  assert.equal((await userinfo(await redeem(await authorize({ scope: "openid", claims })))).name, "Aino Koivu");
});

test("oidcc-refresh-token", async () => {
  const tokens = await redeem(await authorize());
  const other = await op.register();
  assert.equal((await refresh(op.origin, other, tokens.refresh_token)).error, "invalid_grant");
  const next = await refresh(op.origin, client, tokens.refresh_token);
  const [before, after] = [await verified(tokens), await verified(next)];
  for (const name of ["iss", "sub", "aud", "auth_time", "azp"]) assert.deepEqual(after[name], before[name], name);
  assert.ok(Number(after.iat) >= Number(before.iat));
});

test("oidcc-ensure-request-with-valid-pkce-succeeds", async () => {
  const { verifier, challenge } = makePkce();
  const answer = await op.signIn(op.agent(), authorizeUrl(client, challenge));
  assert.equal((await exchange(op.origin, client, codeOf(answer), verifier)).status, 200);
});

// Config OP

test("oidcc-discovery-endpoint-verification oidcc-rp-initiated-logout-discovery-endpoint-verification oidcc-backchannel-logout-discovery-endpoint-verification", async () => {
  const response = await fetch(`${op.origin}/.well-known/openid-configuration`);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  const metadata = (await response.json()) as Record<string, unknown>;
  assert.equal(metadata.issuer, op.origin);
  for (const name of ["authorization", "token", "userinfo", "introspection", "revocation", "end_session"])
    assert.equal(new URL(String(metadata[`${name}_endpoint`])).origin, op.origin, name);
  assert.ok([metadata.id_token_signing_alg_values_supported].flat().includes("RS256"));
  assert.equal(metadata.backchannel_logout_supported, true);
  assert.equal(metadata.backchannel_logout_session_supported, true);
  const { keys } = (await (await fetch(String(metadata.jwks_uri))).json()) as { keys: Record<string, string>[] };
  assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length);
  for (const key of keys) assert.ok(key.kid && key.alg && key.use === "sig" && !("d" in key) && !("p" in key));
});

// RP-Initiated Logout OP

async function signedIn(app = client) {
  const agent = op.agent();
  const tokens = await redeem(await authorize({}, agent, app), app);
  return { agent, hint: tokens.id_token ?? "" };
}
const signOut = (agent: Agent, wish: Wish) => agent.send(`/sign-out?${new URLSearchParams(wish)}`);
const isSignedIn = async (agent: Agent) => errorOf(await agent.send(request({ prompt: "none" }))) === null;

/** Answers the page that asks, as a person who says yes. */
async function confirm(agent: Agent, page: Answer): Promise<Answer> {
  assert.equal(page.status, 200);
  const found = page.text.matchAll(/name="([^"]+)" value="([^"]*)"/g);
  const fields = [...found].map(([, name = "", value = ""]): [string, string] => [name, value]);
  return agent.send("/sign-out/confirm", { method: "POST", body: new URLSearchParams(fields) });
}

test("oidcc-rp-initiated-logout oidcc-rp-initiated-logout-no-state", async () => {
  for (const state of ["s1", ""]) {
    const { agent, hint } = await signedIn();
    const wish = { id_token_hint: hint, post_logout_redirect_uri: signedOut, ...(state && { state }) };
    const answer = await signOut(agent, wish);
    assert.equal(answer.location, state ? `${signedOut}?state=s1` : signedOut);
    assert.equal(await isSignedIn(agent), false);
  }
});

test("oidcc-rp-initiated-logout-bad-id-token-hint oidcc-rp-initiated-logout-modified-id-token-hint", async () => {
  const { agent, hint } = await signedIn();
  const [header, , signature] = hint.split(".");
  const payload = Buffer.from(JSON.stringify({ iss: op.origin, aud: client.clientId, sub: "x" })).toString("base64url");
  for (const bad of ["bad", `${header}.${payload}.${signature}`]) {
    const answer = await signOut(agent, { id_token_hint: bad, post_logout_redirect_uri: signedOut, state: "s" });
    assert.equal(answer.location, null);
    assert.equal(answer.status, 400);
  }
});

test("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri", async () => {
  const { agent, hint } = await signedIn();
  for (const uri of ["https://evil.example/", `${signedOut}?foo=bar`]) {
    const answer = await signOut(agent, { id_token_hint: hint, post_logout_redirect_uri: uri });
    assert.equal(answer.location, null);
    assert.equal(answer.status, 400);
  }
});

test("oidcc-rp-initiated-logout-no-id-token-hint oidcc-rp-initiated-logout-no-post-logout-redirect-uri oidcc-rp-initiated-logout-only-state oidcc-rp-initiated-logout-no-params", async () => {
  const own = `${op.origin}/sign-out/success`;
  for (const wish of [{ post_logout_redirect_uri: signedOut, state: "s" }, { state: "s" }, {}]) {
    const { agent } = await signedIn();
    const answer = await confirm(agent, await signOut(agent, wish));
    assert.equal(answer.location, own);
    assert.equal(await isSignedIn(agent), false);
  }
  const { agent, hint } = await signedIn();
  const answer = await signOut(agent, { id_token_hint: hint, state: "s" });
  assert.ok(answer.location?.startsWith(own));
});

// Back-Channel Logout OP

test("oidcc-backchannel-rp-initiated-logout", async () => {
  const port = await freePort();
  const told: Promise<string> = new Promise((resolve) => {
    const server = createServer((incoming, response) => {
      let body = "";
      incoming.on("data", (chunk) => {
        body += chunk;
      });
      incoming.on("end", () => {
        response.end();
        server.close();
        resolve(new URLSearchParams(body).get("logout_token") ?? "");
      });
    }).listen(port, "127.0.0.1");
  });
  const app = await op.register({ legacy: true, backchannelLogoutUri: `http://127.0.0.1:${port}/` });
  const { agent, hint } = await signedIn(app);
  await signOut(agent, { id_token_hint: hint });
  const keys = createRemoteJWKSet(new URL(`${op.origin}/jwks`));
  const { payload } = await jwtVerify(await told, keys, { issuer: op.origin, audience: app.clientId });
  assert.equal(payload.sub, op.accountId);
  assert.ok(payload.sid && payload.jti && payload.events);
  assert.equal(payload.nonce, undefined);
});

const pause = (length: number) => new Promise((resolve) => setTimeout(resolve, length));
