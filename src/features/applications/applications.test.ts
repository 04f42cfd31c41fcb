import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  authorizeUrl,
  callback,
  codeOf,
  exchange,
  type Ground,
  makePkce,
  openProvider,
  post,
  signInTo,
  tokensFor,
} from "../../../test/grounds/provider-ground.ts";
import { eventually } from "../../../test/harness/eventually.ts";

let ground: Ground;
before(async () => {
  ground = await openProvider();
});
after(() => ground.close());

const by = { actor: "operator" as const };
const base = { name: { en: "Wiki" }, redirectUris: [callback] };

test("APP-2 what can't work or would be unsafe is refused, field by field", async () => {
  const refused: [string, object][] = [
    ["name", { ...base, name: {} }],
    ["redirectUris", { ...base, redirectUris: [] }],
    ["redirectUris", { ...base, redirectUris: ["http://app.example/callback"] }],
    ["redirectUris", { ...base, redirectUris: ["https://*.app.example/callback"] }],
    ["redirectUris", { ...base, redirectUris: ["https://app.example/callback#x"] }],
    ["redirectUris", { ...base, redirectUris: ["https://user@app.example/callback"] }],
    ["redirectUris", { ...base, redirectUris: ["javascript:alert(1)"] }],
    ["redirectUris", { ...base, redirectUris: ["com.example.app:/callback"] }],
    ["redirectUris", { ...base, type: "native", authentication: "none", redirectUris: ["app:/callback"] }],
    ["postLogoutRedirectUris", { ...base, postLogoutRedirectUris: ["nonsense"] }],
    ["authentication", { ...base, authentication: "none" }],
    ["authentication", { ...base, type: "spa" }],
    ["legacy", { ...base, type: "spa", authentication: "none", legacy: true }],
    ["jwks", { ...base, authentication: "private_key_jwt" }],
    ["jwks", { ...base, authentication: "private_key_jwt", jwks: { keys: [{ kty: "EC", d: "secret" }] } }],
    [
      "jwksUri",
      { ...base, authentication: "private_key_jwt", jwks: { keys: [{ kty: "EC" }] }, jwksUri: "https://a.example/" },
    ],
    ["backchannelLogoutUri", { ...base, backchannelLogoutUri: "http://app.example/logout" }],
    ["initiateLoginUri", { ...base, initiateLoginUri: "javascript:alert(1)" }],
    ["homeUrl", { ...base, homeUrl: "/home" }],
    [
      "grantTypes",
      { ...base, type: "spa", authentication: "none", grantTypes: ["authorization_code", "client_credentials"] },
    ],
    ["grantTypes", { ...base, grantTypes: ["implicit"] }],
    ["scopes", { ...base, scopes: ["profile"] }],
    ["scopes", { ...base, scopes: ["openid", "admin"] }],
    ["sectorIdentifierUri", { ...base, subjectType: "pairwise", redirectUris: [callback, "https://b.example/cb"] }],
    ["", { ...base, unknown: true }],
  ];
  for (const [field, settings] of refused) {
    const result = await ground.registry.register({ organisationId: null, settings }, by);
    assert.ok("problems" in result, JSON.stringify(settings));
    assert.ok(
      result.problems.some((problem) => problem.field.startsWith(field)),
      `${field}: ${JSON.stringify(result.problems)}`,
    );
  }
  const bad = await ground.registry.register({ organisationId: null, clientId: "no spaces", settings: base }, by);
  assert.ok("problems" in bad);
  await ground.registry.register({ organisationId: null, clientId: "taken", settings: base }, by);
  const taken = await ground.registry.register({ organisationId: null, clientId: "taken", settings: base }, by);
  assert.ok("problems" in taken);
});

test("APP-2 whatever is accepted, the engine accepts too", async () => {
  const accepted = [
    base,
    { ...base, redirectUris: ["http://localhost:3000/cb", "http://127.0.0.1/cb"] },
    {
      ...base,
      type: "native",
      authentication: "none",
      redirectUris: ["com.example.app:/callback", "http://127.0.0.1/cb"],
    },
    { ...base, type: "spa", authentication: "none" },
    { ...base, authentication: "client_secret_post", signingAlgorithm: "RS256", legacy: true },
    { ...base, authentication: "private_key_jwt", jwksUri: "https://app.example/jwks" },
    { ...base, subjectType: "pairwise" },
    { ...base, initiateLoginUri: "https://app.example/login", backchannelLogoutUri: "https://app.example/logout" },
    { name: { fi: "Kone" }, grantTypes: ["client_credentials"], scopes: [] },
  ];
  for (const settings of accepted) {
    const result = await ground.registry.register({ organisationId: null, settings }, by);
    assert.ok(!("problems" in result), JSON.stringify(result));
    const answer = await ground
      .agent()
      .send(authorizeUrl(result, makePkce().challenge, { redirect_uri: "https://x.example/" }));
    assert.match(
      answer.text,
      /not registered for it|in a way that we cannot|ei ole rekisteröity|tavalla/,
      JSON.stringify(settings),
    );
  }
});

test("T68 listings and details never hold a secret", async () => {
  const { clientId, secret } = await ground.register();
  const shown = JSON.stringify([await ground.registry.find(clientId), await ground.registry.list({ limit: 100 })]);
  assert.ok(shown.includes(clientId));
  assert.ok(secret && !shown.includes(secret));
  const page = await ground.registry.list({ limit: 1 });
  const next = await ground.registry.list({ limit: 100, after: page[0]?.clientId ?? "" });
  assert.ok(!next.some((listed) => listed.clientId === page[0]?.clientId));
});

test("APP-2 a change, a new secret and a closing hold within a second", async () => {
  const app = await ground.register();
  const tokens = await tokensFor(ground, ground.agent(), app);
  const introspect = (secret: string | null) =>
    post(ground.origin, "/introspect", { ...app, secret }, { token: tokens.access_token ?? "" });
  assert.equal((await introspect(app.secret)).status, 200);
  const renewed = await ground.registry.newSecret(app.clientId, by);
  assert.ok(typeof renewed === "object");
  await eventually(async () => assert.equal((await introspect(app.secret)).status, 401));
  assert.equal((await introspect(renewed.secret)).status, 200);
  assert.equal(
    await ground.registry.change(app.clientId, { ...base, redirectUris: ["https://new.example/cb"] }, by),
    "changed",
  );
  await eventually(async () => {
    const answer = await ground.agent().send(authorizeUrl(app, makePkce().challenge));
    assert.equal(answer.status, 400);
  });
  assert.equal(await ground.registry.close(app.clientId, by), "closed");
  assert.equal(await ground.registry.close(app.clientId, by), "no-such-application");
  await eventually(async () => assert.equal((await introspect(renewed.secret)).status, 401));
  const { rows } = await ground.pool.query(
    "select type from audit_event where detail->>'application' = $1 order by number",
    [app.clientId],
  );
  const types = rows.map(({ type }) => type);
  assert.deepEqual(types, [
    "application.registered",
    "application.secret-changed",
    "application.changed",
    "application.closed",
  ]);
});

test("keys rotate without an interruption: published before they sign and after they stopped", async () => {
  const kids = async () =>
    ((await (await fetch(`${ground.origin}/jwks`)).json()) as { keys: { kid: string; d?: string }[] }).keys;
  const kidOf = (token = "") => JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid;
  const app = await ground.register();
  const first = kidOf((await tokensFor(ground, ground.agent(), app)).id_token);
  const planned = await ground.registry.rotateSigningKey("ES256");
  await eventually(async () => assert.ok((await kids()).some(({ kid }) => kid === planned)));
  assert.equal(kidOf((await tokensFor(ground, ground.agent(), app)).id_token), first);
  await ground.pool.query("update signing_key set signs_from = now() where kid = $1", [planned]);
  const signs = async (kid: string) =>
    assert.equal(kidOf((await tokensFor(ground, ground.agent(), app)).id_token), kid);
  await eventually(() => signs(planned));
  assert.ok((await kids()).some(({ kid }) => kid === first));
  const urgent = await ground.registry.rotateSigningKey("ES256", { atOnce: true });
  await eventually(() => signs(urgent));
  assert.ok(!(await kids()).some(({ kid, d }) => kid === first || d !== undefined));
});

test("only a single-page application's own origin may read the token endpoint from a browser", async () => {
  const spa = await ground.register({ type: "spa", authentication: "none" });
  const web = await ground.register();
  const allowed = async (app: { clientId: string; secret: string | null }, origin: string) => {
    const { verifier, challenge } = makePkce();
    const code = codeOf(await signInTo(ground.agent(), authorizeUrl(app, challenge), ground.accountId));
    const response = await fetch(`${ground.origin}/token`, {
      method: "POST",
      headers: { origin, ...(app.secret && { authorization: `Basic ${btoa(`${app.clientId}:${app.secret}`)}` }) },
      body: new URLSearchParams({
        client_id: app.clientId,
        grant_type: "authorization_code",
        code,
        code_verifier: verifier,
        redirect_uri: callback,
      }),
    });
    return response.headers.get("access-control-allow-origin");
  };
  assert.equal(await allowed(spa, "https://app.example"), "https://app.example");
  assert.equal(await allowed(spa, "https://evil.example"), null);
  assert.equal(await allowed(web, "https://app.example"), null);
  const preflight = await fetch(`${ground.origin}/token`, {
    method: "OPTIONS",
    headers: { origin: "https://app.example", "access-control-request-method": "POST" },
  });
  assert.equal(preflight.status, 204);
});

test("introspection and revocation are for those whom they concern", async () => {
  const spa = await ground.register({ type: "spa", authentication: "none" });
  const api = await ground.register();
  const { verifier, challenge } = makePkce();
  const code = codeOf(await signInTo(ground.agent(), authorizeUrl(api, challenge), ground.accountId));
  const tokens = await exchange(ground.origin, api, code, verifier);
  const token = tokens.access_token ?? "";
  assert.equal((await post(ground.origin, "/introspect", spa, { token })).active, false);
  await post(ground.origin, "/revoke", await ground.register(), { token });
  assert.equal((await post(ground.origin, "/introspect", api, { token })).active, true);
  assert.equal((await post(ground.origin, "/revoke", api, { token })).status, 200);
  assert.equal((await post(ground.origin, "/introspect", api, { token })).active, false);
  const nobody = await fetch(`${ground.origin}/introspect`, { method: "POST", body: new URLSearchParams({ token }) });
  assert.equal(nobody.status, 400);
});

// An application that was dropped from memory in the middle of a request was taken for one without settings.
test("a notice of a change in the middle of a request changes nothing for that request", async () => {
  const legacy = await ground.register({ legacy: true });
  const agent = ground.agent();
  const wish = { code_challenge: "", code_challenge_method: "" };
  await signInTo(agent, authorizeUrl(legacy, "", wish), ground.accountId);
  let over = false;
  const noise = (async () => {
    while (!over) await ground.pool.query("select pg_notify('vahva_application', '')");
  })();
  for (let round = 0; round < 50; round += 1)
    assert.ok(codeOf(await agent.send(authorizeUrl(legacy, "", wish))), `round ${round}`);
  over = true;
  await noise;
});
