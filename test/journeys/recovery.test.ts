import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { placeOf } from "../../src/features/directories/job-store.ts";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { hours, minutes, plus } from "../../src/kernel/time.ts";
import { registerApplication, tokensFor } from "../abuse/application.ts";
import { startApplication } from "../doubles/application.ts";
import { type EidService, openEidService } from "../grounds/eid-service.ts";
import { refresh, userinfo } from "../grounds/provider-ground.ts";
import { hasSession, type Recovering, recovering } from "../grounds/recovery.ts";
import { describe, makeVisitor } from "../harness/agent.ts";
import { makeOrganisation, messagesTo, rightPassword, signInHere } from "../harness/people.ts";

let service: EidService;
let lost: Recovering;
before(async () => {
  service = await openEidService();
  lost = recovering(service);
});
after(() => service.close());

let count = 0;
const organisation = (settings: object = {}): Promise<Organisation> => {
  count += 1;
  return makeOrganisation(service, `org-${count}`, settings);
};

test("REC-3 REC-7 T76 lost phone: proved by the bank, everything is removed, nobody is signed in; linked anew, then in", async () => {
  const koivula = await organisation();
  const aino = await lost.account(koivula, "tero");
  const before = await lost.standing(aino.accountId);
  assert.deepEqual([before.methods, before.sessions], [["eid", "password", "totp"], 1]);

  const visitor = await lost.reset(aino.email, "tero", { organisation: koivula });
  assert.ok(!hasSession(visitor), "REC-7 the reset signs nobody in");
  const after = await lost.standing(aino.accountId);
  assert.deepEqual(after, { state: "active", epoch: before.epoch + 1, methods: ["password"], sessions: 0, resets: 1 });
  assert.match((await aino.visitor.get("/account")).path, /^\/journey\//, "who was signed in is out");

  // REC-8: to the e-mail and the phone, with a way to say that it was not them.
  const [letter] = await messagesTo(service, aino.email, 1, /were reset/);
  assert.match(letter?.text ?? "", /\/not-me\/[\w-]{43}/);
  await messagesTo(service, aino.number, 1, /were reset/);
  const [event] = await service.events("recovery.reset", aino.accountId);
  assert.deepEqual([event?.result, event?.broker], ["done", "op"]);

  const wrong = makeVisitor(service.url);
  await wrong.get(`/sign-in?organisation=${koivula.slug}&to=account`);
  await wrong.submit({}, "totp");
  const alone = await wrong.submit({ username: aino.email, password: rightPassword });
  assert.ok(!hasSession(wrong), "T76 the password alone gets nobody in");
  assert.match(alone.heading, /can’t sign in/, describe(alone));

  const phone = await lost.linkApp(visitor);
  const linked = visitor.page();
  assert.match(linked.heading, /is linked/, describe(linked));
  assert.ok(!hasSession(visitor), "REC-7 nor does linking anew");
  await visitor.click("Sign in");
  if (visitor.page().heading.startsWith("Sign in") && !visitor.page().forms.some(({ fields }) => "username" in fields))
    await visitor.submit({}, "totp");
  const page = await signInHere(visitor, { email: aino.email, phone });
  assert.equal(page.path, "/account", describe(page));
  assert.deepEqual((await lost.standing(aino.accountId)).methods, ["password", "totp"]);
});

test("REC-3 SIN-2 the same name in two organisations: the person says which, and the other account stays as it is", async () => {
  const [one, other] = [await organisation(), await organisation()];
  const userName = "consultant";
  const first = await lost.account(one, "makinen", { userName });
  const second = await lost.account(other, "makinen", { userName });
  const before = await lost.standing(second.accountId);
  const visitor = await lost.toProof(userName);
  const page = await service.identify(visitor, "op", "makinen");
  assert.match(page.heading, /Which account/, describe(page));
  assert.equal((await lost.standing(first.accountId)).resets, 0, "nothing has happened yet");
  const done = await visitor.submit({}, first.accountId);
  assert.match(done.path, /^\/recover\/status\//, describe(done));
  assert.deepEqual((await lost.standing(first.accountId)).methods, ["password"]);
  assert.deepEqual(await lost.standing(second.accountId), before);
});

test("REC-3 two tabs, a reload, Back and another device: one proof is one reset, and what is left open does nothing", async () => {
  const koivula = await organisation();
  const aino = await lost.account(koivula, "vaino");
  const elsewhere = await lost.toProof(aino.email, { organisation: koivula });
  await service.leaveFor(elsewhere, "telia");
  const abandoned = await service.answerAt(elsewhere, { person: "vaino" });

  const visitor = await lost.toProof(aino.email, { organisation: koivula });
  const journey = visitor.page().url;
  await service.leaveFor(visitor, "op");
  const firstTab = await service.answerAt(visitor, { person: "vaino" });
  await visitor.get(journey);
  await service.leaveFor(visitor, "op");
  const secondTab = await service.answerAt(visitor, { person: "vaino" });
  const done = await visitor.get(firstTab);
  assert.match(done.path, /^\/recover\/status\//, describe(done));
  for (const again of [firstTab, secondTab, journey])
    assert.equal((await visitor.get(again)).path, done.path, "the page of the one reset");
  assert.equal((await lost.standing(aino.accountId)).resets, 1);

  // It is the same person's proof, and as good as the first: the later reset is a reset of its own.
  assert.match((await elsewhere.get(abandoned)).path, /^\/recover\/status\//);
  assert.equal((await lost.standing(aino.accountId)).resets, 2);
  await visitor.get(done.path);
  assert.ok(
    !visitor.page().forms.some(({ action }) => action.endsWith("/link")),
    "the earlier one links nothing any more",
  );
});

test("REC-3 linking anew: in the browser of the proof, for half an hour, and never once something else has changed", async () => {
  const koivula = await organisation();
  const aino = await lost.account(koivula, "virtanen");
  const visitor = await lost.reset(aino.email, "virtanen", { organisation: koivula });
  const status = visitor.page().path;
  const hidden = visitor.hidden();

  const stranger = makeVisitor(service.url);
  await stranger.get(status);
  assert.ok(!stranger.page().forms.some(({ action }) => action.endsWith("/link")));
  await stranger.get("/recover");
  const forced = await stranger.post(`${status}/link`, stranger.hidden());
  assert.equal(forced.path, status, "another browser");

  service.clock.advance(minutes(31));
  assert.equal((await visitor.post(`${status}/link`, hidden)).path, status, "too late");

  const again = await lost.reset(aino.email, "virtanen", { organisation: koivula });
  await again.submit({}, "Link a new");
  const [begun, page] = [again.page().path, again.page()];
  assert.match(begun, /^\/journey\//, describe(page));
  const later = await lost.reset(aino.email, "virtanen", { organisation: koivula });
  assert.match((await again.get(begun)).path, /^\/journey\//);
  assert.equal(again.page().status, 410, "a later reset has ended it");
  await lost.linkApp(later);
  assert.match(later.page().heading, /is linked/);
  assert.deepEqual((await lost.standing(aino.accountId)).methods, ["password", "totp"]);
});

test("REC-3 SIN-8 from an application's sign-in and back to it", async () => {
  const koivula = await organisation();
  const calendar = await startApplication(service, { organisationId: koivula.id });
  try {
    const aino = await lost.account(koivula, "korhonen");
    const visitor = makeVisitor(service.url);
    await visitor.get(`${calendar.url}/login`);
    await visitor.click("Can’t sign in?");
    await visitor.submit({ email: aino.email });
    await visitor.submit({}, "reset");
    await service.identify(visitor, "op", "korhonen");
    const phone = await lost.linkApp(visitor);
    await visitor.click("Sign in");
    assert.match(visitor.page().text, /Calendar/, describe(visitor.page()));
    if (!visitor.page().forms.some(({ fields }) => "username" in fields)) await visitor.submit({}, "totp");
    const page = await signInHere(visitor, { email: aino.email, phone });
    assert.ok(page.url.startsWith(calendar.url), describe(page));
    assert.match(page.text, new RegExp(aino.email));
  } finally {
    await calendar.close();
  }
});

test("REC-3 T72 a reset ends sessions, tokens and half-way journeys on both nodes, those of somebody at it just now too", async () => {
  const koivula = await organisation();
  const aino = await lost.account(koivula, "tero");
  const client = await registerApplication(service, {}, { organisationId: koivula.id });
  const tokens = await tokensFor(aino.visitor, client, service.url);
  const onBoth = (path: string) => service.origins.map((origin) => `${origin}${path}`);

  // Somebody who knows the password, at the code; and somebody at the owner's own browser, at a new password.
  const guessing = makeVisitor(service.url);
  await guessing.get(`/sign-in?organisation=${koivula.slug}&to=account`);
  await guessing.submit({}, "totp");
  await guessing.submit({ username: aino.email, password: rightPassword });
  const atCode = guessing.page().path;
  await aino.visitor.get("/account");
  const changing = await aino.visitor.submit({}, "Change Password");
  assert.match(changing.path, /^\/journey\//, describe(changing));
  const code = await aino.phone.code();

  await lost.reset(aino.email, "tero", { organisation: koivula });
  for (const address of onBoth("/account"))
    assert.match((await aino.visitor.get(address)).path, /^\/journey\//, address);
  for (const origin of service.origins) {
    assert.equal((await userinfo(origin, tokens.access_token)).status, 401);
    assert.equal((await refresh(origin, client, tokens.refresh_token)).error, "invalid_grant");
  }
  for (const address of onBoth(changing.path)) assert.equal((await aino.visitor.get(address)).status, 410, address);
  await guessing.get(atCode);
  assert.notEqual(guessing.page().path, atCode, "begun anew, with nothing shown");
  await guessing.post(atCode, { step: "totp", code });
  assert.ok(!hasSession(guessing));
});

test("REC-7 T76 after a reset the phone number and the user name, which open no account with an app, open none without", async () => {
  const agency = await organisation();
  const aino = await lost.account(agency, "vaino", { phone: "+358457654321" });
  await service.db
    .updateTable("organisation")
    .set({ policy: sql`jsonb_set(policy, '{password}', '{"way": "temporary"}')` })
    .where("id", "=", agency.id)
    .execute();
  await lost.reset(aino.email, "vaino", { organisation: agency });
  const before = await lost.standing(aino.accountId);
  const thief = makeVisitor(service.url);
  await thief.get(`/order-password?organisation=${agency.slug}`);
  assert.match((await thief.submit({ username: aino.email })).heading, /Look at your phone/);
  const [letter] = await messagesTo(service, aino.email, 1, /No sign-in method is linked/);
  assert.match(letter?.text ?? "", new RegExp(`/recover\\?organisation=${agency.slug}`));
  const texts = await service.db.selectFrom("message").select("template").where("channel", "=", "sms").execute();
  assert.ok(!texts.some(({ template }) => template === "temporary-password-new"));
  assert.deepEqual(await lost.standing(aino.accountId), before);
  const [event] = await service.events("temporary-password.ordered", aino.accountId);
  assert.deepEqual([event?.result, event?.reason], ["refused", "nothing-linked"]);
});

test("REC-8 T79 whoever was told and did not do it freezes the account, and what the reset had opened is over", async () => {
  const koivula = await organisation();
  const { db, clock, composed } = service;
  const { keyring, random } = composed;
  const elsewhere = { id: random.id(), name: "elsewhere", kind: "unheard-of", title: "{}", settings: "{}" };
  await db
    .insertInto("directory")
    .values({ ...elsewhere, organisation_id: koivula.id, categories: [], created_at: clock.now() })
    .execute();
  const aino = await lost.account(koivula, "vaino");
  const thief = await lost.reset(aino.email, "vaino", { organisation: koivula });
  const status = thief.page().path;
  const hidden = thief.hidden();
  const { id: job } = await db
    .selectFrom("directory_job")
    .select("id")
    .where("account_id", "=", aino.accountId)
    .where("task", "=", "reset")
    .executeTakeFirstOrThrow();
  const pass = keyring.seal(placeOf("pass", job), "kQ8#vT2!mZ5x");
  await db
    .updateTable("directory_job")
    .set({ state: "done", next_attempt_at: null, leased_until: null, ended_at: clock.now(), pass })
    .set({ pass_expires_at: plus(clock.now(), hours(8)) })
    .where("id", "=", job)
    .execute();
  assert.match((await thief.get(status)).text, /Show the pass/);

  const [letter] = await messagesTo(service, aino.email, 1, /were reset/);
  const owner = makeVisitor(service.url);
  await owner.get(/\/not-me\/[\w-]{43}/.exec(letter?.text ?? "")?.[0] ?? "");
  assert.match(owner.page().text, /sign-in methods of your account were reset/);
  await owner.submit();
  assert.equal((await lost.standing(aino.accountId)).state, "frozen");
  const tryAll = async () => {
    for (const [post, form] of [
      ["link", hidden],
      ["pass", { ...hidden, job: String(job) }],
    ] as const) {
      await thief.post(`${status}/${post}`, form);
      assert.equal(thief.page().path, status, describe(thief.page()));
      assert.doesNotMatch(thief.page().html, /kQ8#vT2!mZ5x|Show the pass/);
      assert.ok(!thief.page().forms.some(({ action }) => /(link|pass)$/.test(action)));
    }
  };
  await tryAll();
  const again = await lost.toProof(aino.email, { organisation: koivula });
  assert.match((await service.identify(again, "op", "vaino")).heading, /could not confirm/);
  // Nor once support has let the owner in again.
  assert.equal(await service.features.accounts.thaw(aino.accountId, { actor: "operator" }), "thawed");
  await tryAll();
});

test("REC-8 T79 after the e-mail was changed a reset is told to the old address too, whose link freezes", async () => {
  const koivula = await organisation();
  const aino = await lost.account(koivula, "tero");
  const email = `new.${aino.email}`;
  const by = { actor: "operator", reason: "somebody called" } as const;
  await service.features.support.changeAccount(aino.accountId, { email }, by);
  await Promise.all(
    [aino.email, email, aino.number].map((to) => messagesTo(service, to, 1, /details of your account/)),
  );
  assert.match((await aino.visitor.get("/account")).path, /^\/journey\//, "who was signed in is out");

  // REC-6: the old address finds nobody, and the pages say nothing of it.
  const visitor = makeVisitor(service.url);
  await visitor.get(`/sign-in?organisation=${koivula.slug}&to=account`);
  await visitor.submit({}, "totp");
  await visitor.submit({ username: aino.email, password: rightPassword });
  assert.match(visitor.page().alerts.join(), /user name or password/i, describe(visitor.page()));
  const nobody = await lost.toProof(aino.email, { organisation: koivula });
  assert.match((await service.identify(nobody, "op", "tero")).heading, /could not confirm/);
  assert.equal((await lost.standing(aino.accountId)).resets, 0);

  await lost.reset(email, "tero", { organisation: koivula });
  await messagesTo(service, email, 1, /were reset/);
  const [letter] = await messagesTo(service, aino.email, 1, /were reset/);
  const owner = makeVisitor(service.url);
  await owner.get(/\/not-me\/[\w-]{43}/.exec(letter?.text ?? "")?.[0] ?? "");
  await owner.submit();
  assert.equal((await lost.standing(aino.accountId)).state, "frozen");
});
