import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { type DemoBankGround, openDemoBank } from "../../../../test/grounds/demo-bank.ts";
import { makeVisitor } from "../../../../test/harness/agent.ts";
import { ftnKind } from "../../../adapters/ftn/index.ts";
import { type Language, languages } from "../../../kernel/language.ts";
import { Secret } from "../../../kernel/secret.ts";
import { makeKeyring } from "../../../platform/seal/index.ts";
import type { RelyingPartyKey, RelyingPartyKeys } from "../../../ports/identity-broker.ts";

let bank: DemoBankGround;

before(async () => {
  bank = await openDemoBank();
});
after(() => bank.close());

test("demo bank: nodes that begin at once find the same keys, which outlive them", async () => {
  const found = await Promise.all([bank.registration(), bank.registration(), bank.registration()]);
  const kids = new Set(found.map(({ settings }) => settings.entityKey.kid));
  assert.equal(kids.size, 1);
  const jwt = await (await fetch(`${await bank.startNode()}/demo/bank/jwks.jwt`)).text();
  const entity = createLocalJWKSet({ keys: [{ ...found[0].settings.entityKey, kty: "RSA" }] });
  await jwtVerify(jwt, entity, { currentDate: bank.clock.now() });
  const { rows } = await bank.query("select private_key from demo_bank_key");
  assert.equal(rows.length, 2);
  for (const { private_key: sealed } of rows as { private_key: Buffer }[]) {
    assert.doesNotMatch(sealed.toString("latin1"), /PRIVATE KEY/);
    const other = makeKeyring([new Secret("another secret than the one that it was sealed with")]);
    assert.throws(() => other.open({ table: "demo_bank_key", column: "private_key", row: "entity" }, sealed));
  }
});

test("demo bank: discovery and the entity statement tell the same, and hold no private part of a key", async () => {
  const discovered = await fetch(`${bank.issuer}/.well-known/openid-configuration`);
  const statement = await fetch(`${bank.issuer}/.well-known/openid-federation`);
  assert.equal(statement.headers.get("content-type"), "application/entity-statement+jwt");
  const text = await statement.text();
  const { settings } = await bank.registration();
  const { payload } = await jwtVerify(text, createLocalJWKSet({ keys: [{ ...settings.entityKey, kty: "RSA" }] }), {
    issuer: bank.issuer,
    subject: bank.issuer,
    typ: "entity-statement+jwt",
    currentDate: bank.clock.now(),
  });
  const metadata = (await discovered.json()) as Record<string, unknown>;
  assert.deepEqual(payload.metadata, { openid_provider: metadata });
  assert.equal(metadata.issuer, bank.issuer);
  assert.equal(metadata.require_signed_request_object, true);
  assert.deepEqual(metadata.token_endpoint_auth_methods_supported, ["private_key_jwt"]);
  const keys = await fetch(`${bank.issuer}/jwks.jwt`);
  assert.equal(keys.headers.get("content-type"), "application/jwk-set+jwt");
  for (const jwt of [text, await keys.text()])
    assert.doesNotMatch(JSON.stringify(decodeJwt(jwt)), /"(d|p|q|dp|dq|qi)":/);
});

const ours = (kid: "sig" | "enc" | "entity"): RelyingPartyKey => ({
  kid,
  privateKey: bank.keys[kid].export({ type: "pkcs8", format: "pem" }).toString(),
  certificate: "",
  createdAt: bank.clock.now(),
});

test("demo bank: the service's own adapter takes its registration, and is told who somebody is", async () => {
  const { profile, settings } = await bank.registration();
  const parsed = ftnKind.parse(profile, settings);
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  const keys: RelyingPartyKeys = {
    signing: async () => ours("sig"),
    entity: async () => ours("entity"),
    decryption: async () => [ours("enc")],
    published: async () => [
      { ...ours("sig"), use: "sig" },
      { ...ours("enc"), use: "enc" },
    ],
  };
  const context = { publicUrl: bank.publicUrl, environment: "test", callbackUrl: bank.redirectUri, keys } as const;
  const broker = { name: "demo-bank", profile, settings: parsed.settings, secret: null };
  const connection = ftnKind.connect(broker, context);
  const now = bank.clock.now();
  const wish = { language: "en", level: "substantial", now } as const;

  const { means } = await connection.selection("en", now);
  assert.deepEqual([means.length, means[0]?.name], [6, "Kuusipankki"]);
  const told = [
    ["fi-kuusi", "Aino Virtanen", { country: "FI", type: "hetu", value: "010170-960F" }],
    ["fi-mobile", "Mikael Öhman", { country: "FI", type: "hetu", value: "230991-961K" }],
    ["se-bankid", "Nils Lindqvist", { country: "SE", type: "eidas", value: "SE/FI/198112289874" }],
    ["ee-eid", "Kadri Tamm", { country: "EE", type: "eidas", value: "EE/FI/DEMO-0001" }],
    ["ee-eid", "Cancel", null],
  ] as const;
  for (const [id, name, identity] of told) {
    const state = bank.random.id();
    const left = await connection.depart({ ...wish, state, means: id });
    assert.equal(left.result, "departs", JSON.stringify(left));
    const visitor = makeVisitor(bank.publicUrl);
    await visitor.get(left.url);
    await visitor.submit({}, name);
    const answer = Object.fromEntries(new URL(visitor.page().url).searchParams);
    const found = await connection.identify(answer, { ...wish, memory: left.memory, state, sentAt: now });
    if (!identity) assert.deepEqual(found, { result: "cancelled" });
    else {
      assert.equal(found.result, "identified", JSON.stringify(found));
      assert.deepEqual([found.identity, found.level], [identity, "substantial"]);
    }
  }
  const checks = await connection.check(now);
  // The clock that is turned by hand is not the machine's.
  const failed = checks.filter(({ verdict, says }) => verdict === "fail" && !says.includes("clock"));
  assert.deepEqual(failed, []);
});

test("demo bank: every page says that it is a demonstration, in the language that the service asks for", async () => {
  const words: Readonly<Record<Language, readonly [RegExp, title: RegExp, RegExp]>> = {
    fi: [/Tämä on esittely\. Tällaista pankkia ei ole/, /Ei oikea pankki/, /Se ei todista/],
    sv: [/Det här är en demonstration\. Banken finns inte/, /Ingen riktig bank/, /styrker ingens/],
    en: [/This is a demonstration\. There is no such bank/, /Not a real bank/, /vouches for nobody/],
  };
  for (const language of languages) {
    const visitor = makeVisitor(bank.publicUrl);
    const address = async (more = {}) =>
      bank.address(await bank.sign(bank.request({ ui_locales: `de ${language} en`, ...more })));
    const isSaid = () => {
      const { text, html } = visitor.page();
      assert.match(html, new RegExp(`<html lang="${language}">`));
      for (const said of words[language]) assert.match(text, said);
      assert.match(html, new RegExp(`<title>[^<]*${words[language][1].source}</title>`));
    };
    await visitor.get(await address());
    isSaid();
    await visitor.submit({}, "Kuusipankki");
    isSaid();
    await visitor.get(await address({ ftn_idp_id: "fi-kuusi" }));
    isSaid();
    const answered = visitor.page().url;
    await visitor.submit({}, "Aino Virtanen");
    // What can't be believed names no language: the person's own browser does.
    await visitor.get(`${answered}&lang=${language}`);
    assert.equal(visitor.page().status, 400);
    isSaid();
    await visitor.get(`${bank.address("abc")}&lang=${language}`);
    isSaid();
  }
});

test("GUI-1 demo bank: the language can be changed on the way, and the request goes along", async () => {
  const visitor = makeVisitor(bank.publicUrl);
  await visitor.get(bank.address(await bank.sign(bank.request({ ui_locales: "fi" }))));
  await visitor.submit({}, "Majakkapankki");
  await visitor.click("Svenska");
  assert.equal(visitor.page().heading, "Välj vem du är");
  await visitor.submit({}, "Aino Virtanen");
  assert.match(visitor.page().url, /callback\?code=/);
});
