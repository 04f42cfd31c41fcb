import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../../test/harness/eventually.ts";
import { hours, minutes } from "../../kernel/time.ts";
import { fakeClock } from "../../ports/clock.ts";
import { makeCached } from "./cached.ts";

function ground(more: { rest?: number } = {}) {
  const clock = fakeClock();
  let asked = 0;
  let isAway = false;
  const cached = makeCached({
    load: async () => {
      asked += 1;
      if (isAway) throw new Error("away");
      return asked;
    },
    fresh: hours(12),
    usable: hours(24),
    ...more,
  });
  return {
    clock,
    cached,
    asked: () => asked,
    away: (is: boolean) => {
      isAway = is;
    },
  };
}

test("many who ask at once make one request, and the next ones none", async () => {
  const { cached, clock, asked } = ground();
  assert.deepEqual(await Promise.all(Array.from({ length: 16 }, () => cached.get(clock.now()))), Array(16).fill(1));
  clock.advance(hours(11));
  assert.equal(await cached.get(clock.now()), 1);
  assert.equal(asked(), 1);
});

test("what is no longer fresh serves at once while it is read anew behind it", async () => {
  const { cached, clock, asked } = ground();
  await cached.get(clock.now());
  clock.advance(hours(13));
  assert.equal(await cached.get(clock.now()), 1);
  await eventually(async () => assert.equal(await cached.get(clock.now()), 2));
  assert.equal(asked(), 2);
});

test("T52 what was known serves for a day while the broker is away, and then no more", async () => {
  const { cached, clock, away } = ground();
  await cached.get(clock.now());
  away(true);
  clock.advance(hours(23));
  assert.equal(await cached.get(clock.now()), 1);
  clock.advance(hours(2));
  await assert.rejects(cached.get(clock.now()), /away/u);
  away(false);
  assert.ok((await cached.get(clock.now())) > 1);
});

test("T52 a page waits for a broker that is away once, and then for a minute not", async () => {
  const { cached, clock, asked, away } = ground({ rest: minutes(1) });
  away(true);
  await assert.rejects(cached.get(clock.now()));
  away(false);
  await assert.rejects(cached.get(clock.now()));
  assert.equal(asked(), 1);
  clock.advance(minutes(1));
  assert.equal(await cached.get(clock.now()), 2);
});

test("those who need it renewed while it is being renewed wait for it, and get the new one", async () => {
  const { cached, clock, asked } = ground();
  await cached.get(clock.now());
  const renewed = await Promise.all(Array.from({ length: 16 }, () => cached.renew(clock.now())));
  assert.deepEqual(renewed, Array(16).fill(2));
  assert.equal(asked(), 2);
});

test("T46 keys that nobody knows make the broker be asked anew once a minute at most", async () => {
  const { cached, clock, asked } = ground();
  await cached.get(clock.now());
  for (let times = 0; times < 16; times += 1) assert.equal(await cached.renew(clock.now()), 2);
  assert.equal(asked(), 2);
  clock.advance(minutes(1));
  assert.equal(await cached.renew(clock.now()), 3);
});
