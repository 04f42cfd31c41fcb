import assert from "node:assert/strict";
import { test } from "node:test";
import { minutes, seconds } from "../../../kernel/time.ts";
import { fakeClock } from "../../../ports/clock.ts";
import { type Glance, glimpse, watch } from "./watch.ts";

const pace = { look: 1, beat: seconds(15), longest: minutes(15) };

/** Everything that a stream says of these glances, one after the other; the last one stays. */
async function said(glances: readonly Glance[], { each = () => {} }: { each?: (count: number) => void } = {}) {
  const clock = fakeClock();
  const stop = new AbortController();
  let count = 0;
  const look = async () => {
    each(++count);
    clock.advance(seconds(10));
    if (count > 200) stop.abort();
    return glances[Math.min(count, glances.length) - 1] ?? { fragment: "", isOver: true };
  };
  const heard: string[] = [];
  for await (const text of watch({ look, clock, signal: stop.signal, pace })) heard.push(text);
  return { heard, count };
}

test("REC-3 a stream tells how it is at once, again when it changes, and ends when it is over", async () => {
  const { heard } = await said([
    { fragment: "<p>0</p>\n<p>x</p>", isOver: false },
    { fragment: "<p>0</p>\n<p>x</p>", isOver: false },
    { fragment: "<p>1</p>", isOver: true },
  ]);
  assert.deepEqual(heard, [
    "retry: 2000\n\n",
    "data: <p>0</p>\ndata: <p>x</p>\n\n",
    "data: <p>1</p>\n\n",
    "event: end\ndata: over\n\n",
  ]);
});

test("REC-3 while nothing changes it says so now and then, and no stream outlives a quarter of an hour", async () => {
  const { heard, count } = await said([{ fragment: "<p>0</p>", isOver: false }]);
  assert.equal(count, 90, "one look every ten seconds of this clock");
  assert.equal(heard.filter((text) => text === ":\n\n").length, 44);
  assert.ok(!heard.some((text) => text.includes("end")));
});

test("OPS-4 a stream ends when the node stops", async () => {
  const stop = new AbortController();
  const stream = watch({
    look: async () => ({ fragment: "<p>0</p>", isOver: false }),
    clock: fakeClock(),
    signal: stop.signal,
    pace: { ...pace, look: minutes(10) },
  });
  await stream.next();
  await stream.next();
  const last = stream.next();
  stop.abort();
  assert.equal((await last).done, true);
});

test("REC-3 whoever finds no place is told how it is, and to ask again", () => {
  assert.equal(glimpse({ fragment: "<p>0</p>", isOver: false }, seconds(10)), "retry: 10000\n\ndata: <p>0</p>\n\n");
  assert.match(glimpse({ fragment: "<p>1</p>", isOver: true }, seconds(10)), /event: end/);
});
