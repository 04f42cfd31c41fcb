import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { testDatabase } from "../../../test/harness/database.ts";
import { minutes, seconds } from "../../kernel/time.ts";
import { type Database, openDatabase } from "../../platform/database/index.ts";
import { fakeClock } from "../../ports/clock.ts";
import type { Mood } from "../../ports/demo-directory.ts";
import type { DirectorySubject } from "../../ports/directory.ts";
import { systemRandom as random } from "../../ports/random.ts";
import { makeDemoDirectory } from "./index.ts";

const clock = fakeClock();
let scratch: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let demo: ReturnType<typeof makeDemoDirectory>;

before(async () => {
  scratch = await testDatabase();
  database = openDatabase(scratch.url);
  demo = makeDemoDirectory({ db: database.db, clock, random, pace: 0 });
});
beforeEach(() => database.pool.query("truncate demo_directory, demo_directory_account"));
after(async () => {
  await database.close();
  await scratch.drop();
});

const subject: DirectorySubject = {
  accountId: random.id(),
  userName: "mikael@revontuli.example",
  email: "mikael@revontuli.example",
  phone: null,
  givenName: "Mikael",
  familyName: "Öhman",
  language: "fi",
  category: "student",
  roles: [],
  isActive: true,
};
const marks: (object | null)[] = [];
const hand = (memory: string | null = null) => ({
  memory,
  remember: async (_: string, progress: object | null) => void marks.push(progress),
  now: clock.now,
  signal: new AbortController().signal,
});
const connected = (issuesPass = false) =>
  demo.kind.connect({ name: "m365", kind: "demo", settings: { issuesPass }, secret: null }, { publicUrl: "" });
const linked = async () => (await demo.accounts("m365"))[0]?.methods.map(({ name }) => name);

test("DIR-1 a reset removes what was linked before it, one after the other; what came later stays", async () => {
  await connected().carry({ task: "account" }, subject, hand());
  assert.deepEqual(await linked(), ["Microsoft Authenticator", "Phone"]);
  const madeAt = clock.now();
  clock.advance(minutes(1));
  await demo.link("m365", subject.accountId);
  marks.length = 0;
  const done = await connected(true).carry({ task: "reset", madeAt }, subject, hand());
  assert.ok(done.result === "done");
  assert.deepEqual(done.progress, { removed: 2, of: 2 });
  assert.match(done.pass?.value ?? "", /^DEMO-\d{4}-\d{4}$/);
  assert.deepEqual(marks, [
    { removed: 0, of: 2 },
    { removed: 1, of: 2 },
    { removed: 2, of: 2 },
  ]);
  assert.deepEqual(await linked(), ["Microsoft Authenticator"]);
});

test("DIR-2 it answers as whoever watches has chosen, and goes on where it was", async () => {
  const answers: Record<Mood, string> = { fine: "done", busy: "later", away: "later", refuses: "failed" };
  for (const [mood, expected] of Object.entries(answers)) {
    await demo.setMood("m365", mood as Mood); // the keys of `answers`
    const carried = await connected().carry({ task: "reset", madeAt: clock.now() }, subject, hand("2"));
    assert.equal(carried.result, expected, mood);
    if (mood === "busy") assert.equal("retryAfter" in carried && carried.retryAfter, seconds(20));
  }
});

test("OPS-2 wrong settings are named", () => {
  const read = demo.kind.parse({ issuesPass: "yes" });
  assert.deepEqual("problems" in read && read.problems.map(({ field }) => field), ["issuesPass"]);
});
