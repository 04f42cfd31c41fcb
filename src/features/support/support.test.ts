import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fakeDirectories } from "../../../test/grounds/fake-directories.ts";
import { whilePhoneChanges } from "../../../test/grounds/meanwhile.ts";
import { openTemporaryGround, type TemporaryGround } from "../../../test/grounds/temporary-passwords.ts";
import { makeOrder } from "../authenticators/password/temporary/order.ts";
import { findRecovery, insertRecovery } from "../recovery/store.ts";
import { type Support, support } from "./index.ts";

let ground: TemporaryGround;
let desk: Support;
const directories = fakeDirectories();
const by = { actor: "operator" } as const;

before(async () => {
  ground = await openTemporaryGround();
  desk = support({ ...ground, directories, countries: ["FI"] });
});
after(() => ground.close());

const noticeOf = async (id: string) => (await ground.notice(id))?.key;
const sessionsOf = (accountId: string) =>
  ground.db.selectFrom("session").select("uid").where("account_id", "=", accountId).execute();
const sent = () =>
  ground.enqueued.splice(0).map(({ template, channel, parameters }) => ({
    what: `${template} ${channel}`,
    password: "password" in parameters ? parameters.password : "",
  }));

test("REC-2 T22 HLP-3 ordered by support, the old password, the card's link and sessions end at once", async () => {
  const person = await ground.activated("calls");
  await ground.linkCard(person.accountId);
  assert.equal((await sessionsOf(person.accountId)).length, 1);
  ground.enqueued.length = 0;
  assert.equal(await desk.orderNewPassword(person.accountId, by), "ordered");
  const messages = sent();
  assert.deepEqual(
    messages.map(({ what }) => what),
    ["temporary-password-new sms", "password-ended email"],
  );
  assert.equal(await noticeOf(await ground.show("calls", person.password)), "password:wrong");
  assert.deepEqual(await sessionsOf(person.accountId), []);
  const id = await ground.show("calls", messages[0]?.password ?? "");
  assert.deepEqual((await ground.read(id)).authenticators.map(({ method }) => method).sort(), ["password", "totp"]);
  await ground.post(id, { step: "new-password", new_password: person.password }, { on: ground.node });
  assert.match(
    (await ground.page(id, { on: ground.node })).text,
    /It is the password that you have now/,
    "T19 the ended one is no new one",
  );
  await ground.post(id, { step: "new-password", new_password: "harmaa kivi sade lokki" }, { on: ground.node });
  assert.equal((await ground.page(id, { on: ground.node })).kind, "totp", "the app is asked, as ever");
  assert.deepEqual(await ground.proofsOf(await ground.show("calls", "harmaa kivi sade lokki")), ["password"]);
  const [event] = (await ground.events("temporary-password.ordered")).slice(-1);
  assert.deepEqual([event?.actor, event?.detail], ["operator", { ended: "password certificate" }]);
});

test("REC-2 HLP-3 no password is ordered for who can't use one, and nothing ends", async () => {
  const closed = await ground.activated("closed");
  assert.equal(await desk.closeAccount(closed.accountId, by), "closed");
  assert.equal(await desk.orderNewPassword(closed.accountId, by), "account-shut");
  const invited = await ground.createAccount("invited");
  assert.equal(await desk.orderNewPassword(invited.id, by), "not-activated");
  const chooses = await ground.createOrganisation("chooses");
  const other = await ground.createAccount("other", chooses.id);
  await ground.db.updateTable("account").set({ state: "active" }).where("id", "=", other.id).execute();
  assert.equal(await desk.orderNewPassword(other.id, by), "no-temporary-passwords");
  assert.equal(await desk.orderNewPassword(ground.random.id(), by), "no-such-account");
  assert.deepEqual(
    await ground.db.selectFrom("password").select("account_id").where("ended_at", "is not", null).execute(),
    [],
  );
});

test("HLP-3 a closed account lets nobody in, a temporary password neither; reopened, it has what it had; directories are told of both", async () => {
  directories.told.length = 0;
  const person = await ground.activated("leaves");
  const temporary = await ground.temporaryFor(person.accountId);
  assert.equal(await desk.closeAccount(person.accountId, by), "closed");
  assert.equal(await desk.closeAccount(person.accountId, by), "already-closed");
  assert.deepEqual(await sessionsOf(person.accountId), []);
  for (const password of [person.password, temporary])
    assert.equal(await noticeOf(await ground.show("leaves", password)), "password:wrong");
  assert.equal(await desk.reopenAccount(person.accountId, by), "reopened");
  assert.equal(await desk.reopenAccount(person.accountId, by), "not-closed");
  assert.equal((await ground.account(person.accountId)).state, "active");
  const told = { accountId: person.accountId, task: "account", causeId: null };
  assert.deepEqual(directories.told, [told, told]);
  assert.deepEqual(await ground.proofsOf(await ground.show("leaves", person.password)), ["password"]);
  assert.equal(await noticeOf(await ground.show("leaves", temporary)), "password:wrong");
  const never = await ground.createAccount("never");
  await desk.closeAccount(never.id, by);
  await desk.reopenAccount(never.id, by);
  assert.equal((await ground.account(never.id)).state, "invited");
});

test("REC-8 T79 what a reset has given its browser is void once the account was closed, or an address of it changed", async () => {
  const { db, clock, random, organisation } = ground;
  const browserHash = random.bytes(32);
  const ends = [
    ["reset-closed", (id: string) => desk.closeAccount(id, by)],
    [
      "reset-moved",
      (id: string) => desk.changeAccount(id, { phone: "+358409998877" }, { ...by, reason: "called back" }),
    ],
    ["reset-renamed", (id: string) => desk.changeAccount(id, { givenName: "Eeva" }, { ...by, reason: "called back" })],
  ] as const;
  for (const [name, end] of ends) {
    const { accountId } = await ground.activated(name);
    const [id, provedAt] = [random.id(), clock.now()];
    const row = {
      ...{ id, browserHash, accountId, provedAt, organisationId: organisation.id, tokenHash: random.bytes(32) },
      ...{ epoch: 0, provedBy: "op", removed: [], sessions: 0, reference: name, returnTo: null },
    };
    await db.transaction().execute((tx) => insertRecovery(tx, row, provedAt));
    assert.ok(await findRecovery(db, { id, browserHash }));
    await end(accountId);
    assert.equal((await findRecovery(db, { id, browserHash })) !== null, name === "reset-renamed", name);
  }
});

test("REC-2 REC-8 a password that is ordered while the number is being changed goes to the new one alone", async () => {
  const { accountId } = await ground.activated("moves");
  ground.enqueued.length = 0;
  const order = makeOrder({ ...ground, ...{ publicUrl: "https://login.example" } });
  const origin = { browserHash: Buffer.alloc(32), network: "192.0.2.9", browser: "Firefox", reference: "ref" };
  const phone = "+358407654321";
  await whilePhoneChanges(ground.db, { accountId, phone }, () => order("moves", ground.organisation.id, origin));
  assert.deepEqual(
    ground.enqueued.map(({ template, to }) => [template, to]),
    [["temporary-password-new", phone]],
  );
});
