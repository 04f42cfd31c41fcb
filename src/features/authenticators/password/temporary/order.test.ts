import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { openTemporaryGround, type TemporaryGround } from "../../../../../test/grounds/temporary-passwords.ts";
import { hours, minutes } from "../../../../kernel/time.ts";
import { endAuthenticators, listAuthenticators } from "../../../journey/index.ts";
import { makeOrder, type Ordered } from "./order.ts";

let ground: TemporaryGround;
let order: ReturnType<typeof makeOrder>;

before(async () => {
  ground = await openTemporaryGround();
  order = makeOrder({ ...ground, publicUrl: "https://login.example" });
});
beforeEach(() => {
  ground.enqueued.length = 0;
});
after(() => ground.close());

let networks = 0;
const anotherNetwork = () => {
  networks += 1;
  return `192.0.2.${networks}`;
};
const origin = (network = anotherNetwork()) => ({
  browserHash: createHash("sha256").update("b").digest(),
  network,
  browser: "Firefox",
  reference: "ref",
});
const orderFor = (name: string, network?: string, organisationId: string | null = ground.organisation.id) =>
  order(name, organisationId, origin(network));
const temporaries = () => ground.db.selectFrom("temporary_password").select(["account_id", "ordered_by"]).execute();
const sent = () =>
  ground.enqueued.flatMap((message) =>
    message.template === "temporary-password-new" ? [{ ...message, password: message.parameters.password }] : [],
  );

test("REC-2 a temporary password goes to the phone on record, and nothing changes until it is used", async () => {
  const person = await ground.activated("orders");
  ground.enqueued.length = 0;
  assert.equal(await orderFor("ORDERS"), "sent");
  const [message] = sent();
  assert.deepEqual([message?.channel, message?.to], ["sms", "+358401234545"]);
  const state = await ground.account(person.accountId);
  assert.deepEqual([state.state, state.epoch], ["active", 0]);
  assert.deepEqual(await ground.proofsOf(await ground.show("orders", person.password)), ["password"]);
  assert.deepEqual(await ground.proofsOf(await ground.show("orders", message?.password ?? "")), ["temporary-password"]);
  const [event] = (await ground.events("temporary-password.ordered")).slice(-1);
  assert.deepEqual([event?.result, event?.actor, event?.account_id], ["done", "stranger", person.accountId]);
});

test("REC-2 by e-mail where there is no number on record", async () => {
  const person = await ground.activated("phoneless");
  await ground.db.updateTable("account").set({ phone: null }).where("id", "=", person.accountId).execute();
  ground.enqueued.length = 0;
  await orderFor(person.email);
  assert.deepEqual(
    sent().map(({ channel, to }) => [channel, to]),
    [["email", "phoneless@koivula.example"]],
  );
});

test("REC-2 T11 once an hour and three a day for an account, whichever of its names is used; a new one replaces the old", async () => {
  await ground.activated("often");
  ground.enqueued.length = 0;
  const names = ["often", "often@koivula.example", "ＯＦＴＥＮ"];
  for (let hour = 0; hour < 5; hour += 1) {
    for (const name of names) assert.equal(await orderFor(name), "sent");
    ground.clock.advance(hours(1));
  }
  const passwords = sent().map(({ password }) => password);
  assert.equal(new Set(passwords).size, 3);
  const shown = async (password = "") => ground.proofsOf(await ground.show("often", password));
  assert.deepEqual(await shown(passwords[1]), []);
  assert.deepEqual(await shown(passwords[2]), ["temporary-password"]);
  ground.clock.advance(hours(20));
  await orderFor("often");
  assert.equal(sent().length, 4);
});

test("REC-6 nobody, closed, invited, wrong organisation or another way of working: the same answer, nothing sent", async () => {
  const closed = await ground.activated("closed");
  await ground.db.updateTable("account").set({ state: "closed" }).where("id", "=", closed.accountId).execute();
  await ground.createAccount("invited");
  const chosen = await ground.createOrganisation("chooses");
  const elsewhere = await ground.createAccount("elsewhere", chosen.id);
  await ground.db.updateTable("account").set({ state: "active" }).where("id", "=", elsewhere.id).execute();
  ground.enqueued.length = 0;
  const before = (await temporaries()).length;
  const answers: Ordered[] = [];
  for (const [name, organisation] of [
    ["nobody", ground.organisation.id],
    ["nobody", null],
    ["closed", ground.organisation.id],
    ["invited", ground.organisation.id],
    ["elsewhere", chosen.id],
    ["elsewhere", null],
    ["orders", chosen.id],
  ] as const)
    answers.push(await orderFor(name, undefined, organisation));
  assert.deepEqual(new Set(answers), new Set(["sent"]));
  assert.deepEqual(ground.enqueued, []);
  assert.equal((await temporaries()).length, before);
  const events = (await ground.events("temporary-password.ordered")).filter(({ account_id }) => account_id === null);
  assert.deepEqual(
    events.map(({ result, detail }) => [result, detail]),
    Array.from({ length: 7 }, () => ["refused", { reason: "nobody" }]),
  );
});

test("REC-6 a name that is nobody's is counted like one that is somebody's", async () => {
  const counters = async () =>
    (await ground.db.selectFrom("throttle").select("key").where("key", "like", "order-password:%").execute()).length;
  await ground.activated("counted");
  const was = await counters();
  await orderFor("counted");
  const known = (await counters()) - was;
  await orderFor("uncounted-nobody");
  assert.equal((await counters()) - was, known * 2);
});

test("REC-2 a name in several organisations: each that works so sends one", async () => {
  const second = await ground.createOrganisation("second");
  await ground.sendTemporary(second);
  const chosen = await ground.createOrganisation("third");
  await ground.activated("several");
  for (const { id } of [second, chosen]) {
    const account = await ground.createAccount("several", id);
    await ground.db.updateTable("account").set({ state: "active" }).where("id", "=", account.id).execute();
    await ground.linkCard(account.id);
  }
  ground.enqueued.length = 0;
  await orderFor("several", undefined, null);
  assert.deepEqual(
    new Set(sent().map(({ letterhead }) => letterhead.organisationId)),
    new Set([ground.organisation.id, second.id]),
  );
});

test("REC-7 where nothing is linked any more a password would link what its reader likes: the owner is told to prove who they are", async () => {
  const person = await ground.activated("bare");
  const [app] = (await listAuthenticators(ground.db, person.accountId)).filter(({ method }) => method === "totp");
  assert.ok(app);
  await ground.db.transaction().execute((tx) => endAuthenticators(tx, [app.id], ground.clock.now()));
  ground.enqueued.length = 0;
  assert.equal(await orderFor("bare"), "sent");
  assert.deepEqual(sent(), []);
  const [told] = ground.enqueued;
  assert.deepEqual(
    [told?.template, told?.channel, told?.to, told?.parameters],
    [
      "password-link-none",
      "email",
      person.email,
      { reason: "nothing-linked", url: `https://login.example/recover?organisation=${ground.organisation.slug}` },
    ],
  );
  const left = await ground.db
    .selectFrom("temporary_password")
    .select("hash")
    .where("account_id", "=", person.accountId)
    .execute();
  assert.deepEqual(left, []);
  await orderFor("bare");
  assert.equal(ground.enqueued.length, 1, "as seldom as any other");
});

test("REC-2 T96 a network orders sixty an hour, whatever the names, and is told", async () => {
  const network = "198.51.100.60";
  const answers: Ordered[] = [];
  for (let index = 0; index < 61; index += 1) answers.push(await orderFor(`guess-${index}`, network));
  assert.equal(answers.filter((answer) => answer === "sent").length, 60);
  assert.equal(answers.at(-1), "too-many");
  ground.clock.advance(hours(1));
  assert.equal(await orderFor("guess-61", network), "sent");
});

test("REC-2 sixteen orders at once send one", async () => {
  await ground.activated("crowd");
  ground.clock.advance(minutes(1));
  ground.enqueued.length = 0;
  await Promise.all(Array.from({ length: 16 }, () => orderFor("crowd")));
  assert.equal(sent().length, 1);
});
