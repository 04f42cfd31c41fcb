import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Ground, openGround, type Person } from "../../../../test/grounds/authenticators.ts";
import { minutes } from "../../../kernel/time.ts";

let ground: Ground;

before(async () => {
  ground = await openGround();
});
beforeEach(() => {
  ground.enqueued.length = 0;
});
after(() => ground.close());

const passwordsOf = (accountId: string) =>
  ground.db
    .selectFrom("authenticator")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("method", "=", "password")
    .execute();

/** A journey for changing the password, with what was shown just now. */
async function beginChange({ accountId }: Person, shown: readonly string[] = ["password", "totp"], age = 0) {
  const { epoch } = await ground.db
    .selectFrom("account")
    .select("epoch")
    .where("id", "=", accountId)
    .executeTakeFirstOrThrow();
  const shownAt = new Date(ground.clock.now().getTime() - age);
  const proofs = shown.map((kind) => ({ kind, authenticatorId: null, shownAt }));
  return ground.begin({ purpose: "change-password", account: { id: accountId, epoch }, proofs });
}

test("ACT-6 at activation the rules are said first, and one field is asked", async () => {
  const id = await ground.beginActivation(await ground.createAccount("first"));
  const { kind, text } = await ground.page(id);
  assert.equal(kind, "new-password");
  assert.match(text, /12 characters or more\./);
  assert.match(
    text,
    /<input id="new_password" name="new_password"[^>]* type="password"[^>]* autocomplete="new-password"/,
  );
  assert.match(text, /<input type="text" name="username" value="first" autocomplete="username" hidden>/);
  assert.equal(text.match(/type="password"/g)?.length, 1);
});

test("USR-8 T14 every reason of a refusal is told at once, and nothing is stored", async () => {
  const account = await ground.createAccount("refused");
  const id = await ground.beginActivation(account);
  for (const [given, words] of [
    ["abcdefgh", [/too short: 12 characters at least/, /row of characters/]],
    ["Koivula2026!!", [/your own name or the name of your organisation/]],
    ["virtanen-virtanen", [/your own name/]],
    ["vahva-vahva-vahva", [/your own name/]],
    ["salasana2026!", [/lists of leaked passwords/]],
    ["", [/too short/]],
    ["x".repeat(100_000), [/too long: 256/]],
  ] as const) {
    await ground.post(id, { step: "new-password", new_password: given });
    const { kind, text } = await ground.page(id);
    assert.equal(kind, "new-password");
    for (const word of [/Choose another password\./, ...words]) assert.match(text, word, given.slice(0, 30));
  }
  assert.deepEqual(await passwordsOf(account.id), []);
  assert.ok(!(await ground.everythingStored()).includes("virtanen-virtanen"));
});

test("USR-8 the organisation's own length holds", async () => {
  const organisation = await ground.createOrganisation("strict");
  const policy = { ...organisation.policy, password: { minimumLength: 20 } };
  await ground.db
    .updateTable("organisation")
    .set({ policy: JSON.stringify(policy) })
    .where("id", "=", organisation.id)
    .execute();
  const account = await ground.createAccount("strict", organisation.id);
  const id = await ground.begin({
    purpose: "activation",
    organisationId: organisation.id,
    account,
    proofs: [{ kind: "invitation-pin", authenticatorId: null, shownAt: ground.clock.now() }],
  });
  await ground.post(id, { step: "new-password", new_password: "harmaa kivi sade" });
  assert.match((await ground.page(id)).text, /too short: 20 characters at least/);
  await ground.post(id, { step: "new-password", new_password: "harmaa kivi sade lokki" });
  assert.equal((await ground.page(id)).kind, "totp-link");
});

test("ACT-6 a chosen password is on record, the account is half-way, and nobody is told of the first one", async () => {
  const account = await ground.createAccount("halfway");
  const id = await ground.beginActivation(account);
  await ground.post(id, { step: "new-password", new_password: "harmaa kivi sade lokki" });
  const journey = await ground.read(id);
  assert.equal(journey.account?.state, "activating");
  assert.deepEqual(journey.proofs.map(({ kind }) => kind).sort(), ["invitation-pin", "new-password", "password"]);
  assert.equal((await passwordsOf(account.id)).length, 1);
  assert.deepEqual(ground.enqueued, []);
  const [event] = await ground.events("password.set");
  assert.ok(event);
  assert.ok(!(await ground.everythingStored()).includes("harmaa kivi"));

  const next = await ground.begin({ browser: "another" });
  const sent = { step: "password", username: "halfway", password: "harmaa kivi sade lokki" };
  await ground.post(next, sent, { browser: "another" });
  assert.equal(
    (await ground.page(next, { browser: "another" })).kind,
    "totp-link",
    "the next sign-in goes on from there",
  );
});

test("ACT-6 two devices at the same step: one authenticator, and the last password holds", async () => {
  const account = await ground.createAccount("two");
  const ids = await Promise.all(["a", "b"].map((browser) => ground.beginActivation(account, browser)));
  await Promise.all(
    ids.map((id, index) => {
      const browser = ["a", "b"][index] ?? "";
      const sent = { step: "new-password", new_password: `harmaa kivi sade ${browser}` };
      return ground.post(id, sent, { browser });
    }),
  );
  assert.equal((await passwordsOf(account.id)).length, 1);
});

test("USR-8 T19 the password that one has is no new one", async () => {
  const person = await ground.activated("same");
  const id = await beginChange(person);
  await ground.post(id, { step: "new-password", new_password: person.password });
  assert.match((await ground.page(id)).text, /It is the password that you have now\./);
});

test("USR-7 USR-8 a change is told by e-mail and text message, and the old password is over", async () => {
  const person = await ground.activated("changes");
  ground.enqueued.length = 0;
  const id = await beginChange(person);
  const result = await ground.post(id, { step: "new-password", new_password: "ihan uudet sanat tässä" });
  assert.equal(result.to, "destination");
  assert.deepEqual(
    ground.enqueued.map(({ template, channel, to }) => [template, channel, to]),
    [
      ["password-changed", "email", "changes@koivula.example"],
      ["password-changed", "sms", "+358401234545"],
    ],
  );
  const tried = async (password: string) => {
    const journey = await ground.begin();
    await ground.post(journey, { step: "password", username: "changes", password });
    return (await ground.read(journey)).accountId !== null;
  };
  assert.equal(await tried(person.password), false);
  assert.equal(await tried("ihan uudet sanat tässä"), true);
  assert.equal((await passwordsOf(person.accountId)).length, 1);
  assert.equal((await ground.events("password.changed")).length, 1);
});

test("USR-8 T16 without the current password and a code shown just now, no password is set", async () => {
  const person = await ground.activated("owner");
  const hash = async () =>
    (await ground.db.selectFrom("password").select("hash").where("account_id", "=", person.accountId).execute())[0]
      ?.hash;
  const was = await hash();
  for (const [shown, age] of [
    [[], 0],
    [["totp"], 0],
    [["password"], 0],
    [["password", "totp"], minutes(6)],
  ] as const) {
    const id = await beginChange(person, shown, age);
    assert.equal((await ground.post(id, { step: "new-password", new_password: "ihan uudet sanat tässä" })).to, "page");
  }
  assert.equal(await hash(), was);
});
