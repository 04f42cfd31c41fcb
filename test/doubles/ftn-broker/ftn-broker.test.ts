import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { compactDecrypt, decodeJwt, type JWTPayload, SignJWT } from "jose";
import { noBrowser, openBrowser } from "../../harness/real-browser.ts";
import { type FtnBroker, startFtnBroker } from "./index.ts";
import { type BrokerKey, makeBrokerKey } from "./keys.ts";
import { passThrough } from "./pass-through.ts";

// What the double refuses, by a client made for this alone: a double that lets everything pass proves nothing.

const redirectUri = "https://vahva.example/eid/telia/callback";
let signing: BrokerKey;
let encryption: BrokerKey;
let stranger: BrokerKey;
let telia: FtnBroker;
let op: FtnBroker;

before(async () => {
  [signing, encryption, stranger] = await Promise.all([makeBrokerKey(), makeBrokerKey("enc"), makeBrokerKey()]);
  const ourKeys = async () => ({ keys: [signing.jwk, encryption.jwk] });
  telia = await startFtnBroker({ profile: "telia", redirectUris: [redirectUri], ourKeys });
  op = await startFtnBroker({ profile: "op", redirectUris: [redirectUri], ourKeys });
});
after(() => Promise.all([telia.stop(), op.stop()]));

const usual = (): JWTPayload => ({
  iss: "vahva-test",
  client_id: "vahva-test",
  aud: telia.issuer,
  response_type: "code",
  scope: "openid",
  redirect_uri: redirectUri,
  acr_values: "http://ftn.ficora.fi/2017/loatest2",
  ui_locales: "sv",
  state: randomUUID(),
  nonce: randomUUID(),
  jti: randomUUID(),
  exp: inSeconds(600),
});
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

const sign = (claims: JWTPayload, { key = signing, kid = key.kid as string | undefined } = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: "RS256", ...(kid && { kid }) }).sign(key.privateKey);

const open = (request: string) =>
  fetch(`${telia.origin}/uas/oauth2/authorization?request=${request}`, { redirect: "manual" });

const changed: Record<string, JWTPayload> = {
  "another audience": { aud: "https://another.example" },
  "another issuer": { iss: "somebody" },
  expired: { exp: inSeconds(-120) },
  "valid for a day": { exp: inSeconds(86_400) },
  "no jti": { jti: "" },
  "another redirect_uri": { redirect_uri: `${redirectUri}/more` },
  "no nonce": { nonce: undefined },
  "no state": { state: undefined },
  "more scope": { scope: "openid email" },
  "a level of production": { acr_values: "http://ftn.ficora.fi/2017/loa2" },
  "means that aren't there": { acr_values: "oidc.none.1" },
  "another client": { client_id: "somebody" },
};

test("the double refuses requests that the trust network refuses, on a page of its own", async () => {
  for (const [name, claims] of Object.entries(changed)) {
    const answer = await open(await sign({ ...usual(), ...claims }));
    assert.equal(answer.status, 400, name);
    assert.equal(answer.headers.get("location"), null, name);
    assert.match(await answer.text(), /not valid/, name);
  }
  const unsigned = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(usual()))}.`;
  const wrong = {
    unsigned,
    "no kid": await sign(usual(), { kid: "" }),
    "the kid of no key": await sign(usual(), { kid: "another" }),
    "the key for encryption": await sign(usual(), { key: encryption }),
    "a stranger's key": await sign(usual(), { key: stranger, kid: signing.kid }),
  };
  for (const [name, request] of Object.entries(wrong)) assert.equal((await open(request)).status, 400, name);

  const request = await sign(usual());
  assert.equal((await open(request)).status, 200);
  assert.equal((await open(request)).status, 400, "replayed");
  assert.ok(telia.log.some(({ refused }) => refused === "jti was used before"));
});

test("parameters beside the request count for nothing, and the page is in the language asked for", async () => {
  const request = await sign(usual());
  const answer = await open(`${request}&redirect_uri=https://evil.example&ui_locales=fi`);
  assert.match(await answer.text(), /<html lang="sv">/);
});

const assertion = (claims: JWTPayload = {}): JWTPayload => ({
  iss: "vahva-test",
  sub: "vahva-test",
  aud: `${telia.origin}/uas/oauth2/token`,
  jti: randomUUID(),
  exp: inSeconds(60),
  ...claims,
});

async function exchange(broker: FtnBroker, path: string, code: string, signed: string, more = {}) {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    client_id: "vahva-test",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: signed,
    ...more,
  });
  const answer = await fetch(broker.origin + path, { method: "POST", body });
  return { status: answer.status, body: (await answer.json()) as { error?: string; id_token?: string } }; // of a double
}

const teliaToken = (code: string, signed: string, more = {}) =>
  exchange(telia, "/uas/oauth2/token", code, signed, more);

async function code(): Promise<string> {
  const url = `${telia.origin}/uas/oauth2/authorization?request=${await sign(usual())}`;
  const { answer } = await passThrough(url, { person: "tero" });
  return answer.code ?? "";
}

test("a code becomes an ID token once, signed and encrypted, for the client that proves itself", async () => {
  const given = await code();
  const wrong = [{ aud: telia.issuer }, { sub: "somebody" }, { exp: inSeconds(-120) }, { exp: inSeconds(7200) }];
  for (const claims of wrong) {
    const { status, body } = await teliaToken(given, await sign(assertion(claims)));
    assert.deepEqual([status, body.error], [401, "invalid_client"], JSON.stringify(claims));
  }
  const used = await sign(assertion());
  const { body } = await teliaToken(given, used);
  const idToken = body.id_token ?? "";
  assert.equal(idToken.split(".").length, 5);
  const { plaintext, protectedHeader } = await compactDecrypt(idToken, encryption.privateKey);
  assert.deepEqual(protectedHeader, { alg: "RSA-OAEP", enc: "A128CBC-HS256", cty: "JWT", kid: encryption.kid });
  const claims = decodeJwt(new TextDecoder().decode(plaintext));
  assert.equal(claims["urn:oid:1.2.246.21"], "010170-999R");
  assert.equal(claims["urn:oid:2.5.4.4"], "Äyrämö");
  assert.deepEqual(claims.aud, ["vahva-test"]);

  assert.equal((await teliaToken(await code(), used)).body.error, "invalid_client", "the assertion again");
  assert.equal((await teliaToken(given, await sign(assertion()))).body.error, "invalid_grant", "the code again");
  const elsewhere = await teliaToken(await code(), await sign(assertion()), { redirect_uri: "https://evil.example" });
  assert.equal(elsewhere.body.error, "invalid_grant");
});

test("OP has words of its own for errors, and wants to know what an identification is for", async () => {
  const about = { aud: `${op.origin}/oauth/authorize`, acr_values: undefined };
  const scope = "openid personal_identity_code profile";
  const ask = async (claims: JWTPayload) => {
    const url = `${op.origin}/oauth/authorize?request=${await sign({ ...usual(), ...about, ...claims })}`;
    return (await fetch(url, { redirect: "manual" })).status;
  };
  assert.equal(await ask({ scope }), 400);
  assert.equal(await ask({ scope: `${scope} strong` }), 400);
  assert.equal(await ask({ scope: `${scope} weak` }), 200);
  assert.equal(await ask({ scope: `${scope} weak`, ftn_spname: "Somebody else" }), 400);
  assert.equal(await ask({ scope: `${scope} weak`, ftn_idp_id: "fi-nordea" }), 200);

  const aud = `${op.origin}/oauth/token`;
  const used = await exchange(op, "/oauth/token", "unknown", await sign(assertion({ aud })));
  assert.deepEqual([used.status, used.body.error], [400, "invalid_request"]);
  const unsigned = await exchange(op, "/oauth/token", "unknown", await sign(assertion({ aud }), { key: stranger }));
  assert.deepEqual([unsigned.status, unsigned.body.error], [400, "unauthorized_client"]);
});

test("signed keys are the entity's, and rotation leaves the old one beside the new", async () => {
  const keysNow = async () => {
    const answer = await fetch(`${telia.origin}/openid_provider/signed_jwks.jwt`);
    assert.equal(answer.headers.get("content-type"), "application/jwk-set+jwt");
    return decodeJwt<{ keys: { kid: string; use: string }[] }>(await answer.text()).keys;
  };
  const before = await keysNow();
  await telia.rotateKeys();
  const between = await keysNow();
  assert.equal(between.length, before.length + 1);
  assert.ok(before.every(({ kid }) => between.some((key) => key.kid === kid)));
  assert.equal((await fetch(`${op.origin}/.well-known/openid-configuration`)).status, 404, "OP has removed it");
});

test("a person without script goes through its pages in a real browser, without cookies", {
  skip: noBrowser(),
}, async () => {
  const browser = await openBrowser();
  try {
    const { page } = await browser.window({ javaScript: false });
    await page.goto(`${telia.origin}/uas/oauth2/authorization?request=${await sign(usual())}`);
    await page.getByRole("button", { name: "oidc.nordea.1" }).click();
    const back = page.waitForRequest((request) => request.url().startsWith(redirectUri));
    await page.getByRole("button", { name: "Tero Testi Äyrämö" }).click();
    assert.ok(new URL((await back).url()).searchParams.has("code"));
    assert.deepEqual(await page.context().cookies(), []);
  } finally {
    await browser.close();
  }
});
