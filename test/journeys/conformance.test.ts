import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Conformance, errorOf, openConformance } from "../grounds/conformance.ts";
import { authorizeUrl, callback, codeOf, exchange, makePkce, post, refresh } from "../grounds/provider-ground.ts";

let op: Conformance;
let client: Conformance["client"];
let request: Conformance["request"];
let authorize: Conformance["authorize"];
let redeem: Conformance["redeem"];
let verified: Conformance["verified"];
let userinfo: Conformance["userinfo"];
before(async () => {
  op = await openConformance();
  ({ client, request, authorize, redeem, verified, userinfo } = op);
});
after(() => op.close());

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

const pause = (length: number) => new Promise((resolve) => setTimeout(resolve, length));
