import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { parseSettings } from "./settings.ts";
import { setUp } from "./setup.ts";

const problemsOf = (profile: string, given: unknown) => {
  const parsed = parseSettings(profile, given);
  return "problems" in parsed ? parsed.problems.map(({ field }) => field) : [];
};
const parse = (profile: string, given: unknown) => {
  const parsed = parseSettings(profile, given);
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  return parsed.settings;
};
const key = generateKeyPairSync("rsa", { modulusLength: 2048 });
const clientId = "us";
const issuer = "https://broker.example";

test("the name that the broker gave us is all that Telia needs", () => {
  const settings = parse("telia", { clientId });
  for (const [environment, host] of [
    ["test", "https://tunnistus-pp.telia.fi"],
    ["production", "https://tunnistus.telia.fi"],
  ] as const) {
    const setup = setUp("telia", settings, environment);
    assert.equal(setup.issuer, `${host}/uas`);
    assert.deepEqual(setup.endpoints, {
      authorization: `${host}/uas/oauth2/authorization`,
      token: `${host}/uas/oauth2/token`,
      keys: `${host}/openid_provider/signed_jwks.jwt`,
    });
    assert.ok(setup.keyTrust.by === "entity-statement");
    assert.equal(setup.keyTrust.url, `${host}/.well-known/openid-federation`);
    assert.equal(setup.barred, null);
  }
});

test("what a profile needs is asked for by its field", () => {
  assert.deepEqual(problemsOf("nobody", {}), ["profile"]);
  assert.deepEqual(problemsOf("telia", null), [""]);
  assert.deepEqual(problemsOf("telia", {}), ["clientId"]);
  assert.deepEqual(problemsOf("op", { clientId }), ["entityKey"]);
  assert.deepEqual(problemsOf("generic", { clientId }), ["issuer", "entityKey"]);
  assert.deepEqual(problemsOf("idura", { clientId }), ["issuer"]);
  assert.deepEqual(problemsOf("oidc", { clientId, issuer }), ["level"]);
});

const wrong: readonly (readonly [field: string, given: Record<string, unknown>, profile?: string])[] = [
  ["clientID", { clientID: "us" }],
  ["issuer", { issuer: "http://broker.example" }],
  ["issuer", { issuer: "https://user:secret@broker.example" }],
  ["issuer", { issuer: "broker.example" }],
  ["endpoints.token", { endpoints: { token: "http://broker.example/token" } }],
  ["entityStatementSha256", { entityStatementSha256: "e961" }],
  ["entityKey", { entityKey: "ssh-rsa AAAA" }],
  ["entityKey", { entityKey: { kty: "oct", k: "AAAA" } }],
  ["entityKey", { entityKey: 7 }],
  ["jwks.keys", { jwks: { keys: [] } }],
  ["spName", { spName: "x".repeat(41) }],
  ["scopes", { scopes: ["profile"] }],
  ["purpose", { purpose: "some" }],
  ["means.0", { means: ["oidc.none.1"] }],
  ["means.0.country", { means: [{ id: "oidc.new.1", name: "New", country: "Finland" }] }],
  ["means.0", { means: [7] }],
  ["scopes", { scopes: "openid" }],
  ["clientId", { clientId: "" }],
  ["encrypted", { encrypted: "yes" }],
  ["protocol", { protocol: [] }],
  ["clientAuthentication", { clientAuthentication: "client_secret_post" }],
  ["encrypted", { encrypted: false }],
  ["levels.x", { levels: { x: "low" } }],
  ["identities.0.types.0", { identities: [{ claim: "sub", types: ["subject"] }] }],
  ["protocol.transport", { protocol: { transport: "parameters" } }],
  ["entityStatementSha256", { entityStatementSha256: "ab".repeat(32), entityKey: pem() }, "op"],
];
for (const [field, given, profile = "telia"] of wrong)
  test(`${field} of ${profile} can't be ${JSON.stringify(Object.values(given)[0])?.slice(0, 60)}`, () => {
    const parsed = parseSettings(profile, { clientId, ...given });
    assert.ok("problems" in parsed);
    assert.deepEqual([...new Set(parsed.problems.map((problem) => problem.field))], [field]);
    for (const { says } of parsed.problems) assert.match(says, /^(must|is|does)\b/u);
  });

test("problems quote nothing of what was given", () => {
  const parsed = parseSettings("telia", {
    clientId,
    issuer: "https://user:s3cret@broker.example",
    entityKey: "s3cret",
  });
  assert.ok("problems" in parsed);
  for (const { says } of parsed.problems) assert.ok(!says.includes("s3cret"));
});

function pem() {
  return key.publicKey.export({ type: "spki", format: "pem" }).toString();
}

test("an entity key is kept as its public half, and settings that were kept are read again as they are", () => {
  const jwk = key.publicKey.export({ format: "jwk" });
  const privateJwk = { ...key.privateKey.export({ format: "jwk" }), kid: "entity" };
  assert.deepEqual(parse("op", { clientId, entityKey: pem() }).entityKey, jwk);
  const settings = parse("op", { clientId, entityKey: privateJwk });
  assert.deepEqual(settings.entityKey, { ...jwk, kid: "entity" });
  assert.deepEqual(parse("op", JSON.parse(JSON.stringify(settings))), settings);
  const colons = "AB:".repeat(32).slice(0, -1);
  assert.equal(parse("telia", { clientId, entityStatementSha256: colons }).entityStatementSha256, "ab".repeat(32));
});

test("http is for this machine alone", () => {
  for (const local of ["http://localhost:4000", "http://127.0.0.1:1", "http://[::1]:1"])
    assert.deepEqual(problemsOf("telia", { clientId, issuer: local }), []);
  for (const other of ["http://localhost.evil.example", "http://127.0.0.1.evil.example", "ftp://localhost"])
    assert.deepEqual(problemsOf("telia", { clientId, issuer: other }), ["issuer"]);
});

test("T47 a test broker is never used in production, whatever its answers say of the level", () => {
  for (const [profile, test] of [
    ["telia", "https://tunnistus-pp.telia.fi/uas"],
    ["idura", "https://acme.test.idura.broker"],
    ["signicat", "https://acme.sandbox.signicat.com/auth/open"],
  ] as const) {
    const settings = parse(profile, { clientId, issuer: test });
    assert.equal(setUp(profile, settings, "production").barred, "test-broker-in-production");
    assert.equal(setUp(profile, settings, "test").barred, null);
  }
});

test("means are the profile's own, or those listed, by id or in full", () => {
  const idsOf = (given: object, environment: "test" | "production") =>
    setUp("telia", parse("telia", { clientId, ...given }), environment).means.map(({ id }) => id);
  assert.ok(idsOf({}, "test").includes("mpki.telia.emulator.1"));
  assert.ok(!idsOf({}, "production").includes("mpki.telia.emulator.1"));
  assert.ok(!idsOf({}, "production").includes("pki.hst.1"));
  const full = { id: "oidc.acme.bankidse.1", name: { fi: "BankID" }, country: "SE" };
  assert.deepEqual(idsOf({ means: ["pki.hst.1", full] }, "production"), ["pki.hst.1", "oidc.acme.bankidse.1"]);
});

test("what the operator has agreed otherwise stands over the profile", () => {
  const given = {
    issuer,
    clientId,
    purpose: "strong",
    protocol: { requestAudience: "token-endpoint", freshness: null },
  };
  const { profile } = setUp("signicat", parse("signicat", given), "test");
  assert.equal(profile.requestAudience, "token-endpoint");
  assert.equal(profile.freshness, null);
  assert.deepEqual(profile.scopes, ["openid", "profile", "idp-id", "nin", "ftn-extra", "strong"]);
  assert.equal(profile.assertionAudience, "token-endpoint");
});
