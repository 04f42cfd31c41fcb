import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { sql } from "kysely";
import { openTemporaryGround, type TemporaryGround } from "../../../../../test/grounds/temporary-passwords.ts";
import { days, hours, minutes } from "../../../../kernel/time.ts";

let ground: TemporaryGround;
const chosen = "harmaa kivi sade lokki";

before(async () => {
  ground = await openTemporaryGround();
});
beforeEach(() => {
  ground.enqueued.length = 0;
});
after(() => ground.close());

const choose = (id: string, new_password = chosen, browser = "browser") =>
  ground.post(id, { step: "new-password", new_password }, { browser, on: ground.node });
const asked = async (id: string, browser = "browser") => (await ground.page(id, { browser, on: ground.node })).kind;
const noticeOf = async (id: string, browser?: string) => (await ground.notice(id, browser))?.key;

test("SIN-5 a temporary password leads to changing it and to nothing else, however it was typed", async () => {
  const { userName, password } = await ground.newcomer("first");
  for (const typed of [password, password.toUpperCase(), password.replaceAll("-", " "), ` ${password}\u00ad`]) {
    const id = await ground.show(userName, typed);
    assert.deepEqual(
      await ground.proofsOf(id),
      ["temporary-password"],
      "it is no password, and not spent by being shown",
    );
    assert.equal(await asked(id), "new-password");
    for (const [step, field] of [
      ["totp-link", "code"],
      ["totp", "code"],
      ["certificate-link", "x"],
      ["certificate", "x"],
      ["continue", "x"],
      ["choose", "method"],
    ] as const)
      assert.equal((await ground.post(id, { step, [field]: "123456" }, { on: ground.node })).to, "page");
    assert.deepEqual(await ground.proofsOf(id), ["temporary-password"]);
  }
  assert.equal((await ground.events("temporary-password.accepted")).length, 4);
});

test("SIN-5 ACT-6 from the temporary password by way of one's own to a method and in; half-way, the next sign-in goes on", async () => {
  const { accountId, userName, password } = await ground.newcomer("whole");
  const id = await ground.show(userName, password);
  const { text } = await ground.page(id, { on: ground.node });
  assert.match(text, /Choose a new password/);
  await choose(id);
  assert.equal((await ground.account(accountId)).state, "activating");
  assert.equal(await asked(id), "totp-link");
  const next = await ground.show(userName, chosen, { browser: "another" });
  const page = await ground.page(next, { browser: "another", on: ground.node });
  assert.equal(page.kind, "totp-link", "left half-way, one's own password goes on");
  const linked = { step: "totp-link", code: ground.code(ground.keyOn(page)) };
  const done = await ground.post(next, linked, { browser: "another", on: ground.node });
  assert.ok(done.to === "destination" && done.session);
  assert.equal((await ground.account(accountId)).state, "active");
});

test("SIN-5 a session that began with it rests on what was shown besides, never on it", async () => {
  const { accountId, userName, password } = await ground.newcomer("rests");
  const id = await ground.show(userName, password);
  await choose(id);
  const linked = { step: "totp-link", code: ground.code(ground.keyOn(await ground.page(id, { on: ground.node }))) };
  assert.equal((await ground.post(id, linked, { on: ground.node })).to, "destination");
  const session = await ground.db
    .selectFrom("session")
    .select("proofs")
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow();
  assert.doesNotMatch(JSON.stringify(session.proofs), /temporary/);
});

test("SIN-5 T18 it is over when its hours are, at the second, and then like any wrong password", async () => {
  const { userName, password } = await ground.newcomer("expires");
  ground.clock.advance(hours(24) - 1);
  assert.deepEqual(await ground.proofsOf(await ground.show(userName, password)), ["temporary-password"]);
  ground.clock.advance(1);
  const late = await ground.show(userName, password);
  assert.equal(await noticeOf(late), "password:wrong");
  assert.deepEqual(await ground.proofsOf(late), []);
});

test("SIN-5 T18 used once: then it is nobody's password", async () => {
  const { userName, password } = await ground.newcomer("once");
  await choose(await ground.show(userName, password));
  assert.equal(await noticeOf(await ground.show(userName, password)), "password:wrong");
});

test("SIN-5 REC-2 expired or replaced since it was shown, nothing is saved, and it is asked anew in the same journey", async () => {
  const { accountId, userName, password } = await ground.newcomer("outdated");
  const passwords = () => ground.db.selectFrom("password").selectAll().where("account_id", "=", accountId).execute();
  const id = await ground.show(userName, password);
  ground.clock.advance(minutes(1));
  const newer = await ground.temporaryFor(accountId);
  await choose(id);
  assert.deepEqual(await passwords(), []);
  assert.equal(await noticeOf(id), "password:temporary-over");
  assert.deepEqual(await ground.proofsOf(id), []);
  assert.match((await ground.page(id, { on: ground.node })).text, /can no longer be used/);
  await ground.post(id, { step: "password", password }, { on: ground.node });
  assert.equal(await noticeOf(id), "password:wrong", "the earlier one is worthless");
  await ground.post(id, { step: "password", password: newer }, { on: ground.node });
  await choose(id);
  assert.equal((await passwords()).length, 1);

  const late = await ground.newcomer("late");
  const shown = await ground.show(late.userName, late.password);
  await ground.db
    .updateTable("temporary_password")
    .set({ expires_at: ground.clock.now() })
    .where("account_id", "=", late.accountId)
    .execute();
  await choose(shown);
  assert.equal(await noticeOf(shown), "password:temporary-over");
  assert.equal((await ground.account(late.accountId)).epoch, 0, "and nothing else has ended");
});

test("REC-2 sixteen browsers use it at once: one chooses the password", async () => {
  const { accountId, userName, password } = await ground.newcomer("race");
  const browsers = Array.from({ length: 16 }, (_, index) => `b${index}`);
  const ids = await Promise.all(browsers.map((browser) => ground.show(userName, password, { browser })));
  await Promise.all(ids.map((id, index) => choose(id, `${chosen} ${index}`, browsers[index])));
  const events = (await ground.events("password.set")).filter(({ account_id }) => account_id === accountId);
  assert.equal(events.length, 1);
  const won = await Promise.all(ids.map((id, index) => ground.proofsOf(id, browsers[index])));
  assert.equal(won.filter((proofs) => proofs.includes("password")).length, 1);
});

test("SIN-5 T19 neither the temporary password, however written, nor the old one is a new one", async () => {
  const person = await ground.activated("same");
  const password = await ground.temporaryFor(person.accountId);
  const id = await ground.show(person.userName, password);
  for (const given of [password, password.replaceAll("-", ""), password.toUpperCase(), person.password]) {
    await choose(id, given);
    assert.match((await ground.page(id, { on: ground.node })).text, /It is the password that you have now\./, given);
  }
  assert.deepEqual(await ground.proofsOf(id), ["temporary-password"], "and it can still be used");
  assert.equal(await asked(id), "new-password");
});

test("REC-2 USR-7 using it ends the card's link, sessions and journeys elsewhere; the app stays, and is asked", async () => {
  await ground.sendTemporary(ground.organisation, ["certificate", "totp"]);
  const person = await ground.activated("both");
  await ground.linkCard(person.accountId);
  const half = await ground.show(person.userName, person.password, { browser: "elsewhere" });
  const sessions = () =>
    ground.db.selectFrom("session").select("uid").where("account_id", "=", person.accountId).execute();
  assert.equal((await sessions()).length, 1);
  const password = await ground.temporaryFor(person.accountId);
  assert.equal((await sessions()).length, 1, "nothing changes until it is used");
  const id = await ground.show(person.userName, password);
  ground.enqueued.length = 0;
  await choose(id);
  assert.equal((await sessions()).length, 0);
  assert.equal((await ground.read(half, "elsewhere")).overtaken, true);
  assert.deepEqual((await ground.read(id)).authenticators.map(({ method }) => method).sort(), ["password", "totp"]);
  assert.deepEqual(
    ground.enqueued.map(({ template, channel, parameters }) => [
      template,
      channel,
      "cardEnded" in parameters && parameters.cardEnded,
    ]),
    [
      ["password-changed", "email", true],
      ["password-changed", "sms", true],
    ],
  );
  assert.equal(await asked(id), "totp", "the linked method is shown; linking another is no way round it");
  assert.equal((await ground.account(person.accountId)).state, "active");
  const event = (await ground.events("password.changed")).at(-1);
  assert.deepEqual(event?.detail, { purpose: "sign-in", removed: "certificate", replaced: "temporary-password" });
  await ground.sendTemporary(ground.organisation, ["totp"]);
});

test("REC-2 SIN-5 where only the card was linked, a method is linked anew, also by the next sign-in", async () => {
  const organisation = await ground.createOrganisation("cards");
  await ground.sendTemporary(organisation, ["certificate"]);
  const account = await ground.createAccount("carded", organisation.id);
  await ground.db.updateTable("account").set({ state: "active" }).where("id", "=", account.id).execute();
  await ground.linkCard(account.id);
  const password = await ground.temporaryFor(account.id);
  const at = { organisationId: organisation.id };
  const id = await ground.show("carded", password, at);
  await choose(id);
  assert.equal(await asked(id), "certificate-link");
  assert.equal((await ground.account(account.id)).state, "activating");
  const next = await ground.show("carded", chosen, { ...at, browser: "another" });
  assert.equal(await asked(next, "another"), "certificate-link");
});

test("SIN-3 T94 an account with a temporary password answers like one without, and like nobody", async () => {
  await ground.newcomer("has-one");
  await ground.activated("has-none");
  const closed = await ground.newcomer("closed");
  await ground.db.updateTable("account").set({ state: "closed" }).where("id", "=", closed.accountId).execute();
  const pages = new Set<string>();
  for (const [name, given] of [
    ["has-one", "3333-4444-7777-9999"],
    ["has-none", "3333-4444-7777-9999"],
    ["nobody-at-all", "3333-4444-7777-9999"],
    ["closed", closed.password],
  ] as const) {
    const id = await ground.show(name, given);
    pages.add((await ground.page(id, { on: ground.node })).text.replaceAll(name, "NAME").replaceAll(id, "ID"));
  }
  assert.equal(pages.size, 1);
});

test("SIN-10 a right temporary password waits while guesses are delayed, like any other", async () => {
  const { userName, password } = await ground.newcomer("delayed");
  for (let index = 0; index < 5; index += 1) await ground.show(userName, `wrong ${index}`, { browser: "stranger" });
  const id = await ground.show(userName, password, { browser: "stranger" });
  assert.equal(await noticeOf(id, "stranger"), "password:delayed");
});

test("T99 T21 AUD-4 it is kept as a keyed hash of its own account, and stands nowhere else", async () => {
  const { accountId, userName, password } = await ground.newcomer("kept");
  await choose(await ground.show(userName, password), password);
  const { rows } = await sql<{ row: unknown }>`select row_to_json(t) as row from temporary_password t`.execute(
    ground.db,
  );
  const everything = (await ground.everythingStored()) + JSON.stringify(rows);
  for (const text of [password, password.replaceAll("-", "")]) assert.ok(!everything.includes(text));
  const other = await ground.newcomer("other-kept");
  await sql`update temporary_password set hash = (select hash from temporary_password where account_id = ${accountId})
    where account_id = ${other.accountId}`.execute(ground.db);
  assert.equal(
    await noticeOf(await ground.show("other-kept", password)),
    "password:wrong",
    "a moved row opens nothing",
  );
  ground.clock.advance(days(1));
});
