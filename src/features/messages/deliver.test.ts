import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { messagesBench } from "../../../test/grounds/messages-bench.ts";
import { hours, minutes, plus, seconds } from "../../kernel/time.ts";
import type { Delivery, Mail } from "../../ports/mail-sender.ts";
import { nextAttempt } from "./domain/back-off.ts";

let bench: Awaited<ReturnType<typeof messagesBench>>;
before(async () => {
  bench = await messagesBench();
});
beforeEach(() => bench.clear());
after(() => bench.end());

const states = async () => (await bench.rows()).map(({ state }) => state);

test("MSG-1 a message is kept sealed until it is delivered, then only what became of it is", async () => {
  await bench.enqueue(bench.pin());
  const [waiting] = await bench.rows();
  assert.equal(waiting?.state, "waiting");
  assert.ok(waiting.contents && !waiting.contents.includes("271828") && !waiting.contents.includes("401234567"));
  assert.equal(await bench.messages.deliverDue(), 1);
  const [delivered] = await bench.rows();
  assert.deepEqual([delivered?.state, delivered?.contents, delivered?.attempts], ["delivered", null, 1]);
  assert.deepEqual(delivered?.delivered_at, bench.clock.now());
  assert.match(bench.sms.sent[0]?.text ?? "", /271828/);
  assert.equal(await bench.messages.deliverDue(), 0);
  assert.deepEqual(
    bench.outcomes.map(({ channel, template, result }) => [channel, template, result]),
    [["sms", "pin", "delivered"]],
  );
});

test("MSG-1 a rolled back transaction sends nothing", async () => {
  const failed = bench.db.transaction().execute(async (tx) => {
    await bench.messages.enqueue(tx, [bench.letter()]);
    throw new Error("the use case failed");
  });
  await assert.rejects(failed);
  assert.equal(await bench.messages.deliverDue(), 0);
});

test("T108 an outage of 20 minutes loses nothing, sends nothing twice, and drops what expired", async () => {
  bench.mail.answer({ result: "later", reason: "the mail server did not answer in time" });
  await bench.enqueue(...Array.from({ length: 30 }, () => bench.letter()));
  await bench.enqueue(bench.letter({ expiresAt: plus(bench.clock.now(), minutes(10)) }));
  for (let minute = 0; minute < 20; minute += 1) {
    await bench.messages.deliverDue();
    bench.clock.advance(minutes(1));
  }
  bench.mail.answer({ result: "delivered" });
  for (let minute = 0; minute < 20; minute += 1) {
    await bench.messages.deliverDue();
    bench.clock.advance(minutes(1));
  }
  assert.equal(bench.mail.sent.length, 30);
  assert.equal(new Set(bench.mail.sent.map(({ id }) => id)).size, 30);
  assert.deepEqual(new Set(await states()), new Set(["delivered", "expired"]));
  const expired = (await bench.rows()).filter(({ state }) => state === "expired");
  assert.deepEqual(
    expired.map(({ contents }) => contents),
    [null],
  );
});

test("T108 a crash between sending and recording sends the same message under the same id", async () => {
  const attempts: Mail[] = [];
  const crashed = bench.node({
    mail: {
      send: async (mail) => {
        attempts.push(mail);
        return { result: "delivered" };
      },
    },
    // The process dies after the gateway's answer: nothing that follows reaches the database.
    clock: { now: () => (attempts.length > 0 ? assert.fail("crashed") : bench.clock.now()) },
  });
  await bench.enqueue(bench.letter());
  await crashed.deliverDue();
  assert.equal(await bench.messages.deliverDue(), 0, "the claim is still held");
  bench.clock.advance(minutes(3));
  assert.equal(await bench.messages.deliverDue(), 1);
  assert.equal(attempts.length, 1);
  assert.deepEqual(
    bench.mail.sent.map((mail) => ({ ...mail })),
    attempts.map((mail) => ({ ...mail })),
  );
});

test("MSG-1 nodes side by side never send one message twice", async () => {
  const seen: string[] = [];
  const slow = {
    send: async ({ id }: Mail) => {
      seen.push(id);
      await sleep(5);
      return { result: "delivered" as const };
    },
  };
  await bench.enqueue(...Array.from({ length: 200 }, () => bench.letter()));
  const handled = await Promise.all(Array.from({ length: 4 }, () => bench.node({ mail: slow }).deliverDue()));
  assert.equal(
    handled.reduce((sum, count) => sum + count, 0),
    200,
  );
  assert.equal(seen.length, 200);
  assert.equal(new Set(seen).size, 200);
});

test("MSG-1 a claim whose lease ran out can't overwrite what the next one recorded", async () => {
  const answer = Promise.withResolvers<Delivery>();
  const hanging = bench.node({ mail: { send: () => answer.promise } });
  await bench.enqueue(bench.letter());
  const late = hanging.deliverDue();
  while ((await bench.rows())[0]?.attempts !== 1) await sleep(5);
  bench.clock.advance(minutes(3));
  await bench.messages.deliverDue();
  answer.resolve({ result: "never", reason: "too late" });
  await late;
  assert.deepEqual(await states(), ["delivered"]);
});

test("MSG-1 back-off grows from 10 seconds to 15 minutes, spread by chance, and believes the other side up to an hour", () => {
  const now = new Date("2026-11-22T09:00:00Z");
  const expiresAt = plus(now, hours(300));
  const wait = (attempts: number, chance = 0, retryAfter?: number) =>
    nextAttempt({ attempts, expiresAt }, { now, chance, retryAfter }).getTime() - now.getTime();
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 500].map((attempts) => wait(attempts)),
    [10, 30, 60, 120, 300, 600, 900, 900, 900].map(seconds),
  );
  assert.equal(wait(1, 1), seconds(12));
  assert.equal(wait(1, 0, minutes(7)), minutes(7));
  assert.equal(wait(7, 0, seconds(1)), minutes(15));
  assert.equal(wait(1, 0, hours(500)), hours(1));
  const soon = plus(now, seconds(3));
  assert.deepEqual(nextAttempt({ attempts: 1, expiresAt: soon }, { now, chance: 0 }), soon);
});

test("ACT-10 why a message failed, or still waits, is seen by what it belongs to, and never its contents", async () => {
  const subjectId = bench.deps.random.id();
  bench.mail.answer({ result: "never", reason: "the mail server refused the recipient (550)" });
  bench.sms.answer({ result: "later", reason: "the gateway answered 500", retryAfter: minutes(2) });
  await bench.enqueue(bench.letter({ subjectId }), bench.pin({ subjectId }), bench.letter());
  await bench.messages.deliverDue();
  const states = await bench.messages.states(bench.db, [subjectId, bench.deps.random.id()]);
  assert.deepEqual([...states.keys()], [subjectId]);
  const told = (states.get(subjectId) ?? []).map(({ channel, state, reason }) => [channel, state, reason]).sort();
  assert.deepEqual(told, [
    ["email", "failed", "the mail server refused the recipient (550)"],
    ["sms", "waiting", "the gateway answered 500"],
  ]);
  const [sms] = (states.get(subjectId) ?? []).filter(({ channel }) => channel === "sms");
  assert.deepEqual(sms?.nextAttemptAt, plus(bench.clock.now(), minutes(2)));
  assert.doesNotMatch(JSON.stringify([...bench.logged, ...(states.get(subjectId) ?? [])]), /271828|example\.fi|40123/);
});

test("MSG-1 a withdrawn message is never sent, and what was delivered stays so", async () => {
  const subjectId = bench.deps.random.id();
  await bench.enqueue(bench.letter({ subjectId }));
  await bench.messages.deliverDue();
  await bench.enqueue(bench.pin({ subjectId }), bench.pin());
  await bench.db.transaction().execute((tx) => bench.messages.withdraw(tx, subjectId));
  await bench.messages.deliverDue();
  assert.equal(bench.sms.sent.length, 1);
  assert.deepEqual((await states()).sort(), ["delivered", "delivered", "withdrawn"]);
  assert.ok((await bench.rows()).every(({ contents }) => contents === null));
});

test("MSG-1 one channel's outage holds up no other, and a sender that throws is tried again", async () => {
  const broken = bench.node({
    sms: {
      send: async () => {
        throw new Error("a bug, with the number +358401234567 in it");
      },
    },
  });
  await bench.enqueue(bench.pin(), bench.letter());
  await broken.deliverDue();
  assert.equal(bench.mail.sent.length, 1);
  const [sms] = (await bench.rows()).filter(({ channel }) => channel === "sms");
  assert.deepEqual([sms?.state, sms?.reason], ["waiting", "the sender failed"]);
  assert.doesNotMatch(JSON.stringify(bench.logged), /40123/, "an error's words may quote what was sent");
  assert.match(JSON.stringify(bench.logged), /deliver\.test/, "but its place is told");
});

test("MSG-1 contents that were changed or moved to another row are not sent", async () => {
  await bench.enqueue(bench.letter(), bench.letter());
  await bench.pool.query("update message set contents = (select contents from message order by id limit 1)");
  await bench.messages.deliverDue();
  assert.equal(bench.mail.sent.length, 1);
  assert.deepEqual((await states()).sort(), ["delivered", "failed"]);
});

test("MSG-1 without a channel a message fails visibly, at once", async () => {
  const node = bench.node({ sms: null, mail: null });
  await bench.db.transaction().execute((tx) => node.enqueue(tx, [bench.pin(), bench.letter()]));
  const rows = await bench.rows();
  assert.deepEqual(rows.map(({ state, reason, contents }) => [state, reason, contents]).sort(), [
    ["failed", "no gateway for text messages is configured", null],
    ["failed", "no mail server is configured", null],
  ]);
});

test("T09 a link to another address than ours is refused before anything is written", async () => {
  const { template: _, ...rest } = bench.letter();
  for (const url of [
    "https://evil.example/activate/x",
    "https://login.example.fi.evil.example/",
    "http://login.example.fi/",
  ]) {
    const parameters = {
      firstName: "A",
      application: null,
      url,
      phone: null,
      pinOnRequest: false,
      until: rest.expiresAt,
    };
    await assert.rejects(
      bench.enqueue({ ...rest, template: "invitation", channel: "email", parameters }),
      /another address/,
    );
  }
  assert.deepEqual(await bench.rows(), []);
});
