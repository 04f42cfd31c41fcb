import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { minutes } from "../../src/kernel/time.ts";
import { startApplication } from "../doubles/application.ts";
import { type EidService, openEidService } from "../grounds/eid-service.ts";
import { describe, type Visitor } from "../harness/agent.ts";
import { makeOrganisation, messagesTo, signInHere } from "../harness/people.ts";

let service: EidService;
before(async () => {
  service = await openEidService();
});
after(() => service.close());

/** An identity binds once in an organisation, and test persons are few: each test has an organisation of its own. */
let count = 0;
const organisation = (settings: object = {}): Promise<Organisation> => {
  count += 1;
  return makeOrganisation(service, `org-${count}`, settings);
};

const hasSession = (visitor: Visitor) => visitor.cookies().some(({ name }) => name === "vahva_session");

const boundTo = async (accountId: string) => {
  const { db } = service;
  const rows = await db.selectFrom("identity").select("bound_at").where("account_id", "=", accountId).execute();
  const linked = await db.selectFrom("authenticator").select("id").where("account_id", "=", accountId).execute();
  return { bound: rows.filter(({ bound_at }) => bound_at !== null).length, linked: linked.length };
};

test("ACT-5 SIN-2 activated by a bank alone, and in again by other banks of other brokers on either node, without a user name", async () => {
  const koivula = await organisation();
  const { visitor, accountId, email } = await service.activated(koivula, "tero");
  assert.ok(hasSession(visitor));
  assert.deepEqual(await boundTo(accountId), { bound: 1, linked: 1 });
  const page = await visitor.get("/account");
  assert.match(page.text, /Online banking codes, Mobile ID or BankID/);
  assert.doesNotMatch(page.html, /999R/);
  await visitor.submit({}, "Sign out");

  for (const [at, name] of (["op", "generic", "telia"] as const).entries()) {
    const anybody = await service.toSignIn("/sign-in?to=account");
    await service.leaveFor(anybody, name);
    const back = await service.answerAt(anybody, { person: "tero" });
    const node = service.origins[at % 2 === 0 ? 1 : 0];
    assert.equal((await anybody.get(back.replace(service.url, node ?? ""))).path, "/account", name);
    assert.match(anybody.page().text, new RegExp(email));
  }
  assert.equal((await service.events("eid.identified", accountId)).length, 3);
});

test("ACT-5 another person than the invitation expects is refused, nothing is bound, and the right one goes on", async () => {
  const koivula = await organisation();
  const { visitor, accountId } = await service.toChoice(koivula, { identityCode: "010170-999R" });
  const page = await service.identify(visitor, "telia", "korhonen");
  assert.match(page.heading, /This invitation is for another person/);
  assert.doesNotMatch(page.html, /010170|010200|999R|Äyrämö|Korhonen/, "and says not whom");
  assert.deepEqual(await boundTo(accountId), { bound: 0, linked: 0 });
  assert.ok(!hasSession(visitor));
  const [event] = await service.events("identity.refused", accountId);
  assert.deepEqual([event?.result, event?.reason], ["refused", "another-person"]);

  assert.match((await visitor.submit({}, "Identify yourself again")).heading, /Choose your bank/);
  assert.match((await service.identify(visitor, "op", "tero")).heading, /Your account is active/);
  assert.deepEqual(await boundTo(accountId), { bound: 1, linked: 1 });
});

test("ACT-5 an identity that another account of the organisation has is refused; in another organisation it is welcome", async () => {
  const koivula = await organisation();
  await service.activated(koivula, "vaino");
  const { visitor, accountId } = await service.toChoice(koivula);
  const page = await service.identify(visitor, "telia", "vaino");
  assert.match(page.heading, /You already have an account here/);
  assert.deepEqual(await boundTo(accountId), { bound: 0, linked: 0 });
  assert.equal((await service.events("identity.refused", accountId))[0]?.reason, "bound-elsewhere");
  await visitor.click("Sign in");
  await visitor.submit({}, "eid");
  assert.equal((await service.identify(visitor, "op", "vaino")).path, "/account", "the account that they have");

  await service.activated(await organisation(), "vaino");
});

test("SIN-2 whoever has accounts in two organisations chooses one on the way to an application", async () => {
  const [one, other] = [await organisation({ name: { en: "Alder" } }), await organisation({ name: { en: "Birch" } })];
  const calendar = await startApplication(service);
  try {
    await service.activated(one, "makinen");
    const second = await service.activated(other, "makinen");
    const visitor = await service.toSignIn(`${calendar.url}/login`);
    const page = await service.identify(visitor, "op", "makinen");
    assert.match(page.heading, /Which organisation/);
    assert.ok(!hasSession(visitor));
    const offered = page.forms.flatMap(({ buttons }) => buttons.filter(({ name }) => name === "account"));
    assert.deepEqual(
      offered.map(({ label }) => label.split(" ")[0]),
      ["Alder", "Birch"],
    );
    await visitor.submit({}, "Birch");
    assert.match(visitor.page().text, /Signed in/, describe(visitor.page()));
    assert.match(visitor.page().text, new RegExp(second.email));
  } finally {
    await calendar.close();
  }
});

test("SIN-2 REC-6 nobody's identity and that of a closed account get the same page, with ways on and no session", async () => {
  const koivula = await organisation();
  const pageFor = async () => {
    const visitor = await service.toSignIn(`/sign-in?organisation=${koivula.slug}`);
    const page = await service.identify(visitor, "telia", "virtanen");
    assert.match(page.heading, /No account is linked to you yet/);
    assert.ok(!hasSession(visitor));
    return { visitor, text: page.text };
  };
  const before = await pageFor();
  const { accountId } = await service.activated(koivula, "virtanen");
  await service.db.updateTable("account").set({ state: "closed" }).where("id", "=", accountId).execute();
  const closed = await pageFor();
  assert.equal(closed.text, before.text);
  assert.match((await closed.visitor.submit({}, "Identify yourself again")).heading, /Choose your bank/);
  assert.match((await service.identify(closed.visitor, "op", "virtanen")).heading, /No account is linked/);
  assert.match((await closed.visitor.submit({}, "Try another way")).heading, /Sign in/);
});

test("USR-4 USR-7 USR-9 linked on one's own page after a fresh proof, told of by e-mail, and good for signing in", async () => {
  const koivula = await organisation();
  const { visitor, email, number, accountId, phone } = await service.activatedByApp(koivula);
  service.clock.advance(minutes(6));
  await visitor.get("/account");
  await visitor.submit({ method: "eid" });
  assert.match(visitor.page().heading, /Sign in with your password/, "what was shown is too old");
  await signInHere(visitor, { email, phone });
  assert.match(visitor.page().heading, /Choose your bank/);
  assert.deepEqual(await boundTo(accountId), { bound: 0, linked: 2 });
  const page = await service.identify(visitor, "telia", "korhonen");
  assert.equal(page.path, "/account?linked=eid", describe(page));
  assert.deepEqual(await boundTo(accountId), { bound: 1, linked: 3 });
  for (const to of [email, number])
    assert.doesNotMatch(JSON.stringify(await messagesTo(service, to, 1, /A new sign-in method was linked/)), /A9618/);

  const again = await service.toSignIn("/sign-in?to=account");
  assert.equal((await service.identify(again, "op", "korhonen")).path, "/account");
  assert.match(again.page().text, new RegExp(email));
});
