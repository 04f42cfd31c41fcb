import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { demoDeps } from "../../../test/grounds/demo.ts";
import { makeVisitor } from "../../../test/harness/agent.ts";
import { type Service, startService, until } from "../../../test/harness/service.ts";
import { candourKind } from "../../adapters/candour/index.ts";
import { ftnKind } from "../../adapters/ftn/index.ts";
import { findOrganisation } from "../organisations/index.ts";
import { type PrepareDeps, prepareDemo } from "./index.ts";
import { demoSlug } from "./prepare.ts";

let service: Service;

before(async () => {
  service = await startService({ bank: true });
});
after(() => service.close());

test("demo ACT-5: from the invitation to the application in five clicks, by a bank that is none", async () => {
  const sms = async () => (await service.inbox()).find(({ channel }) => channel === "sms");
  const pin = await until(async () => /\d{6}/.exec((await sms())?.text ?? "")?.[0], "the PIN");
  const aino = makeVisitor(service.url);
  await aino.get(service.demo?.invitation ?? "");
  await aino.submit({ pin });
  await aino.submit({}, "Online banking codes");
  await aino.submit({}, "Kuusipankki");
  assert.match(aino.page().text, /Not a real bank/);
  await aino.submit({}, "Aino Virtanen");
  await aino.click("Havula Online");
  assert.equal(aino.page().heading, "Welcome, Aino");
  assert.match(aino.page().text, /Two factors aal2.*several factors mfa/);
});

type Brokers = PrepareDeps["identityBrokers"];

/** A registry that only remembers. */
function fakeBrokers() {
  const rows = new Map<string, Parameters<Brokers["add"]>[0]>();
  const done: string[] = [];
  const brokers: Brokers = {
    find: async (name) => rows.get(name) ?? null,
    add: async (broker) => {
      rows.set(broker.name, broker);
      done.push(`add ${broker.name}`);
      return {};
    },
    change: async (name, change) => {
      const known = rows.get(name);
      assert.ok(known);
      rows.set(name, { ...known, ...change });
      done.push(`change ${name}`);
    },
  };
  return { rows, done, brokers };
}

const prepare = (identityBrokers: Brokers, publicUrl = service.url) =>
  prepareDemo({ ...demoDeps(service), publicUrl, identityBrokers });

const staffMethods = async () => (await findOrganisation(service.db, demoSlug))?.policy.methods.staff;

test("demo: bank and proofing service are brokers like any other, registered once and anew at another address", async () => {
  const { rows, done, brokers } = fakeBrokers();
  await prepare(brokers);
  await prepare(brokers);
  const added = ["add demo-bank", "add demo-proofing"];
  assert.deepEqual(done, added);
  const bank = rows.get("demo-bank");
  assert.ok(bank);
  assert.deepEqual(bank.title, { fi: "Demopankki", sv: "Demobanken", en: "Demo bank" });
  assert.ok("settings" in ftnKind.parse(bank.profile, bank.settings));
  assert.equal(bank.settings.issuer, `${service.url}/demo/bank`);
  const proofing = rows.get("demo-proofing");
  assert.ok(proofing && "settings" in candourKind.parse(proofing.profile, proofing.settings));
  assert.ok(proofing.secret);
  await prepare(brokers, "http://localhost:4999");
  assert.deepEqual(done, [...added, "change demo-bank", "change demo-proofing"]);
  assert.equal(rows.get("demo-bank")?.settings.issuer, "http://localhost:4999/demo/bank");
  await prepare(brokers);
});

test("demo: bank authentication is recommended, in a database made before there was a bank too, but not against what was chosen since", async () => {
  const recommended = { permitted: ["eid", "passkey", "totp"], recommended: "eid" };
  assert.deepEqual(await staffMethods(), recommended);
  const change = async (staff: object) => {
    const { changeOrganisation } = service.features.organisations;
    await changeOrganisation(demoSlug, { policy: { methods: { staff } } }, { actor: "operator" });
    await prepare(fakeBrokers().brokers);
    return staffMethods();
  };
  assert.deepEqual(await change({ permitted: ["totp"], recommended: "totp" }), recommended);
  assert.deepEqual(await change({ permitted: ["eid", "totp"], recommended: "eid" }), recommended);
  const chosen = { permitted: ["totp", "eid"], recommended: "totp" };
  assert.deepEqual(await change(chosen), chosen);
});

test("demo: in production there is neither bank nor proofing service", async () => {
  const production = await startService({
    env: {
      VAHVA_MODE: "production",
      VAHVA_SMTP_URL: "smtp+plain://localhost:1",
      VAHVA_MAIL_FROM: "kirjautuminen@koivula.example",
      VAHVA_SMS_URL: "none",
    },
  });
  try {
    for (const path of ["authorize", "jwks.jwt", ".well-known/openid-configuration", ".well-known/openid-federation"]) {
      assert.equal((await fetch(`${service.url}/demo/bank/${path}`)).status, path === "authorize" ? 400 : 200, path);
      assert.equal((await fetch(`${production.url}/demo/bank/${path}`)).status, 404, path);
    }
    const init = { method: "POST", body: new URLSearchParams() };
    for (const path of ["bank/token", "proofing/v1"])
      assert.equal((await fetch(`${service.url}/demo/${path}`, init)).status, 401);
    for (const path of ["bank/authorize", "bank/token", "proofing/v1", "proofing/invitation"])
      assert.equal((await fetch(`${production.url}/demo/${path}`, init)).status, 404);
  } finally {
    await production.close();
  }
});
