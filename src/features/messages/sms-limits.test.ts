import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { messagesBench } from "../../../test/grounds/messages-bench.ts";
import { days, hours, minutes, plus } from "../../kernel/time.ts";
import { defaultSmsCaps } from "./domain/sms-limits.ts";

let bench: Awaited<ReturnType<typeof messagesBench>>;
before(async () => {
  bench = await messagesBench();
});
beforeEach(() => bench.clear());
after(() => bench.end());

const number = (n: number) => `+3584012${String(n).padStart(5, "0")}`;
const far = () => plus(bench.clock.now(), days(14));

async function reasons() {
  const found = new Map<string, number>();
  for (const { state, reason } of await bench.rows()) {
    const key = reason ? `${state}: ${reason}` : state;
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return Object.fromEntries(found);
}

test("T11 a country that is not allowed, a landline, a premium number and nonsense are refused before any send", async () => {
  const refused = {
    "+4915123456789": "text messages to this country are not allowed",
    "+12425551234": "not a phone number",
    "+882161234567": "text messages to this country are not allowed",
    "+358600123456": "not a mobile number",
    "+35891234567": "not a mobile number",
    "0401234567": "not a phone number",
    "+358401234567;+4915123456789": "not a phone number",
  };
  for (const [to, reason] of Object.entries(refused)) {
    await bench.clear();
    await bench.enqueue(bench.pin({ to }), bench.newPin({ to }));
    assert.equal(await bench.messages.deliverDue(), 0, to);
    assert.deepEqual(await reasons(), { [`failed: ${reason}`]: 2 }, to);
  }
  await bench.enqueue(bench.pin({ to: "+46701234567" }));
  await bench.messages.deliverDue();
  assert.equal(bench.sms.sent.length, 1);
});

test("MSG-3 three new PINs an hour and ten a day to one number; the rest fail visibly", async () => {
  for (let hour = 0; hour < 5; hour += 1) {
    for (let n = 0; n < 4; n += 1) await bench.enqueue(bench.newPin());
    await bench.messages.deliverDue();
    assert.equal(bench.sms.sent.length, Math.min(3 * (hour + 1), 10));
    bench.clock.advance(hours(1));
  }
  assert.deepEqual(await reasons(), { delivered: 10, "failed: too many text messages to this number": 10 });
  await bench.enqueue(bench.newPin({ to: number(1) }), bench.pin());
  await bench.messages.deliverDue();
  assert.equal(bench.sms.sent.length, 12, "another number, and another kind of message, are not held up");
  bench.clock.advance(days(1));
  await bench.enqueue(bench.newPin());
  await bench.messages.deliverDue();
  assert.equal(bench.sms.sent.length, 13);
});

test("T11 new PINs to sequential numbers stop at 200 an hour", async () => {
  await bench.enqueue(...Array.from({ length: 230 }, (_, n) => bench.newPin({ to: number(n) })));
  await bench.messages.deliverDue();
  assert.deepEqual(await reasons(), {
    delivered: 200,
    "failed: too many text messages to this range of numbers": 30,
  });
});

test("MSG-3 a bulk of invitations beyond the hour's room waits for the next hour, and holds up nobody else", async () => {
  const node = bench.node({ smsCaps: { ...defaultSmsCaps, perOrganisationPerHour: 50 } });
  await bench.enqueue(...Array.from({ length: 120 }, (_, n) => bench.pin({ to: number(n), expiresAt: far() })));
  await node.deliverDue();
  const waiting = "waiting: the organisation's text messages of this hour are used up";
  assert.deepEqual(await reasons(), { delivered: 50, [waiting]: 70 });
  await bench.enqueue(bench.newPin(), bench.letter({ channel: "sms", to: number(7) }));
  await node.deliverDue();
  assert.equal(bench.sms.sent.length, 52);
  bench.clock.advance(minutes(59));
  assert.equal(await node.deliverDue(), 0);
  for (const total of [102, 122]) {
    bench.clock.advance(hours(1));
    await node.deliverDue();
    assert.equal(bench.sms.sent.length, total);
  }
  assert.equal(new Set(bench.sms.sent.map(({ id }) => id)).size, 122);
});

test("MSG-3 a message that would wait beyond its expiry is dropped then, not sent late", async () => {
  const node = bench.node({ smsCaps: { ...defaultSmsCaps, perOrganisationPerHour: 1 } });
  await bench.enqueue(bench.pin(), bench.pin({ to: number(1), expiresAt: plus(bench.clock.now(), minutes(10)) }));
  await node.deliverDue();
  for (const pause of [minutes(10), hours(2)]) {
    bench.clock.advance(pause);
    await node.deliverDue();
  }
  assert.equal(bench.sms.sent.length, 1);
  assert.deepEqual((await bench.rows()).map(({ state, contents }) => [state, contents]).sort(), [
    ["delivered", null],
    ["expired", null],
  ]);
});

test("MSG-3 a retry after an outage is not counted again", async () => {
  bench.sms.answer({ result: "later", reason: "the gateway is away" });
  await bench.enqueue(bench.newPin({ expiresAt: far() }));
  for (let n = 0; n < 6; n += 1) {
    await bench.messages.deliverDue();
    bench.clock.advance(minutes(16));
  }
  bench.sms.answer({ result: "delivered" });
  await bench.messages.deliverDue();
  assert.equal(bench.sms.sent.length, 1);
  const { count } = await bench.db
    .selectFrom("throttle")
    .select("count")
    .where("key", "like", "sms:number:%:day")
    .executeTakeFirstOrThrow();
  assert.equal(count, 1);
});
