import assert from "node:assert/strict";
import { test } from "node:test";
import { between, days, hours, minutes, plus, seconds } from "../../../kernel/time.ts";
import { isGivenUp, nextAttempt } from "./back-off.ts";

const now = new Date("2026-11-22T09:00:00Z");
const wait = (attempts: number, over: { chance?: number; retryAfter?: number } = {}) =>
  between(now, nextAttempt(attempts, { now, chance: 0, ...over }));

test("DIR-2 waits grow from five seconds to five minutes, spread by chance", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 6, 7, 8, 1_000_000].map((attempts) => wait(attempts)),
    [5, 5, 10, 20, 160, 300, 300, 300].map(seconds),
  );
  assert.equal(wait(2, { chance: 1 }), seconds(12));
  assert.equal(wait(99, { chance: 1 }), minutes(6));
});

test("DIR-2 T80 what a directory asks for is honoured, up to a day, and nothing is added to it", () => {
  assert.equal(wait(1, { retryAfter: hours(1) }), hours(1));
  assert.equal(wait(9, { retryAfter: seconds(40), chance: 1 }), seconds(40));
  assert.equal(wait(9, { retryAfter: seconds(1) }), seconds(5));
  assert.equal(wait(1, { retryAfter: days(400) }), days(1));
});

test("DIR-2 it is given up after three days", () => {
  assert.equal(isGivenUp(now, plus(now, days(3) - 1)), false);
  assert.equal(isGivenUp(now, plus(now, days(3))), true);
});
