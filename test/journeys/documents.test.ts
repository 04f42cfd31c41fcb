import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { hours } from "../../src/kernel/time.ts";
import { type Candour, startCandour } from "../doubles/candour/index.ts";
import { type EidService, openEidService } from "../grounds/eid-service.ts";
import { hasSession, type Recovering, recovering } from "../grounds/recovery.ts";
import { describe, makeVisitor, type Page, type Visitor } from "../harness/agent.ts";
import { eventually } from "../harness/eventually.ts";
import { makeOrganisation, messagesTo } from "../harness/people.ts";

let service: EidService;
let lost: Recovering;
let candour: Candour;

/** A passport without an identity code, of the person whom the broker's double calls tero. */
const passport = { firstName: "TERO TESTI", lastName: "AEYRAEMOE", dateOfBirth: "1970-01-01" };

before(async () => {
  service = await openEidService();
  lost = recovering(service);
  candour = await startCandour({ clock: service.clock });
  const { settings, secret } = candour;
  const added = { name: "candour", profile: "candour", title: { en: "Candour ID" }, settings, secret };
  const result = await service.features.identityBrokers.add(added, { actor: "operator" });
  assert.ok("broker" in result, JSON.stringify(result));
  const koivula = await organisation();
  await eventually(async () => {
    const visitor = await lost.toProof("anybody@koivula.example", { organisation: koivula });
    assert.match(visitor.page().html, /value="candour"/);
  });
});
after(async () => {
  await candour.stop();
  await service.close();
});

let count = 0;
const organisation = (recovery: object = { withoutCode: true }, more: object = {}): Promise<Organisation> => {
  count += 1;
  const services = { staff: ["candour", "op"], student: ["candour"], guest: ["candour", "op"] };
  return makeOrganisation(service, `org-${count}`, { policy: { recovery: { services, ...recovery } }, ...more });
};

/** Tero's account, bound by the bank; his given name as the organisation knows it. */
async function teros(given: object = {}, recovery?: object) {
  const at = await organisation(recovery);
  return { ...(await lost.account(at, "tero", { givenName: "Tero", familyName: "Äyrämö", ...given })), at };
}

/** Shows a document at Candour, told as `told` says, and comes back. */
async function show(visitor: Visitor, told: object = passport): Promise<Page> {
  await visitor.submit({}, "candour");
  candour.act("show kadri", { ...told });
  return visitor.get(candour.wanted().callbackUrl);
}

async function shown({ email, at }: { email: string; at: Organisation }, told: object = passport): Promise<Visitor> {
  const visitor = await lost.toProof(email, { organisation: at });
  await show(visitor, told);
  return visitor;
}

async function caseOf(accountId: string) {
  const found = (await service.features.cases.list(service.db, { accountId })).at(-1);
  assert.ok(found, "a case");
  return found;
}

const decide = async (accountId: string, decision: "approve" | "refuse" | "close") =>
  service.features.cases.decide(await caseOf(accountId), { decision, reason: "Called back", actor: "operator" });

/** What a browser can post at any time. */
async function tokenOf(visitor: Visitor): Promise<Record<string, string>> {
  await visitor.get("/recover");
  return { form_token: visitor.hidden().form_token ?? "" };
}

/** Posts what the button of an approval does, whatever the page offers. */
const goOn = async (visitor: Visitor, path: string): Promise<Page> =>
  visitor.post(path, { ...(await tokenOf(visitor)), step: "identity-proofed", document: "continue" });

test("REC-3 T84 a document without a code: an agent approves, its person goes on in the same browser, and only then it is reset", async () => {
  const aino = await teros();
  const before = await lost.standing(aino.accountId);
  const visitor = await shown(aino);
  const page = visitor.page();
  assert.match(page.heading, /A support agent looks at it/, describe(page));
  assert.doesNotMatch(page.title, /Error/);
  const one = await caseOf(aino.accountId);
  assert.ok(page.text.includes(one.reference));
  assert.deepEqual(
    [one.kind, one.state, one.facts],
    ["document", "open", { service: "candour", level: "substantial" }],
  );
  await messagesTo(service, "tuki@koivula.example");
  assert.equal((await visitor.get(page.url)).heading, page.heading, "it may be reloaded");
  await goOn(visitor, page.path);
  assert.deepEqual(await lost.standing(aino.accountId), before, "not approved yet");

  service.clock.advance(hours(20));
  assert.match((await visitor.get(page.path)).heading, /looks at it/, "and come back to");
  assert.equal(await decide(aino.accountId, "approve"), "decided");
  assert.deepEqual(await lost.standing(aino.accountId), before, "the approval alone resets nothing");
  const [letter] = await messagesTo(service, aino.email, 1, new RegExp(one.reference));
  assert.match(letter?.text ?? "", /same browser[\s\S]*\/not-me\/[\w-]{43}/);

  const stolen = await goOn(makeVisitor(service.url), page.path);
  assert.match(stolen.path, /^\/(sign-in|journey)/, "another browser");
  assert.deepEqual(await lost.standing(aino.accountId), before);

  service.clock.advance(hours(23));
  assert.match((await visitor.get(page.path)).heading, /User support has approved/);
  const later = { ...before, sessions: 0 }; // it has run out
  assert.deepEqual(await lost.standing(aino.accountId), later, "nor does opening the page");
  const done = await visitor.submit({}, "continue");
  assert.match(done.path, /^\/recover\/status\//, describe(done));
  assert.ok(!hasSession(visitor));
  const after = await lost.standing(aino.accountId);
  assert.deepEqual([after.methods, after.resets], [["password"], 1]);
  assert.equal((await caseOf(aino.accountId)).state, "closed");
  const [event] = await service.events("recovery.reset", aino.accountId);
  assert.equal(event?.broker, "candour");
  await lost.linkApp(visitor);
  assert.match(visitor.page().heading, /is linked/);
});

test("REC-3 T46 sixteen posts of one approval at once are one reset", async () => {
  const aino = await teros();
  const visitor = await shown(aino);
  await decide(aino.accountId, "approve");
  const { url } = await visitor.get(visitor.page().path);
  const body = new URLSearchParams({ ...visitor.hidden(), document: "continue" });
  const cookie = visitor.cookies().map(({ name, value }) => `${name}=${value}`);
  const post = () => fetch(url, { method: "POST", redirect: "manual", headers: { cookie: cookie.join("; ") }, body });
  await Promise.all(Array.from({ length: 16 }, post));
  assert.equal((await lost.standing(aino.accountId)).resets, 1);
});

test("REC-3 REC-4 T77 another name or date of birth, nobody, and where it is not allowed: one answer, no case, nobody told", async () => {
  const [aino, elsewhere, never] = [await teros(), await teros({}, {}), await organisation()];
  const unbound = { ...(await service.activatedByApp(never)), at: never };
  const before = await lost.standing(aino.accountId);
  const tries: readonly [whose: { email: string; at: Organisation }, told: object][] = [
    [aino, { ...passport, firstName: "TERHO" }],
    [aino, { ...passport, lastName: "MAEKINEN" }],
    [aino, { ...passport, dateOfBirth: "1970-01-02" }],
    [elsewhere, passport],
    [unbound, { firstName: "AINO", lastName: "VIRTANEN", dateOfBirth: "1970-01-01" }],
    [{ ...aino, email: "nobody@koivula.example" }, passport],
  ];
  const messages = async () => (await service.db.selectFrom("message").select("id").execute()).length;
  const sent = await messages();
  const pages = new Set<string>();
  for (const [whose, told] of tries) {
    const { heading, text } = (await shown(whose, told)).page();
    assert.match(heading, /could not confirm that this account is yours/);
    pages.add(text.replace(/[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{2}/, ""));
  }
  assert.equal(pages.size, 1, [...pages].join("\n"));
  assert.equal(await messages(), sent);
  assert.deepEqual(await lost.standing(aino.accountId), before);
  for (const { accountId } of [aino, elsewhere, unbound])
    assert.deepEqual(await service.features.cases.list(service.db, { accountId }), []);
});

test("REC-3 less surely than at enrolment, a document waits for nobody", async () => {
  const aino = await teros();
  await service.db.updateTable("identity").set({ level: "high" }).where("account_id", "=", aino.accountId).execute();
  assert.match((await shown(aino)).page().heading, /could not confirm/);
  assert.deepEqual(await service.features.cases.list(service.db, { accountId: aino.accountId }), []);
});

test("REC-3 only where a policy names the service, and for the organisation that the person came to", async () => {
  const [first, second] = [await teros({ userName: "tero.a" }), await teros({ userName: "tero.a" })];
  const anywhere = await lost.toProof("tero.a");
  assert.doesNotMatch(anywhere.page().html, /value="candour"/);
  const visitor = await shown({ email: "tero.a", at: first.at });
  assert.match(visitor.page().heading, /looks at it/);
  assert.equal((await caseOf(first.accountId)).state, "open");
  assert.deepEqual(await service.features.cases.list(service.db, { accountId: second.accountId }), []);
});

test("REC-4 refused by the agent, or too late: nothing has changed, and the page leads to support", async () => {
  const [refused, late] = [await teros(), await teros()];
  const before = await lost.standing(refused.accountId);
  const visitor = await shown(refused);
  await decide(refused.accountId, "refuse");
  const page = await visitor.get(visitor.page().path);
  assert.match(page.heading, /could not confirm/);
  assert.ok(page.text.includes((await caseOf(refused.accountId)).reference));
  await goOn(visitor, page.path);
  assert.deepEqual(await lost.standing(refused.accountId), before);

  const waiting = await shown(late);
  service.clock.advance(hours(24));
  assert.match((await waiting.get(waiting.page().path)).heading, /could not confirm/);
  assert.equal(await decide(late.accountId, "approve"), "too-late");
});

test("REC-3 an approval counts no more after the owner's own reset, nor once it is taken back", async () => {
  const aino = await teros();
  const visitor = await shown(aino);
  await decide(aino.accountId, "approve");
  const { path } = visitor.page();
  await lost.reset(aino.email, "tero", { organisation: aino.at });
  const before = await lost.standing(aino.accountId);
  assert.equal(before.resets, 1);
  await goOn(visitor, path);
  assert.match((await visitor.get(path)).heading, /could not confirm/);
  assert.deepEqual(await lost.standing(aino.accountId), before);

  const other = await teros();
  const again = await shown(other);
  await decide(other.accountId, "approve");
  await again.get(again.page().path);
  await decide(other.accountId, "close");
  const page = await again.submit({}, "continue");
  assert.match(page.heading, /could not confirm/, describe(page));
  assert.equal((await lost.standing(other.accountId)).resets, 0);
});

test("REC-3 REC-5 POL-1 an approval counts by the rules of the moment it is used: a level that rose, an account that became a guest's", async () => {
  const changes: readonly ((whose: { accountId: string; at: Organisation }) => Promise<unknown>)[] = [
    ({ at }) =>
      service.db
        .updateTable("organisation")
        .set({ policy: sql`jsonb_set(policy, '{eid}', '{"level": "high"}')` })
        .where("id", "=", at.id)
        .execute(),
    ({ accountId }) =>
      service.db.updateTable("identity").set({ level: "high" }).where("account_id", "=", accountId).execute(),
    ({ accountId }) =>
      service.db.updateTable("account").set({ category: "guest" }).where("id", "=", accountId).execute(),
  ];
  for (const change of changes) {
    const services = { staff: ["candour", "op"], guest: ["candour", "op"] };
    const aino = await teros({}, { services, withoutCode: true });
    const visitor = await shown(aino);
    await decide(aino.accountId, "approve");
    await visitor.get(visitor.page().path);
    await change(aino);
    const before = await lost.standing(aino.accountId);
    const page = await visitor.submit({}, "continue");
    assert.match(page.heading, /could not confirm/, `${change} ${describe(page)}`);
    assert.deepEqual(await lost.standing(aino.accountId), before);
    assert.equal((await caseOf(aino.accountId)).state, "approved", "the approval is not used up by it");
  }
});

test("REC-3 T88 shown again and again in one journey it is one case; three a day of an account", async () => {
  const aino = await teros();
  const visitor = await shown(aino);
  const { path } = visitor.page();
  await visitor.post(path, { ...(await tokenOf(visitor)), step: "identity-proofed", means: "candour" });
  candour.act("show kadri", passport);
  assert.match((await visitor.get(candour.wanted().callbackUrl)).heading, /looks at it/);
  const all = () => service.features.cases.list(service.db, { accountId: aino.accountId });
  assert.equal((await all()).length, 1);
  for (let time = 0; time < 3; time++) await shown(aino);
  assert.equal((await all()).length, 3);
});

test("REC-5 a guest whose address did not tell it: proved, and nothing is reset; whose it is and that support knows is said", async () => {
  const koivula = await organisation();
  const guest = await lost.account(koivula, "korhonen", { category: "guest" });
  const before = await lost.standing(guest.accountId);
  const visitor = await lost.toProof(guest.email, { organisation: koivula });
  const page = await service.identify(visitor, "op", "korhonen");
  assert.match(page.heading, /You are a guest here/, describe(page));
  assert.match(page.text, /koivula\.example[\s\S]*User support knows now/);
  const one = await caseOf(guest.accountId);
  assert.ok(page.text.includes(one.reference));
  assert.deepEqual([one.kind, one.state, one.facts], ["guest", "open", { service: "op", level: "substantial" }]);
  assert.deepEqual(await lost.standing(guest.accountId), before);
  const again = await lost.toProof(guest.email, { organisation: koivula });
  await service.identify(again, "op", "korhonen");
  assert.equal((await service.features.cases.list(service.db, { accountId: guest.accountId })).length, 1);
});

test("T12 nothing of the person lies open in the cases, nor in the events about them", async () => {
  const [cases, events] = await Promise.all([
    service.db.selectFrom("support_case").selectAll().execute(),
    service.db.selectFrom("audit_event").select("detail").where("type", "like", "case.%").execute(),
  ]);
  // An id may have any figures in it.
  const text = JSON.stringify([cases, events]).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>");
  assert.ok(cases.length > 5);
  assert.doesNotMatch(text, /Tero|Äyr|AEYR|1970|koivula\.example|010170/i);
});
