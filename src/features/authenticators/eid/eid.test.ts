import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { anna, type EidGround, matti, openEidGround, vaino } from "../../../../test/grounds/eid.ts";
import type { Identity } from "../../../kernel/identity.ts";
import { minutes } from "../../../kernel/time.ts";

let ground: EidGround;

before(async () => {
  ground = await openEidGround();
});
beforeEach(async () => {
  ground.enqueued.length = 0;
  ground.outcomes.length = 0;
  await ground.setPolicy({});
  for (const name of ["one", "other"]) await ground.setState(name, "open");
});
after(() => ground.close());

/** Test persons are few and identities bind once: each test has an organisation of its own. */
let count = 0;
async function open(who = matti) {
  count += 1;
  const organisation = await ground.createOrganisation(`org-${count}`);
  const account = await ground.activated(`user-${count}`, who, organisation.id);
  ground.enqueued.length = 0;
  return { organisation, account };
}
const begin = (organisationId: string | null = null, browser = "browser") => ground.begin({ organisationId, browser });
const identified = (identity: Identity) =>
  ({
    result: "identified",
    identity,
    level: "substantial",
    authenticatedAt: ground.clock.now(),
    brokerSession: null,
  }) as const;
const noticeOf = async (id: string, browser?: string) => (await ground.notice(id, browser))?.key;

test("ACT-5 the identity is bound at activation, the account is active, and the person is told", async () => {
  count += 1;
  const organisation = await ground.createOrganisation(`org-${count}`);
  const account = await ground.createAccount("binds", organisation.id);
  const id = await ground.beginActivation(account);
  await ground.post(id, { step: "choose", method: "eid" });
  assert.equal((await ground.page(id)).kind, "eid-link");
  assert.equal((await ground.identify(id, matti, { kind: "eid-link" })).to, "destination");
  const { result } = await ground.read(id);
  assert.deepEqual([result?.acr, result?.amr], ["aal2", ["mfa"]]);
  assert.deepEqual((await ground.identities.read(ground.db, account.id))?.identity, matti);
  assert.deepEqual(
    ground.enqueued.map(({ template, channel }) => `${template} ${channel}`),
    ["method-linked email"],
  );
});

test("ACT-5 another person than the invitation expects is refused, nothing is bound, and the attempt is audited", async () => {
  count += 1;
  const organisation = await ground.createOrganisation(`org-${count}`);
  const account = await ground.createAccount("expected", organisation.id);
  await ground.db
    .transaction()
    .execute((tx) =>
      ground.identities.expect(
        tx,
        [{ accountId: account.id, organisationId: organisation.id, identity: matti }],
        ground.clock.now(),
      ),
    );
  const id = await ground.beginActivation(account);
  await ground.post(id, { step: "choose", method: "eid" });
  assert.equal((await ground.identify(id, vaino, { kind: "eid-link" })).to, "page");
  assert.equal(await noticeOf(id), "eid:another-person");
  assert.match((await ground.page(id)).text, /This invitation is for another person/);
  assert.equal(await ground.identities.read(ground.db, account.id), null);
  const [refused] = (await ground.events("identity.refused")).filter(({ account_id }) => account_id === account.id);
  assert.equal(refused?.result, "refused");
  assert.equal((await ground.read(id)).authenticators.length, 0);
  await ground.post(id, { step: "eid-link" });
  assert.equal((await ground.identify(id, matti, { kind: "eid-link" })).to, "destination");
});

test("ACT-5 one identity binds to at most one account of an organisation", async () => {
  const { organisation } = await open();
  const second = await ground.createAccount("second", organisation.id);
  const id = await ground.beginActivation(second);
  await ground.post(id, { step: "choose", method: "eid" });
  await ground.identify(id, matti, { kind: "eid-link" });
  assert.equal(await noticeOf(id), "eid:bound-elsewhere");
  assert.match((await ground.page(id)).text, /You already have an account here/);
  assert.equal(await ground.identities.read(ground.db, second.id), null);
});

test("ACT-5 whoever left and comes back binds to the new account", async () => {
  const { organisation, account } = await open();
  await ground.db.updateTable("account").set({ state: "closed" }).where("id", "=", account.id).execute();
  const again = await ground.activated("again", matti, organisation.id);
  assert.ok(await ground.identities.read(ground.db, again.id));
  assert.equal(await ground.identities.read(ground.db, account.id), null);
});

test("SIN-2 the identity finds the account, without a user name, whichever broker and bank were used", async () => {
  const { organisation, account } = await open();
  const id = await begin(organisation.id);
  await ground.post(id, { step: "choose", method: "eid" });
  ground.brokers.other.next(identified(matti));
  const came = await ground.comeBack(await ground.leave(id, "other se-bankid"), { broker: "other" });
  assert.equal(came.to, "destination");
  assert.equal((await ground.read(id)).result?.accountId, account.id);
  assert.equal(ground.brokers.other.seen.at(-1)?.means, "se-bankid");
});

test("SIN-2 with accounts in several organisations the person chooses one of their own, once and within five minutes", async () => {
  const [first, second] = [await open(vaino), await open(vaino)];
  const stranger = await open(anna);
  const id = await begin();
  await ground.post(id, { step: "choose", method: "eid" });
  assert.equal((await ground.identify(id, vaino)).to, "journey");
  const page = await ground.page(id);
  assert.match(page.text, /Which organisation do you want to sign in to\?/);
  assert.match(page.text, new RegExp(`value="${second.account.id}"`));
  assert.doesNotMatch(page.text, new RegExp(stranger.account.id));

  await ground.post(id, { step: "eid", account: stranger.account.id });
  assert.equal(await noticeOf(id), "eid:not-linked", "somebody else's account can't be chosen");
  await ground.post(id, { step: "eid" });
  const posted = await ground.post(id, { step: "eid", account: second.account.id });
  assert.equal(posted.to, "destination");
  assert.equal((await ground.read(id)).result?.accountId, second.account.id);

  const late = await begin();
  await ground.post(late, { step: "choose", method: "eid" });
  await ground.identify(late, vaino);
  ground.clock.advance(minutes(5));
  await ground.post(late, { step: "eid", account: first.account.id });
  assert.equal((await ground.read(late)).accountId, null);
  assert.match((await ground.page(late)).text, /Choose your bank or Mobile ID/);
});

test("REC-6 SIN-2 who is bound nowhere, and to a closed account, gets the same page", async () => {
  const pageFor = async (who: typeof matti, organisationId: string) => {
    const id = await begin(organisationId);
    await ground.post(id, { step: "choose", method: "eid" });
    await ground.identify(id, who);
    return (await ground.page(id)).text.replaceAll(id, "");
  };
  const { organisation, account } = await open();
  const unknown = await pageFor(vaino, organisation.id);
  await ground.db.updateTable("account").set({ state: "closed" }).where("id", "=", account.id).execute();
  assert.match(unknown, /No account is linked to you yet/);
  assert.equal(await pageFor(matti, organisation.id), unknown);
});

test("T44 a state works once, in the browser that left with it, with the broker it was made for", async () => {
  const { organisation } = await open();
  const id = await begin(organisation.id);
  await ground.post(id, { step: "choose", method: "eid" });
  const state = await ground.leave(id, "one fi-one");
  ground.brokers.one.next(identified(matti));
  assert.deepEqual(await ground.comeBack(state, { browser: "victim" }), { to: "nowhere", foreign: true });
  assert.deepEqual(await ground.comeBack("made up"), { to: "nowhere", foreign: false });
  await ground.comeBack(state, { broker: "other" });
  assert.equal((await ground.read(id)).proofs.length, 0);
  assert.equal((await ground.comeBack(state)).to, "destination");
  assert.deepEqual(await ground.comeBack(state), { to: "journey", id });
});

test("T44 a state that is twenty minutes old leads back to the journey", async () => {
  const { organisation } = await open();
  const id = await begin(organisation.id);
  await ground.post(id, { step: "choose", method: "eid" });
  const state = await ground.leave(id, "one fi-one");
  ground.clock.advance(minutes(20));
  await ground.comeBack(state);
  assert.equal(await noticeOf(id), "eid:expired");
});

test("A16 states of two tabs never cross: each ends its own journey", async () => {
  const { organisation, account } = await open();
  const [first, second] = [await begin(organisation.id), await begin(organisation.id)];
  for (const id of [first, second]) await ground.post(id, { step: "choose", method: "eid" });
  const states = [await ground.leave(first, "one fi-one"), await ground.leave(second, "one se-bankid")];
  ground.brokers.one.next(identified(matti));
  await ground.comeBack(states[1] ?? "");
  assert.equal((await ground.read(first)).accountId, null);
  assert.equal((await ground.read(second)).result?.accountId, account.id);
  await ground.comeBack(states[0] ?? "");
  assert.equal((await ground.read(first)).result?.accountId, account.id);
});

test("T47 an identification below the organisation's level is refused", async () => {
  const { organisation } = await open();
  await ground.setPolicy({ eid: { level: "high" } }, organisation.id);
  const id = await begin(organisation.id);
  await ground.post(id, { step: "choose", method: "eid" });
  await ground.identify(id, matti, { level: "substantial" });
  assert.equal(ground.brokers.one.seen.at(-1)?.level, "high", "it was asked for");
  assert.equal(await noticeOf(id), "eid:too-weak");
  await ground.identify(id, matti, { level: "high" });
  assert.ok((await ground.read(id)).result);
});

test("T50 a broker that is switched off meanwhile is refused, also by a node that has not heard of it", async () => {
  const { organisation } = await open();
  for (const everywhere of [true, false]) {
    const id = await begin(organisation.id);
    await ground.post(id, { step: "choose", method: "eid" });
    const state = await ground.leave(id, "one fi-one");
    ground.brokers.one.next(identified(matti));
    await ground.setState("one", "closed", { everywhere });
    await ground.comeBack(state);
    assert.equal(await noticeOf(id), "eid:closed");
    assert.equal((await ground.read(id)).proofs.length, 0);
    await ground.setState("one", "open");
  }
});

test("T50 POL-3 a method that the organisation forbids meanwhile signs nobody in", async () => {
  const { organisation } = await open();
  const id = await begin(organisation.id);
  await ground.post(id, { step: "choose", method: "eid" });
  const state = await ground.leave(id, "one fi-one");
  await ground.setPolicy({ methods: { staff: { permitted: ["totp"] } } }, organisation.id);
  await ground.comeBack(state);
  assert.equal((await ground.read(id)).result, null);
});

test("T51 an identification counts for what the account's organisation grants it, and for nothing else", async () => {
  const { organisation } = await open(vaino);
  await ground.setPolicy({ methods: { staff: { permitted: ["totp"] } } }, organisation.id);
  const id = await begin();
  await ground.post(id, { step: "choose", method: "eid" });
  await ground.identify(id, vaino);
  assert.equal((await ground.read(id)).result, null);
});

test("ACT-4 without an open broker the method is not offered, and the app leads", async () => {
  for (const name of ["one", "other"]) await ground.setState(name, "closed");
  const id = await begin(ground.organisation.id);
  assert.equal((await ground.page(id)).kind, "password");
});

test("SIN-12 cancelled, unavailable and refused say so above the choice, and the operator hears why", async () => {
  const { organisation } = await open();
  ground.outcomes.length = 0;
  const id = await begin(organisation.id);
  await ground.post(id, { step: "choose", method: "eid" });
  const cases = [
    [{ result: "cancelled" }, "eid:cancelled", "eid.cancelled"],
    [{ result: "unavailable", reason: "no answer" }, "eid:unavailable", "eid.unavailable"],
    [{ result: "refused", reason: "nonce" }, "eid:refused", "eid.refused"],
  ] as const;
  for (const [came, notice, event] of cases) {
    ground.brokers.one.next(came);
    await ground.comeBack(await ground.leave(id, "one fi-one"));
    assert.equal(await noticeOf(id), notice);
    assert.match((await ground.page(id)).text, /Choose your bank or Mobile ID/);
    assert.ok((await ground.events(event)).length > 0);
  }
  assert.deepEqual(ground.outcomes, ["one cancelled", "one unavailable", "one refused"]);
});

test("SIN-1 only what was offered can be chosen, and the countries are the organisation's", async () => {
  const { organisation } = await open();
  const id = await begin(organisation.id);
  await ground.post(id, { step: "choose", method: "eid" });
  for (const chosen of ["one", "one fi-two", "none fi-one", "one  fi-one"]) {
    await ground.post(id, { step: "eid", means: chosen });
    assert.equal(await noticeOf(id), "eid:closed", chosen);
  }
  await ground.setPolicy({ eid: { countries: ["SE"] } }, organisation.id);
  assert.doesNotMatch((await ground.page(id)).text, /First Bank/);
  await ground.post(id, { step: "eid", means: "one fi-one" });
  assert.equal(await noticeOf(id), "eid:closed");
});

test("USR-4 USR-9 an eID is linked by whoever has just shown what is linked", async () => {
  const person = await ground.withApp("links-later");
  const account = { id: person.accountId, epoch: 0 };
  const id = await ground.begin({ purpose: "link-method", account, requested: { link: "eid" } });
  assert.equal((await ground.page(id)).kind, "password");
  await ground.post(id, { step: "eid-link", means: "one fi-one" });
  assert.equal((await ground.page(id)).kind, "password", "not before");
  await ground.post(id, { step: "password", username: person.userName, password: person.password });
  await ground.post(id, { step: "totp", code: ground.code(person.key) });
  assert.equal((await ground.page(id)).kind, "eid-link");
  ground.enqueued.length = 0;
  assert.equal((await ground.identify(id, anna, { kind: "eid-link" })).to, "destination");
  assert.deepEqual((await ground.identities.read(ground.db, person.accountId))?.identity, anna);
  assert.deepEqual(
    ground.enqueued.map(({ template, channel }) => `${template} ${channel}`),
    ["method-linked email", "method-linked sms"],
  );
});

test("AUD-4 the identity is nowhere in rows that keep it sealed, nor in the audit", async () => {
  await open();
  const stored = await ground.everythingStored();
  for (const text of ["010170", "999R"]) assert.ok(!stored.includes(text));
});
