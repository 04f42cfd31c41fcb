import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, type TestContext, test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { startFtnBroker } from "../../../test/doubles/ftn-broker/index.ts";
import { passThrough } from "../../../test/doubles/ftn-broker/pass-through.ts";
import type { Profile } from "../../../test/doubles/ftn-broker/surfaces.ts";
import { makeOwnKeys, type OwnKeys, openFtnGround } from "../../../test/grounds/ftn-ground.ts";
import { hours } from "../../kernel/time.ts";
import { fakeClock } from "../../ports/clock.ts";
import type { BrokerContext } from "../../ports/identity-broker.ts";
import { connect } from "./connect.ts";

// What one connection does, beside test/contracts/ftn*.test.ts, where all profiles meet a strict broker.

const callbackUrl = "https://vahva.example/eid/broker/callback";
let own: OwnKeys;
before(async () => {
  own = await makeOwnKeys();
});

async function ground(
  t: TestContext,
  profile: Profile,
  { settings = {}, limit = 30_000, ...context }: { settings?: object; limit?: number } & Partial<BrokerContext> = {},
) {
  const clock = fakeClock();
  const broker = await startFtnBroker({ profile, redirectUris: [callbackUrl], ourKeys: own.jwks, clock });
  t.after(broker.stop);
  const reconnect = (more: object = {}) =>
    connect(
      { name: "broker", profile, settings: { ...broker.settings, ...settings, ...more }, secret: null },
      { publicUrl: "https://vahva.example", environment: "test", callbackUrl, keys: own.keys, ...context },
      limit,
    );
  const wish = (more = {}) =>
    ({ state: "s".repeat(43), language: "fi", means: null, level: "substantial", now: clock.now(), ...more }) as const;
  const sent = (memory: string) => ({ ...wish(), memory, sentAt: clock.now() });
  return { broker, clock, wish, sent, reconnect, adapter: reconnect() };
}

test("T48 a request is signed for this broker, lives ten minutes, and holds what the answer is checked by", async (t) => {
  const { adapter, wish, clock, broker } = await ground(t, "telia");
  const departure = await adapter.depart(wish());
  assert.ok(departure.result === "departs");
  const { searchParams } = new URL(departure.url);
  assert.deepEqual([...searchParams.keys()], ["request"]);
  const request = searchParams.get("request") ?? "";
  assert.deepEqual(decodeProtectedHeader(request), {
    alg: "RS256",
    typ: "JWT",
    kid: (await own.keys.signing()).kid,
  });
  const { nonce, jti, code_challenge, ...rest } = decodeJwt(request);
  const now = clock.now().getTime() / 1000;
  assert.deepEqual(rest, {
    iss: broker.clientId,
    client_id: broker.clientId,
    aud: broker.issuer,
    response_type: "code",
    scope: "openid",
    redirect_uri: callbackUrl,
    state: "s".repeat(43),
    ui_locales: "fi",
    acr_values: "http://ftn.ficora.fi/2017/loatest2",
    max_age: "0",
    code_challenge_method: "S256",
    iat: now,
    exp: now + 600,
  });
  assert.equal(Buffer.from(String(nonce), "base64url").length, 32);
  assert.ok(jti);
  const memory = JSON.parse(departure.memory);
  assert.deepEqual([memory.nonce, memory.means], [nonce, null]);
  assert.equal(createHash("sha256").update(memory.verifier).digest("base64url"), code_challenge);
  const again = await adapter.depart(wish());
  assert.ok(again.result === "departs" && JSON.parse(again.memory).nonce !== nonce);
});

test("T46 keys are vouched for by the entity statement whose hash is pinned, and by no other", async (t) => {
  const { broker, reconnect, clock } = await ground(t, "telia");
  const statement = await (await fetch(`${broker.origin}/.well-known/openid-federation`)).text();
  const entityStatementSha256 = createHash("sha256").update(statement).digest("hex");
  const only = { entityKey: undefined, entityStatementSha256 };
  const verdicts = async (settings: object) =>
    (await reconnect(settings).check(clock.now())).map(({ verdict, says }) => `${verdict}: ${says}`);
  assert.ok((await verdicts(only)).includes("pass: The broker's signing keys are verified (2)."));
  assert.equal(
    (await verdicts({ ...only, entityStatementSha256: "0".repeat(64) }))[0],
    "fail: The broker's entity statement is not the one whose SHA-256 is pinned.",
  );
  clock.advance(hours(48));
  assert.match((await verdicts(only))[0] ?? "", /^fail: .*entity statement/u);
});

test("T46 keys that somebody else signed, or signed long ago, are no keys", async (t) => {
  const { broker, adapter, wish, sent } = await ground(t, "telia");
  for (const keys of ["by-a-stranger", "expired"] as const) {
    const departure = await adapter.depart(wish());
    assert.ok(departure.result === "departs");
    const { answer } = await passThrough(departure.url, { person: "tero" });
    broker.answerNext({ keys });
    assert.deepEqual(await adapter.identify(answer, sent(departure.memory)), {
      result: "unavailable",
      reason: "keys-unverified",
    });
  }
});

test("T45 a discovery document of another issuer is not believed", async (t) => {
  const { broker, adapter, wish } = await ground(t, "generic");
  broker.answerNext({ discovery: "other-issuer" });
  assert.deepEqual(await adapter.depart(wish()), { result: "unavailable", reason: "discovery-of-another" });
  assert.equal((await adapter.depart(wish())).result, "departs");
});

test("T44 an answer is only for the state that left, and with what was remembered then", async (t) => {
  const { adapter, wish, sent } = await ground(t, "telia");
  const [one, other] = [await adapter.depart(wish()), await adapter.depart(wish())];
  assert.ok(one.result === "departs" && other.result === "departs");
  const { answer } = await passThrough(one.url, { person: "tero" });
  const identify = (given: Record<string, string>, memory: string) => adapter.identify(given, sent(memory));
  const refusedFor = (reason: string) => ({ result: "refused", reason });
  assert.deepEqual(await identify({ ...answer, state: "other" }, one.memory), refusedFor("state-differs"));
  assert.deepEqual(await identify(answer, "{}"), refusedFor("memory-unreadable"));
  assert.deepEqual(await identify(answer, "broken"), refusedFor("memory-unreadable"));
  assert.deepEqual(await identify({ state: wish().state }, one.memory), refusedFor("no-code"));
  // PKCE ties the code to the request that it was asked with.
  assert.deepEqual(await identify(answer, other.memory), refusedFor("code-refused"));
});

test("T52 the limit is over the whole step, and nothing throws", async (t) => {
  const { broker, adapter, wish, sent } = await ground(t, "telia", { limit: 300 });
  const departure = await adapter.depart(wish());
  assert.ok(departure.result === "departs");
  const { answer } = await passThrough(departure.url, { person: "tero" });
  broker.answerNext({ token: "slow-drip" });
  assert.deepEqual(await adapter.identify(answer, sent(departure.memory)), {
    result: "unavailable",
    reason: "broker-slow",
  });
  const asked = broker.log.filter(({ at }) => at === "token").length;
  assert.ok(asked <= 1, "the code was not sent again");
});

test("T52 keys of our own that can't be read are no fault of the page's", async (t) => {
  const broken = () => Promise.reject(new Error("no key"));
  const keys = { signing: broken, entity: broken, decryption: broken, published: broken };
  const { adapter, wish, clock } = await ground(t, "op", { keys });
  assert.deepEqual(await adapter.depart(wish()), { result: "unavailable", reason: "fault" });
  const checks = await adapter.check(clock.now());
  assert.ok(checks.some(({ verdict, says }) => verdict === "fail" && says === "Our own keys can't be read."));
});

test("T47 a broker of a test environment leads nowhere in production", async (t) => {
  const issuer = "https://tunnistus-pp.telia.fi/uas";
  const { adapter, wish, clock } = await ground(t, "telia", { environment: "production", settings: { issuer } });
  assert.deepEqual(await adapter.depart(wish()), { result: "unavailable", reason: "test-broker-in-production" });
  assert.deepEqual(
    (await adapter.check(clock.now())).map(({ verdict }) => verdict),
    ["fail"],
  );
});

test("PKCE is used with a broker whose discovery document tells that it can", async (t) => {
  for (const [profile, pkce, expected] of [
    ["generic", "discovered", true],
    ["generic", "never", false],
    ["op", undefined, false],
  ] as const) {
    const { adapter, wish } = await ground(t, profile, { settings: pkce ? { protocol: { pkce } } : {} });
    const departure = await adapter.depart(wish());
    assert.ok(departure.result === "departs");
    assert.equal(typeof JSON.parse(departure.memory).verifier === "string", expected, profile);
  }
});

test("an operator is told what to send to the broker", async (t) => {
  const { adapter, clock, broker } = await ground(t, "telia");
  const { values, documents } = await adapter.registration(clock.now());
  const told = Object.fromEntries(values);
  assert.equal(told.redirect_uris, callbackUrl);
  assert.equal(told.signed_jwks_uri, "https://vahva.example/eid/jwks.jwt");
  assert.equal(told.entity_statement, "https://vahva.example/.well-known/openid-federation");
  assert.deepEqual(
    documents.map(({ name }) => name),
    ["client-metadata.json", "jwks.json", "entity-key.json"],
  );
  const metadata = JSON.parse(documents[0]?.content ?? "");
  assert.equal(metadata.client_id, broker.clientId);
  assert.equal(metadata.require_signed_request_object, true);
  assert.equal(metadata.id_token_encrypted_response_alg, "RSA-OAEP");
  assert.equal(metadata.id_token_encrypted_response_enc, "A128CBC-HS256");
  for (const { content } of documents) assert.ok(!/"(d|p|q)":/u.test(content));
});

test("a plain provider that knows us by a secret is told no keys, and asked for nothing before it has the secret", async (t) => {
  const settings = { clientAuthentication: "client_secret_basic" };
  const { adapter, clock, wish, sent } = await ground(t, "oidc", { settings });
  const { documents } = await adapter.registration(clock.now());
  assert.deepEqual(documents, []);
  const checks = await adapter.check(clock.now());
  assert.equal(checks[0]?.says, "There is no client secret.");
  const departure = await adapter.depart(wish());
  assert.ok(departure.result === "departs");
  const { answer } = await passThrough(departure.url, { person: "tero" });
  assert.deepEqual(await adapter.identify(answer, sent(departure.memory)), {
    result: "unavailable",
    reason: "no-client-secret",
  });
});

test("a provider that encrypts is held to it", async (t) => {
  const encrypting = await openFtnGround("oidc", own, { settings: { encrypted: true } });
  t.after(encrypting.stop);
  assert.deepEqual(await encrypting.identify(), { result: "refused", reason: "token-not-encrypted" });
});
