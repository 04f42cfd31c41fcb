import assert from "node:assert/strict";
import { test } from "node:test";
import { plus, seconds } from "../../kernel/time.ts";
import { type Claims, judgeClaims } from "./judge-claims.ts";
import { parseSettings } from "./settings.ts";
import { type Setup, setUp } from "./setup.ts";

const now = new Date("2026-11-22T09:00:00Z");
const expected = { nonce: "our-nonce", sentAt: plus(now, -seconds(90)), level: "substantial", now } as const;
const at = (offset: number) => now.getTime() / 1000 + offset;

function setup(profile: "telia" | "op" | "idura" | "signicat" | "oidc", given: object = {}): Setup {
  const issuer = "https://broker.example/uas";
  const entityKey = profile === "op" ? { jwks: { keys: [{ kty: "RSA" }] } } : {};
  const level = profile === "oidc" ? { level: "substantial" } : {};
  const parsed = parseSettings(profile, { issuer, clientId: "us", ...entityKey, ...level, ...given });
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  return setUp(profile, parsed.settings, "test");
}
const telia = setup("telia");

const usual: Claims = {
  iss: "https://broker.example/uas",
  sub: "whoever",
  aud: ["us"],
  azp: "us",
  iat: at(-1),
  exp: at(600),
  auth_time: at(-5),
  nonce: "our-nonce",
  acr: "http://ftn.ficora.fi/2017/loatest2",
  "urn:oid:1.2.246.21": "010170-999R",
  "urn:oid:1.3.6.1.5.5.7.9.1": "1970-01-01",
};
const judge = (more: Claims, over: Partial<typeof expected> | object = {}, by = telia) =>
  judgeClaims({ ...usual, ...more }, by, { ...expected, ...over });

test("T46 the claims of an answer to us, just now, are somebody", () => {
  assert.deepEqual(judge({}), {
    result: "identified",
    identity: { country: "FI", type: "hetu", value: "010170-999R" },
    level: "substantial",
    authenticatedAt: plus(now, -seconds(5)),
  });
  for (const fine of [
    { aud: "us", azp: undefined },
    { aud: ["us", "another"], azp: "us" },
    { exp: at(-59) },
    { iat: at(59) },
    { auth_time: at(-149) },
    { acr: "http://ftn.ficora.fi/2017/loatest3" },
    { "urn:oid:1.3.6.1.5.5.7.9.1": undefined },
  ])
    assert.equal(judge(fine).result, "identified", JSON.stringify(fine));
});

const wrong: readonly (readonly [reason: string, claims: Claims])[] = [
  ["issuer-differs", { iss: "https://broker.example/uas/" }],
  ["issuer-differs", { iss: undefined }],
  ["audience-differs", { aud: "another" }],
  ["audience-differs", { aud: [] }],
  ["audience-differs", { aud: ["us", "another"], azp: undefined }],
  ["audience-differs", { aud: ["us", "another"], azp: "another" }],
  ["audience-differs", { azp: "another" }],
  ["audience-differs", { azp: null }],
  ["token-unreadable", { exp: undefined }],
  ["token-unreadable", { exp: "2026-11-22" }],
  ["token-unreadable", { iat: 1e300 }],
  ["token-unreadable", { auth_time: "now" }],
  ["token-expired", { exp: at(-60) }],
  ["token-from-the-future", { iat: at(61) }],
  ["token-from-the-future", { nbf: at(61) }],
  ["token-from-the-future", { auth_time: at(61) }],
  ["nonce-differs", { nonce: undefined }],
  ["nonce-differs", { nonce: "another" }],
  ["authentication-time-missing", { auth_time: undefined }],
  ["authentication-old", { auth_time: at(-151) }],
  ["level-missing", { acr: undefined }],
  ["level-missing", { acr: ["http://ftn.ficora.fi/2017/loatest2"] }],
  ["level-unknown", { acr: "http://ftn.ficora.fi/2017/loa2" }],
  ["level-unknown", { acr: "constructor" }],
  ["identity-code-wrong", { "urn:oid:1.2.246.21": "010170-999S" }],
  ["identity-code-wrong", { "urn:oid:1.2.246.21": ["010170-999R"] }],
  ["birth-date-differs", { "urn:oid:1.3.6.1.5.5.7.9.1": "1970-01-02" }],
  ["no-identity", { "urn:oid:1.2.246.21": undefined }],
  ["no-identity", { "urn:oid:1.2.246.21": "" }],
];
for (const [reason, claims] of wrong)
  test(`T46 ${reason}: ${JSON.stringify(claims, (_, value) => value ?? null)}`, () => {
    assert.deepEqual(judge(claims), { result: "refused", reason });
  });

test("T47 less than the level wished for is refused, and the other environment's levels count for nothing", () => {
  assert.deepEqual(judge({}, { level: "high" }), { result: "refused", reason: "level-too-low" });
  assert.equal(judge({ acr: "http://ftn.ficora.fi/2017/loatest3" }, { level: "high" }).result, "identified");
  const settings = { clientId: "us", levels: { "http://ftn.ficora.fi/2017/loatest2": "high" } };
  const parsed = parseSettings("telia", { ...settings, issuer: "https://broker.example/uas" });
  assert.ok("settings" in parsed);
  const production = setUp("telia", parsed.settings, "production");
  assert.deepEqual(judge({}, {}, production), { result: "refused", reason: "level-unknown" });
});

const without = { "urn:oid:1.2.246.21": undefined, "urn:oid:1.3.6.1.5.5.7.9.1": undefined };
const eidas = "http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier";

test("SIN-2 the code names the person, else the number of a card, else the identifier of another country", () => {
  const identityOf = (claims: Claims, by = telia) => {
    const judged = judge(claims, {}, by);
    return judged.result === "identified" ? judged.identity : judged.reason;
  };
  const satu = { "urn:oid:1.2.246.22": "99900001N" };
  assert.deepEqual(identityOf(satu), { country: "FI", type: "hetu", value: "010170-999R" });
  assert.deepEqual(identityOf({ ...without, ...satu }), { country: "FI", type: "satu", value: "99900001N" });
  assert.deepEqual(identityOf({ ...without, [eidas]: "SE/FI/ab-1" }), {
    country: "SE",
    type: "eidas",
    value: "SE/FI/ab-1",
  });
  // A wrong code is not passed over for the next claim.
  assert.equal(identityOf({ "urn:oid:1.2.246.21": "010170-999S", [eidas]: "SE/FI/ab-1" }), "identity-code-wrong");
});

test("T49 a code counts only with the country that it is of", () => {
  const idura = setup("idura");
  const scheme = { identityscheme: "sebankid", birthdate: undefined };
  const identityOf = (claims: Claims) => {
    const judged = judge({ ...scheme, ...claims }, {}, idura);
    return judged.result === "identified" ? judged.identity : judged.reason;
  };
  assert.deepEqual(identityOf({ ssn: "198112289874", country: "SE" }), {
    country: "SE",
    type: "personnummer",
    value: "198112289874",
  });
  assert.deepEqual(identityOf({ ssn: "197010632391", country: "SE" }), {
    country: "SE",
    type: "samordningsnummer",
    value: "197010632391",
  });
  assert.equal(identityOf({ ssn: "198112289874", country: "DK" }), "no-identity");
  assert.equal(identityOf({ hetu: "010170-999R" }), "no-identity");
  assert.equal(identityOf({ hetu: "010170-999R", country: "FI", identityscheme: "dkmitid" }), "level-unknown");
});

test("T49 two claims that name two people name nobody", () => {
  const claims = { idp: "ftn", ftn_hetu: "010170-999R", nin_issuing_country: "FI", birthdate: "1970-01-01" };
  assert.equal(judge({ ...claims, nin: "010170-999R" }, {}, setup("signicat")).result, "identified");
  assert.deepEqual(judge({ ...claims, nin: "070770-905D" }, {}, setup("signicat")), {
    result: "refused",
    reason: "identity-codes-differ",
  });
});

test("T49 a plain provider's people are issuer and subject, unless it is said to know codes: then they have one", () => {
  const oidc = setup("oidc");
  const judged = judge({}, {}, oidc);
  assert.ok(judged.result === "identified");
  assert.deepEqual(judged.identity, { country: "XX", type: "subject", value: "https://broker.example/uas whoever" });
  assert.deepEqual(judge({ sub: undefined }, {}, oidc), { result: "refused", reason: "no-identity" });
  const withCodes = setup("oidc", { identities: [{ claim: "pnr", types: ["personnummer"], where: { land: "SE" } }] });
  assert.deepEqual(judge({}, {}, withCodes), { result: "refused", reason: "no-identity" });
  assert.equal(judge({ pnr: "198112289874", land: "SE" }, {}, withCodes).result, "identified");
});
