import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { usualParameters } from "./code.ts";
import { windowOf } from "./drift.ts";
import { type CodeState, judgeCode, unusedToken } from "./judge-code.ts";

/** A token whose code says its step. `now` is in the middle of a step. */
const base = 59_840_000;
const at = (step: number) => new Date((base + step) * 30_000 + 15_000);
const codeOf = (step: number) => String(step + 500_000).padStart(6, "0");
const matcher = (code: string) => (step: number) => code === codeOf(step - base);
const judge = (state: CodeState, step: number, now = 0, resynchronise = false) =>
  judgeCode(state, usualParameters, matcher, codeOf(step), at(now), { resynchronise });

/** A hardware token that was used `idle` steps ago, when its clock was off by `drift`. */
const used = (drift: number, idle = 1): CodeState => {
  const lastStep = base - idle + drift;
  return { ...unusedToken, drift, lastStep, spentSteps: [lastStep] };
};
const month = 86_400;

test("SIN-6 a hardware token's code is right around where its clock was last seen, wider the longer it was idle", () => {
  const cases: [string, CodeState, number, number][] = [
    ["an app, whatever happened", { ...unusedToken, lastStep: base - 100 * month }, -1, 1],
    ["a token in use", used(0, 5), -1, 1],
    ["whose clock is ahead", used(3, 5), 2, 4],
    ["whose clock is behind", used(-7, 5), -8, -6],
    ["idle for 13 days", used(0, 37_000), -1, 1],
    ["idle for two weeks", used(0, 40_320), -2, 2],
    ["idle for a month", used(2, month), -1, 5],
    ["idle for two months", used(2, 2 * month), -3, 7],
    ["idle for ten years", used(2, 120 * month), -3, 7],
    ["never used", { ...unusedToken, drift: 0 }, -10, 10],
    ["at the edge", used(19, 2 * month), 14, 20],
    ["at the other", used(-20, 5), -20, -19],
  ];
  for (const [name, state, from, to] of cases) {
    const window = windowOf(state, base);
    assert.deepEqual([window.from - base, window.to - base], [from, to], name);
  }
});

test("SIN-6 what is learnt is where the clock was seen; of an app nothing is", () => {
  const judged = judge(used(3, 5), 4);
  assert.deepEqual([judged.verdict, judged.next.drift], ["right", 4]);
  assert.equal(judge(judged.next, 6, 1).next.drift, 5);
  assert.equal(judge(unusedToken, 1).next.drift, null);
  assert.equal(judge({ ...unusedToken, drift: 0 }, -9).next.drift, -9);
});

test("SIN-6 T26 beyond its reach a token's code is told by its minutes, as far as twenty steps, and spent", () => {
  const told = (step: number, state = used(0, 5)) => {
    const judged = judge(state, step);
    return judged.verdict === "clock-off" ? [judged.minutes, judged.device] : judged.verdict;
  };
  assert.deepEqual(told(3), [2, "token"]);
  assert.deepEqual(told(-20), [-10, "token"]);
  assert.deepEqual(told(20), [10, "token"]);
  assert.equal(told(21), "wrong");
  assert.deepEqual(told(3, unusedToken), [2, "app"]);
  const { next } = judge(used(0, 5), 3);
  assert.equal(judge(next, 3).verdict, "used");
  assert.equal(judge(next, 3, 3).verdict, "used", "when its time comes, too");
});

test("SIN-6 USR-5 T31 two codes in a row resynchronise a token: only the next one, only where asked, never an app", () => {
  const { next: first } = judge(used(0, 5), 8, 0, true);
  assert.equal(first.drift, 0, "one code moves nothing");
  for (const step of [7, 10, 12]) assert.equal(judge(first, step, 1, true).verdict, "clock-off", String(step));
  assert.equal(judge(first, 8, 1, true).verdict, "used");
  assert.equal(judge(first, 9, 1).verdict, "clock-off", "signing in does not");

  const second = judge(first, 9, 1, true);
  assert.deepEqual(
    [second.verdict, second.verdict === "right" && second.resynchronised, second.next.drift, second.next.failures],
    ["right", true, 8, 0],
  );
  for (const step of [8, 9]) assert.equal(judge(second.next, step, 1, true).verdict, "used");
  assert.equal(judge(second.next, 10, 2).verdict, "right");

  const { next: ofApp } = judge(unusedToken, 4, 0, true);
  assert.equal(judge(ofApp, 5, 1, true).verdict, "clock-off");
});

test("SIN-6 T23 codes from before the last one accepted resynchronise nothing", () => {
  const state: CodeState = { ...used(0, 0), lastStep: base };
  const { next } = judge(state, -6, 0, true);
  assert.equal(judge(next, -5, 0, true).verdict, "clock-off");
  const afterAccepted = judge({ ...state, spentSteps: [base] }, 1, 5, true);
  assert.equal(afterAccepted.verdict, "clock-off", "a code right after the accepted one, shown late");
});

test("SIN-6 T27 a blocked token is not resynchronised", () => {
  const { next } = judge(used(0, 5), 8, 0, true);
  const blocked = { ...next, blockedUntil: at(100) };
  assert.equal(judge(blocked, 9, 1, true).verdict, "blocked");
});

test("SIN-6 T23 T26 any order of attempts: rising, within reach, never twenty steps off, told ones never again", () => {
  const attempt = fc.record({
    wait: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 * month })),
    off: fc.integer({ min: -24, max: 24 }),
    resynchronise: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 60 }), (attempts) => {
      let state: CodeState = { ...unusedToken, drift: 0 };
      let now = 0;
      const spent = new Set<number>();
      for (const { wait, off, resynchronise } of attempts) {
        now += wait;
        const before = state;
        const { from, to } = windowOf(before, base + now);
        const judged = judge(state, now + off, now, resynchronise);
        if (judged.verdict === "right") {
          const step = base + now + off;
          assert.ok(step > before.lastStep && !spent.has(step));
          assert.ok(Math.abs(off) <= 20);
          if (judged.resynchronised) assert.ok(resynchronise && spent.has(step - 1));
          else assert.ok(from <= step && step <= to);
          assert.equal(judged.next.drift, off);
        }
        if (judged.verdict === "right" || judged.verdict === "clock-off") spent.add(base + now + off);
        assert.ok(judged.next.spentSteps.length <= 41);
        state = judged.next;
      }
    }),
    { numRuns: 300 },
  );
});
