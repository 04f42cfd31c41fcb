import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { makeGate } from "./gate.ts";

test("SIN-3 no more run at once than allowed, first come first served, and the rest are told busy", async () => {
  const gate = makeGate({ atOnce: 2, queue: 3 });
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const results = Array.from({ length: 7 }, (_, index) =>
    gate.run(() => {
      begun.push(index);
      return new Promise<number>((resolve) => ends.push(() => resolve(index)));
    }),
  );
  await turn();
  assert.deepEqual(begun, [0, 1]);
  assert.deepEqual(gate.state(), { running: 2, waiting: 3, turnedAway: 2 });
  for (let index = 0; index < 5; index += 1) {
    ends[index]?.();
    await turn();
  }
  assert.deepEqual(await Promise.all(results), [0, 1, 2, 3, 4, "busy", "busy"]);
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  assert.deepEqual(gate.state(), { running: 0, waiting: 0, turnedAway: 2 });
});

test("SIN-3 work that fails gives its place back", async () => {
  const gate = makeGate({ atOnce: 1, queue: 1 });
  const failed = gate.run(() => Promise.reject(new Error("no memory")));
  const next = gate.run(async () => "done");
  await assert.rejects(failed, /no memory/u);
  assert.equal(await next, "done");
  assert.equal(gate.state().running, 0);
});

test("SIN-3 any load: never more than allowed at once, everything begun ends, nothing is lost", async () => {
  const load = fc.array(fc.nat({ max: 3 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.nat({ max: 10 }), load, async (atOnce, queue, turns) => {
      const gate = makeGate({ atOnce, queue });
      let running = 0;
      const work = (count: number) => async () => {
        running += 1;
        assert.ok(running <= atOnce);
        for (let index = 0; index < count; index += 1) await turn();
        running -= 1;
        return "done" as const;
      };
      const results = await Promise.all(turns.map((count) => gate.run(work(count))));
      assert.equal(results.filter((result) => result === "done").length, Math.min(turns.length, atOnce + queue));
      assert.equal(running, 0);
    }),
    { numRuns: 50 },
  );
});
