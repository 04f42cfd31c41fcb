import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { compactDecrypt, createLocalJWKSet, type JSONWebKeySet, jwtVerify, UnsecuredJWT } from "jose";
import { clientId, type DemoBankGround, openDemoBank } from "../../../../test/grounds/demo-bank.ts";
import { describe, makeVisitor, type Visitor } from "../../../../test/harness/agent.ts";
import { minutes, plus, seconds } from "../../../kernel/time.ts";

let bank: DemoBankGround;

before(async () => {
  bank = await openDemoBank();
});
after(() => bank.close());

const person = () => makeVisitor(bank.publicUrl);

/** Comes with a request of these claims, as far as the bank lets them. */
async function come(visitor: Visitor, claims = {}) {
  const request = bank.request(claims);
  await visitor.get(bank.address(await bank.sign(request)));
  return request;
}

/** What came back to the service. */
const answer = (visitor: Visitor) => {
  const { pathname, searchParams } = new URL(visitor.page().url);
  assert.equal(pathname, "/eid/demo-bank/callback", describe(visitor.page()));
  return Object.fromEntries(searchParams);
};

async function identify(claims = {}, name = "Aino Virtanen") {
  const visitor = person();
  const request = await come(visitor, { ftn_idp_id: "fi-kuusi", ...claims });
  await visitor.submit({}, name);
  return { ...answer(visitor), request };
}

async function redeem(form: Record<string, string>, at = bank.issuer) {
  const response = await fetch(`${at}/token`, { method: "POST", body: new URLSearchParams(form) });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

async function codeOf(claims = {}): Promise<string> {
  const { code } = (await identify(claims)) as { code?: string };
  assert.ok(code);
  return code;
}

/** The bank's keys, believed by the entity key that the service was told. */
async function bankKeys(): Promise<JSONWebKeySet> {
  const { settings } = await bank.registration();
  const jwt = await (await fetch(`${bank.issuer}/jwks.jwt`)).text();
  const entity = createLocalJWKSet({ keys: [{ ...settings.entityKey, kty: "RSA" }] });
  const options = { issuer: bank.issuer, subject: bank.issuer, typ: "jwk-set+jwt", currentDate: bank.clock.now() };
  const { payload } = await jwtVerify<JSONWebKeySet>(jwt, entity, options);
  return { keys: payload.keys };
}

async function read(idToken: string, nonce: unknown) {
  const { plaintext, protectedHeader } = await compactDecrypt(idToken, bank.keys.enc, {
    keyManagementAlgorithms: ["RSA-OAEP"],
    contentEncryptionAlgorithms: ["A128CBC-HS256"],
  });
  assert.deepEqual(protectedHeader, { alg: "RSA-OAEP", enc: "A128CBC-HS256", cty: "JWT", kid: "enc" });
  const { payload } = await jwtVerify(new TextDecoder().decode(plaintext), createLocalJWKSet(await bankKeys()), {
    issuer: bank.issuer,
    audience: clientId,
    algorithms: ["RS256"],
    currentDate: bank.clock.now(),
    requiredClaims: ["exp", "iat", "auth_time", "sub"],
  });
  assert.equal(payload.nonce, nonce);
  return payload;
}

test("demo bank: a person comes back with a code, for a token that is encrypted for the service and signed by the bank", async () => {
  const { request, ...answered } = await identify();
  const { code = "", ...rest } = answered as Record<string, string>;
  assert.deepEqual(rest, { state: request.state, iss: bank.issuer });
  const { status, body } = await redeem(await bank.form(code));
  assert.equal(status, 200);
  const claims = await read(body.id_token ?? "", request.nonce);
  assert.equal(claims.acr, "http://ftn.ficora.fi/2017/loatest2");
  assert.equal(claims.azp, clientId);
  assert.equal(claims["urn:oid:1.2.246.21"], "010170-960F");
  assert.equal(claims["urn:oid:2.5.4.4"], "Virtanen");
  assert.equal(claims["urn:oid:1.2.246.575.1.14"], "Aino");
  assert.equal(claims["urn:oid:1.3.6.1.5.5.7.9.1"], "1970-01-01");
});

test("demo bank: where no means is named, the person chooses one on the bank's own page", async () => {
  const visitor = person();
  const request = await come(visitor);
  assert.match(visitor.page().text, /Kuusipankki.*Majakkapankki.*Pihlajapankki.*Mobile ID \(demo\).*BankID \(demo\)/s);
  await visitor.submit({}, "BankID (demo)");
  assert.doesNotMatch(visitor.page().text, /Aino/);
  await visitor.click("Choose another identification method");
  await visitor.submit({}, "BankID (demo)");
  await visitor.submit({}, "Nils Lindqvist");
  const { code = "" } = answer(visitor);
  const claims = await read((await redeem(await bank.form(code))).body.id_token ?? "", request.nonce);
  assert.equal(claims["http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier"], "SE/FI/198112289874");
  assert.ok(!("urn:oid:1.2.246.21" in claims) && !("urn:oid:1.3.6.1.5.5.7.9.1" in claims));
});

test("demo bank: whoever cancels is led back empty-handed, by the choice of a bank as well", async () => {
  for (const claims of [{}, { ftn_idp_id: "ee-eid" }]) {
    const visitor = person();
    const { state } = await come(visitor, claims);
    await visitor.submit({}, "Cancel");
    assert.deepEqual(answer(visitor), { error: "access_denied", state, iss: bank.issuer });
  }
});

test("AUD-4 demo bank: identity codes are shown masked", async () => {
  const visitor = person();
  await come(visitor, { ftn_idp_id: "fi-majakka" });
  assert.match(visitor.page().text, /Personal identity code 010170-\*{4}/);
  assert.doesNotMatch(visitor.page().html, /960F|961K/);
});

test("T46 demo bank: a request that is not the service's own leads nowhere, not even back", async () => {
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const request = bank.request();
  const cases: readonly (readonly [reason: string, address: string])[] = [
    ["unsigned", bank.address("")],
    ["unsigned", bank.address(new UnsecuredJWT(request).encode())],
    ["malformed", bank.address("abc")],
    ["wrong-signature", bank.address(await bank.sign(request, { by: stranger }))],
    ["unknown-key", bank.address(await bank.sign(request, { by: stranger, kid: "other" }))],
    ["unknown-key", bank.address(await bank.sign(request, { by: bank.keys.enc, kid: "enc" }))],
    ["wrong-audience", bank.address(await bank.sign(bank.request({ aud: `${bank.issuer}/authorize` })))],
    ["wrong-audience", bank.address(await bank.sign(bank.request({ aud: undefined })))],
    ["malformed", bank.address(await bank.sign(bank.request({ iss: "other" })))],
    ["malformed", bank.address(await bank.sign(bank.request({ jti: undefined })))],
    ["malformed", bank.address(await bank.sign(bank.request({ exp: undefined })))],
    ["expired", bank.address(await bank.sign(bank.request({ exp: bank.clock.now().getTime() / 1000 - 61 })))],
    ["unknown-client", bank.address(await bank.sign(request), "other")],
    ["wrong-redirect-uri", bank.address(await bank.sign(bank.request({ redirect_uri: "https://evil.example/" })))],
    ["wrong-redirect-uri", bank.address(await bank.sign(bank.request({ redirect_uri: `${bank.redirectUri}/` })))],
  ];
  for (const [reason, address] of cases) {
    const visitor = person();
    await visitor.get(address);
    assert.equal(visitor.page().status, 400, reason);
    assert.match(visitor.page().heading, /can’t accept this request/);
    assert.match(visitor.page().html, new RegExp(`<code>${reason}</code>`));
  }
  bank.switches.published = false;
  const visitor = person();
  await come(visitor);
  assert.match(visitor.page().html, /<code>keys-unavailable<\/code>/);
  bank.switches.published = true;
});

test("demo bank: a genuine request that asks for what there is not is answered with an error", async () => {
  const cases = [
    ["invalid_request", { response_type: "token" }],
    ["invalid_request", { scope: "profile" }],
    ["invalid_request", { nonce: "short" }],
    ["invalid_request", { nonce: undefined }],
    ["invalid_request", { client_id: "other" }],
    ["invalid_request", { ftn_idp_id: "fi-nobody" }],
    ["invalid_request", { exp: Math.floor(plus(bank.clock.now(), minutes(61)).getTime() / 1000) }],
    ["login_required", { prompt: "none" }],
    ["unmet_authentication_requirements", { acr_values: "http://ftn.ficora.fi/2017/loa2" }],
    ["unmet_authentication_requirements", { acr_values: "http://ftn.ficora.fi/2017/loatest3" }],
  ] as const;
  for (const [error, claims] of cases) {
    const visitor = person();
    const { state } = await come(visitor, claims);
    const { error: given, state: back } = answer(visitor);
    assert.deepEqual([given, back], [error, state], JSON.stringify(claims));
  }
});

test("demo bank: a request is answered once, by sixteen posts at once too", async () => {
  const visitor = person();
  const jwt = await bank.sign(bank.request({ ftn_idp_id: "fi-kuusi" }));
  await visitor.get(bank.address(jwt));
  const fields = { ...visitor.hidden(), person: "aino" };
  const body = new URLSearchParams(fields);
  const cookie = visitor
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");
  const posts = await Promise.all(
    Array.from({ length: 16 }, () =>
      fetch(`${bank.issuer}/authorize`, { method: "POST", body, headers: { cookie }, redirect: "manual" }),
    ),
  );
  assert.deepEqual(posts.map(({ status }) => status).sort(), [303, ...Array.from({ length: 15 }, () => 400)]);
  await visitor.get(bank.address(jwt));
  assert.equal(visitor.page().heading, "This has been answered already");
});

test("T75 demo bank: a post that no page of the bank made answers nothing", async () => {
  const visitor = person();
  const request = await bank.sign(bank.request({ ftn_idp_id: "fi-kuusi" }));
  const fields = { client_id: clientId, request, person: "aino" };
  assert.notEqual((await visitor.post("/demo/bank/authorize", fields)).status, 303);
  await visitor.get(bank.address(request));
  assert.equal(visitor.page().heading, "Choose who you are");
  const hidden = visitor.hidden();
  for (const more of [{ person: "nils" }, { person: "nobody" }, {}])
    assert.equal((await visitor.post("/demo/bank/authorize", { ...hidden, ...more })).status, 400);
  await visitor.get(bank.address(request));
  await visitor.submit({}, "Mikael Öhman");
  assert.ok(answer(visitor).code);
});

test("demo bank: a code is redeemed once, on whichever node, by sixteen at once too", async () => {
  const other = await bank.startNode();
  const code = await codeOf();
  const forms = await Promise.all(Array.from({ length: 16 }, () => bank.form(code)));
  const results = await Promise.all(
    forms.map((form, index) => redeem(form, index % 2 ? bank.issuer : `${other}/demo/bank`)),
  );
  assert.equal(results.filter(({ status }) => status === 200).length, 1);
  for (const { body } of results.filter(({ status }) => status !== 200))
    assert.deepEqual(body, { error: "invalid_grant" });
  // Base64 writes the same bytes in other ways: they are the same code.
  for (const written of [`${code}=`, `${code} `])
    assert.deepEqual((await redeem(await bank.form(written))).body, { error: "invalid_grant" });
});

test("demo bank: a code waits for a minute, and is good only where it was given", async () => {
  const late = await codeOf();
  bank.clock.advance(seconds(60));
  const grants = [
    await bank.form(late),
    await bank.form("abc"),
    await bank.form(`${(await codeOf()).slice(0, -8)}AAAAAAAA`),
    await bank.form(await codeOf(), { redirect_uri: `${bank.redirectUri}?` }),
  ];
  for (const form of grants) assert.deepEqual(await redeem(form), { status: 400, body: { error: "invalid_grant" } });
  const code = await codeOf();
  const { code: _, ...without } = await bank.form(code);
  assert.deepEqual((await redeem(without)).body, { error: "invalid_request" });
  const wrong = await bank.form(code, { grant_type: "refresh_token" });
  assert.deepEqual((await redeem(wrong)).body, { error: "unsupported_grant_type" });
});

test("demo bank: a code that was asked for with a challenge wants its verifier", async () => {
  const verifier = "a-verifier-of-at-least-forty-three-characters-0123456789";
  const code_challenge = createHash("sha256").update(verifier).digest("base64url");
  const code = await codeOf({ code_challenge, code_challenge_method: "S256" });
  for (const more of [{}, { code_verifier: "other" }])
    assert.deepEqual((await redeem(await bank.form(code, more))).body, { error: "invalid_grant" });
  assert.equal((await redeem(await bank.form(code, { code_verifier: verifier }))).status, 200);
});

test("demo bank: only the service redeems codes, with an assertion for this address that is used once", async () => {
  const code = await codeOf();
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const long = Math.floor(plus(bank.clock.now(), minutes(61)).getTime() / 1000);
  const assertions = [
    "",
    "abc",
    new UnsecuredJWT(bank.assertion()).encode(),
    await bank.sign(bank.assertion(), { by: stranger }),
    await bank.sign(bank.assertion({ aud: bank.issuer })),
    await bank.sign(bank.assertion({ sub: "other" })),
    await bank.sign(bank.assertion({ iss: "other" })),
    await bank.sign(bank.assertion({ jti: undefined })),
    await bank.sign(bank.assertion({ exp: undefined })),
    await bank.sign(bank.assertion({ exp: bank.clock.now().getTime() / 1000 - 61 })),
    await bank.sign(bank.assertion({ exp: long })),
    await bank.sign(bank.request()),
  ];
  for (const client_assertion of assertions) {
    const form = await bank.form(code, { client_assertion });
    assert.deepEqual(await redeem(form), { status: 401, body: { error: "invalid_client" } }, client_assertion);
  }
  for (const more of [{ client_assertion_type: "secret" }, { client_id: "other" }])
    assert.equal((await redeem(await bank.form(code, more))).status, 401);

  const once = await bank.form("abc");
  assert.equal((await redeem(once)).body.error, "invalid_grant");
  assert.equal((await redeem({ ...once, code })).body.error, "invalid_client");
  assert.equal((await redeem(await bank.form(code))).status, 200);
});

test("demo bank: a mark of use outlives what it marks", async () => {
  const form = await bank.form("abc", {
    client_assertion: await bank.sign(bank.assertion({ exp: plus(bank.clock.now(), minutes(1)).getTime() / 1000 })),
  });
  assert.equal((await redeem(form)).body.error, "invalid_grant");
  for (let passed = 0; passed < 5; passed += 1) {
    bank.clock.advance(seconds(30));
    await redeem(await bank.form("abc"));
    assert.equal((await redeem(form)).body.error, "invalid_client");
  }
});
