import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loadConfig } from "../../src/config.ts";
import { type Composed, compose } from "../../src/main.ts";
import { type Senders, startSenders } from "../abuse/senders.ts";
import { testDatabase } from "../harness/database.ts";
import { invite, linkTo, makeOrganisation, pinTo } from "../harness/people.ts";
import { type Node, spawnService, until } from "../harness/service.ts";
import { makeActivating } from "./person.ts";

const people = 200;
/** The others are invited just before the crash. */
const invitedFirst = 120;
/** So many are at it at any moment. */
const atOnce = 16;
const killedAfter = 60;

let senders: Senders;
let database: Awaited<ReturnType<typeof testDatabase>>;
let node: Node;
let composed: Composed;
before(async () => {
  [senders, database] = await Promise.all([startSenders(), testDatabase()]);
  node = await spawnService({ databaseUrl: database.url, env: senders.env });
  composed = await compose({ config: loadConfig(node.env), claim: false, log: () => {} });
});
after(async () => {
  await node.kill();
  await composed.close();
  await Promise.all([database.drop(), senders.stop()]);
});

type Person = { email: string; phone: string; accountId: string; way: ReturnType<typeof makeActivating> | null };

test(`OPS-4 MSG-1 ACT-9 T101 T108 kill -9 in the middle of ${people} activations loses no acknowledged step, and sends nothing twice with other contents`, async () => {
  const ground = { ...composed, url: node.url, inbox: async () => [] };
  const organisation = await makeOrganisation(ground);
  const invited: Person[] = [];
  const waiting: Person[] = [];
  const invitePeople = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const phone = `+35844${3_000_000 + invited.length}`;
      const { email, accountId } = await invite(ground, organisation, { phone });
      const person = { email, phone, accountId, way: null };
      invited.push(person);
      waiting.push(person);
    }
  };
  const worker = async () => {
    for (let person = waiting.shift(); person; person = waiting.shift()) {
      await activate(person);
      if (invited.filter(({ way }) => way?.acknowledged.active).length >= killedAfter) restarted ??= killAndRestart();
    }
  };

  /** While people are at every step, and messages on their way. */
  const killAndRestart = async () => {
    const before = senders.texts().length;
    senders.gateway.answer("silence"); // it takes them, and nobody hears of it
    await invitePeople(people - invitedFirst);
    await until(() => senders.texts().length > before, "the first of the new messages");
    await node.kill("SIGKILL");
    senders.gateway.answer({ status: 200 });
    // What was claimed and not recorded is free again when its lease has run out, minutes later.
    await composed.db
      .updateTable("message")
      .set({ next_attempt_at: new Date() })
      .where("state", "=", "waiting")
      .execute();
    node = await spawnService({ databaseUrl: database.url, port: node.port, env: senders.env });
  };
  let restarted: Promise<void> | undefined;

  await invitePeople(invitedFirst);
  await Promise.all(Array.from({ length: atOnce }, worker));
  assert.ok(restarted, "it was killed on the way");
  await restarted;
  await Promise.all(Array.from({ length: atOnce }, worker));
  assert.equal(invited.length, people);

  for (const { email, way } of invited) {
    assert.deepEqual(way?.lost, [], email);
    assert.deepEqual(way?.acknowledged.active, true, email);
  }
  await checkAccounts(invited);
  await checkMessages(invited);
});

/** Tries until it is done, as long as the service may be away. */
async function activate(person: Person): Promise<void> {
  const [link, pin] = await Promise.all([linkTo(senders, person.email), pinTo(senders, person.phone)]);
  const way = makeActivating(node.url, { link, pin });
  person.way = way;
  await until(async () => {
    await way.goOn().catch(() => {});
    return way.acknowledged.active;
  }, `${person.email} to be active`);
}

async function checkAccounts(invited: readonly Person[]): Promise<void> {
  const { db, features } = composed;
  const events = await db.selectFrom("audit_event").select(["type", "account_id"]).execute();
  const accounts = await db.selectFrom("account").select(["id", "state"]).execute();
  for (const { accountId, email } of invited) {
    const own = events.filter(({ account_id }) => account_id === accountId).map(({ type }) => type);
    for (const type of ["account.activated", "method.linked", "password.set"])
      assert.equal(own.filter((each) => each === type).length, 1, `${email} ${type}`);
    assert.equal(accounts.find(({ id }) => id === accountId)?.state, "active", email);
  }
  assert.equal((await features.audit.verify(db)).faultCount, 0);
}

async function checkMessages(invited: readonly Person[]): Promise<void> {
  await until(async () => {
    const rows = await composed.db.selectFrom("message").select("id").where("state", "!=", "delivered").execute();
    return rows.length === 0;
  }, "every message to be delivered");

  const texts = senders.texts();
  assert.ok(texts.length > invited.length, "some were sent again");
  for (const { phone } of invited) {
    const own = texts.filter(({ to }) => to === phone);
    assert.equal(new Set(own.map(({ id, text }) => `${id} ${text}`)).size, 1, JSON.stringify(own));
  }
  const mails = senders.mail.inbox;
  for (const { email } of invited) {
    const own = mails.filter(({ envelope }) => envelope.to.includes(email));
    assert.equal(new Set(own.map(({ messageId }) => messageId)).size, 2, "an invitation and a notice");
    assert.equal(new Set(own.map(({ messageId, text }) => `${messageId} ${text}`)).size, 2, email);
  }
}
