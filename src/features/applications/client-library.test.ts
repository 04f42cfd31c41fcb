import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as client from "openid-client";
import { callback, type Ground, openProvider, signInTo } from "../../../test/grounds/provider-ground.ts";

// The same relying-party library that applications use, against every endpoint.

let ground: Ground;
before(async () => {
  ground = await openProvider();
});
after(() => ground.close());

async function relyingParty(settings: object = {}) {
  const registered = await ground.register(settings);
  const config = await client.discovery(
    new URL(ground.origin),
    registered.clientId,
    undefined,
    registered.secret ? client.ClientSecretBasic(registered.secret) : client.None(),
    { execute: [client.allowInsecureRequests] },
  );
  return { config, registered };
}

async function authorize(config: client.Configuration, agent = ground.agent(), wish: Record<string, string> = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: "openid profile email",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
    ...wish,
  });
  const answer = await signInTo(agent, url.href, ground.accountId);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce };
  return { back: new URL(answer.location ?? ""), checks, agent };
}

test("APP-1 a code login, userinfo, refresh, introspection and revocation with openid-client", async () => {
  const { config } = await relyingParty();
  const { back, checks } = await authorize(config);
  const tokens = await client.authorizationCodeGrant(config, back, { ...checks, idTokenExpected: true });
  const claims = tokens.claims();
  assert.equal(claims?.sub, ground.accountId);
  assert.equal(claims?.acr, "aal2");
  assert.deepEqual(claims?.amr, ["pwd", "otp", "mfa"]);
  assert.equal(typeof claims?.auth_time, "number");
  assert.equal(claims?.name, undefined);

  const person = await client.fetchUserInfo(config, tokens.access_token, ground.accountId);
  assert.equal(person.name, "Aino Koivu");
  assert.equal(person.email_verified, true);
  assert.equal(person.roles, undefined);

  const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? "");
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  const seen = await client.tokenIntrospection(config, next.access_token);
  assert.equal(seen.active, true);
  assert.equal(seen.sub, ground.accountId);
  assert.equal((await client.tokenIntrospection(config, next.refresh_token ?? "")).active, true);
  assert.equal((await client.tokenIntrospection(config, "nonsense")).active, false);

  await client.tokenRevocation(config, next.refresh_token ?? "");
  assert.equal((await client.tokenIntrospection(config, next.access_token)).active, false);
});

test("APP-1 a pushed request works once, by the application that pushed it", async () => {
  const { config } = await relyingParty();
  const verifier = client.randomPKCECodeVerifier();
  const url = await client.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: callback,
    scope: "openid",
    state: "pushed",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const agent = ground.agent();
  const answer = await signInTo(agent, url.href, ground.accountId);
  const checks = { pkceCodeVerifier: verifier, expectedState: "pushed" };
  const tokens = await client.authorizationCodeGrant(config, new URL(answer.location ?? ""), checks);
  assert.ok(tokens.id_token);
  const again = await agent.send(url.href);
  assert.ok(!again.location?.includes("code="), again.location ?? "");
});

test("APP-1 ES256 unless the application asks for RS256", async () => {
  const header = (token: string | undefined) =>
    JSON.parse(Buffer.from(token?.split(".")[0] ?? "", "base64url").toString());
  for (const signingAlgorithm of ["ES256", "RS256"]) {
    const { config, registered } = await relyingParty({ signingAlgorithm });
    const metadata = config.serverMetadata();
    const exact = new client.Configuration(
      metadata,
      registered.clientId,
      { id_token_signed_response_alg: signingAlgorithm },
      client.ClientSecretBasic(registered.secret ?? ""),
    );
    client.allowInsecureRequests(exact);
    client.enableNonRepudiationChecks(exact);
    const { back, checks } = await authorize(exact);
    const tokens = await client.authorizationCodeGrant(exact, back, { ...checks, idTokenExpected: true });
    assert.equal(header(tokens.id_token).alg, signingAlgorithm);
  }
});

test("APP-1 private_key_jwt: an assertion counts once", async () => {
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const jwk = await crypto.subtle.exportKey("jwk", publicKey);
  const registered = await ground.register({
    authentication: "private_key_jwt",
    jwks: { keys: [{ ...jwk, alg: "ES256", use: "sig" }] },
    grantTypes: ["client_credentials"],
    scopes: ["email"],
  });
  let sent: URLSearchParams | undefined;
  const config = await client.discovery(
    new URL(ground.origin),
    registered.clientId,
    undefined,
    client.PrivateKeyJwt(privateKey),
    { execute: [client.allowInsecureRequests] },
  );
  config[client.customFetch] = (url, options) => {
    sent = options.body as URLSearchParams; // openid-client posts forms
    return fetch(url, options as RequestInit);
  };
  const tokens = await client.clientCredentialsGrant(config, { scope: "email" });
  assert.equal(tokens.scope, "email");
  const replay = await fetch(`${ground.origin}/token`, { method: "POST", body: new URLSearchParams(sent) });
  assert.equal(replay.status, 401);
  await assert.rejects(client.clientCredentialsGrant(config, { scope: "phone" }), { error: "invalid_scope" });
});

test("APP-3 pairwise subjects differ between sectors, stay the same within one, and tell no account", async () => {
  const subjects: (string | undefined)[] = [];
  for (const redirectUri of [callback, callback, "https://other.example/callback"]) {
    const { config } = await relyingParty({ subjectType: "pairwise", redirectUris: [redirectUri] });
    const { back, checks } = await authorize(config, undefined, { redirect_uri: redirectUri });
    const tokens = await client.authorizationCodeGrant(config, back, { ...checks, idTokenExpected: true });
    const sub = tokens.claims()?.sub ?? "";
    const person = await client.fetchUserInfo(config, tokens.access_token, sub);
    assert.equal(person.sub, sub);
    subjects.push(sub);
  }
  const [first, same, other] = subjects;
  assert.equal(first, same);
  assert.notEqual(first, other);
  assert.ok(!subjects.includes(ground.accountId));
});

test("APP-3 organisation, category and roles come with their own scope; claims come where they are asked for", async () => {
  const { config } = await relyingParty();
  const claims = JSON.stringify({ id_token: { name: null, roles: { essential: true } } });
  const { back, checks } = await authorize(config, undefined, { scope: "openid organisation", claims });
  const tokens = await client.authorizationCodeGrant(config, back, { ...checks, idTokenExpected: true });
  assert.equal(tokens.claims()?.name, "Aino Koivu");
  assert.deepEqual(tokens.claims()?.roles, ["nurse"]);
  const person = await client.fetchUserInfo(config, tokens.access_token, ground.accountId);
  assert.deepEqual(person.organisation, { id: "koivula", name: "Koivula" });
  assert.equal(person.category, "staff");
  assert.equal(person.name, undefined);
});
