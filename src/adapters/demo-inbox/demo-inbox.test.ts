import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { testDatabase } from "../../../test/harness/database.ts";
import { type Database, openDatabase } from "../../platform/database/index.ts";
import { fakeClock } from "../../ports/clock.ts";
import { systemRandom as random } from "../../ports/random.ts";
import { type DemoInbox, makeDemoInbox } from "./index.ts";

const clock = fakeClock();
let scratch: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let inbox: DemoInbox;

before(async () => {
  scratch = await testDatabase();
  database = openDatabase(scratch.url);
  inbox = makeDemoInbox({ db: database.db, clock });
});
beforeEach(() => database.pool.query("truncate demo_inbox"));
after(async () => {
  await database.close();
  await scratch.drop();
});

const mail = (id = random.id()) => ({
  id,
  to: "aino@example.fi",
  fromName: "Koivula",
  subject: "Invitation",
  text: "Hello",
  html: "<p>Hello</p>",
});
const sms = (id = random.id()) => ({ id, to: "+358401234567", text: "Koivula: Your PIN is 271828." });

test("what would have been sent is shown, the latest first", async () => {
  assert.deepEqual(await inbox.mail.send(mail()), { result: "delivered" });
  const first = clock.now();
  clock.advance(1000);
  await inbox.sms.send(sms());
  const shown = (await inbox.list(10)).map(({ id: _, ...rest }) => rest);
  const { id: _, fromName, ...letter } = mail();
  assert.deepEqual(shown, [
    { channel: "sms", from: null, to: "+358401234567", subject: null, text: sms().text, html: null, at: clock.now() },
    { channel: "email", from: fromName, ...letter, at: first },
  ]);
});

test("a message that is sent again under its id is kept once", async () => {
  const message = mail();
  for (let attempt = 0; attempt < 3; attempt += 1)
    assert.deepEqual(await inbox.mail.send(message), { result: "delivered" });
  assert.equal((await inbox.list(10)).length, 1);
});

test("the demo keeps the latest 500 messages", async () => {
  for (let n = 0; n < 510; n += 1) {
    clock.advance(1);
    await inbox.sms.send({ ...sms(), text: `message ${n}` });
  }
  const shown = await inbox.list(1000);
  assert.deepEqual([shown.length, shown[0]?.text, shown.at(-1)?.text], [500, "message 509", "message 10"]);
});
