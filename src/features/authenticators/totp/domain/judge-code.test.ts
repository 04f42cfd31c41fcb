import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hours, minutes, seconds } from "../../../../kernel/time.ts";
import { stepAt, usualParameters } from "./code.ts";
import { blockAfter, type CodeState, type JudgedCode, judgeCode, unusedToken } from "./judge-code.ts";

/** A token whose code says its step: 100 steps from now is "000100". `now` is in the middle of a step. */
const base = 59_840_000;
const at = (step: number) => new Date((base + step) * 30_000 + 15_000);
const codeOf = (step: number) => String(step + 500_000).padStart(6, "0");
const matcher = (code: string) => (step: number) => code === codeOf(step - base);
const judge = (state: CodeState, input: string, now = at(0)): JudgedCode =>
  judgeCode(state, usualParameters, matcher, input, now);
const after = (inputs: string[], state = unusedToken, now = at(0)): JudgedCode =>
  inputs.slice(1).reduce((judged, input) => judge(judged.next, input, now), judge(state, inputs[0] ?? "", now));
const wrong = "000000";
const wrongs = (count: number) => Array.from({ length: count }, () => wrong);

test("SIN-6 one step of drift either way is right", () => {
  for (const drift of [-1, 0, 1]) {
    const judged = judge(unusedToken, codeOf(drift));
    assert.equal(judged.verdict, "right");
    assert.deepEqual(judged.next, {
      lastStep: base + drift,
      spentSteps: [base + drift],
      failures: 0,
      blockedUntil: null,
      drift: null,
    });
  }
});

test("SIN-6 a code works once, however it is written the second time", () => {
  const { next } = judge(unusedToken, codeOf(0));
  for (const again of [codeOf(0), "５０００００", "500 000"]) {
    assert.deepEqual(judge(next, again), { verdict: "used", next });
  }
});

test("SIN-6 nothing at or below the last step is accepted, and a newer code is", () => {
  const { next } = judge(unusedToken, codeOf(0));
  assert.equal(judge(next, codeOf(-1)).verdict, "used");
  assert.equal(judge(next, codeOf(1)).verdict, "right");
});

test("SIN-6 a right code from a wrong clock is told with minutes and direction, and not accepted", () => {
  const minutesOf = (step: number) => {
    const judged = judge(unusedToken, codeOf(step));
    assert.equal(judged.next.lastStep, unusedToken.lastStep);
    return judged.verdict === "clock-off" ? judged.minutes : judged.verdict;
  };
  assert.deepEqual([-10, -6, -3, -2, 2, 3, 5, 10].map(minutesOf), [-5, -3, -2, -1, 1, 2, 3, 5]);
  assert.equal(minutesOf(11), "wrong");
  assert.equal(minutesOf(-11), "wrong");
});

test("SIN-6 an old code that was never shown is told by the clock, also just after a right one", () => {
  const { next } = judge(unusedToken, codeOf(0));
  const judged = judge(next, codeOf(-6));
  assert.equal(judged.verdict === "clock-off" && judged.minutes, -3);
  assert.equal(judge(judged.next, codeOf(-6)).verdict, "used");
});

test("SIN-6 being told spends the code: when its time comes, it is used", () => {
  const { next } = judge(unusedToken, codeOf(5));
  assert.equal(judge(next, codeOf(5)).verdict, "used");
  for (const now of [4, 5, 6]) assert.equal(judge(next, codeOf(5), at(now)).verdict, "used");
  assert.equal(judge(next, codeOf(6), at(5)).verdict, "right");
});

test("SIN-6 malformed input and a replay spend no attempt; a wrong code and a wrong clock do", () => {
  for (const input of ["", "12345", "1234567", "12a456", "      ", "9".repeat(1000)]) {
    assert.deepEqual(judge(unusedToken, input), { verdict: "malformed", next: unusedToken });
  }
  assert.equal(after([codeOf(0), codeOf(0)]).next.failures, 0);
  assert.equal(after([wrong, codeOf(5)]).next.failures, 2);
});

test("SIN-6 ten wrong in a row block for 15 minutes, doubling to a day at most", () => {
  assert.equal(after(wrongs(9)).verdict, "wrong");
  let judged = after(wrongs(10));
  let now = at(0);
  for (const length of [15, 30, 60, 120, 240, 480, 960, 1440, 1440]) {
    assert.equal(judged.verdict, "blocked");
    assert.deepEqual(judged.next.blockedUntil, new Date(now.getTime() + minutes(length)));
    now = new Date(now.getTime() + minutes(length));
    judged = after(wrongs(10), judged.next, now);
  }
  assert.equal(blockAfter(10_000), hours(24));
});

test("SIN-6 T27 while blocked, a right and a wrong code get the same answer and change nothing", () => {
  const { next } = after(wrongs(10));
  const right = judge(next, codeOf(0));
  assert.deepEqual(right, judge(next, wrong));
  assert.deepEqual(right, judge(next, "malformed"));
  assert.equal(right.next, next);
});

test("SIN-6 T27 the tenth failure says nothing of a right code from a wrong clock", () => {
  const ninth = after(wrongs(9)).next;
  assert.deepEqual(judge(ninth, codeOf(5)), judge(ninth, wrong));
});

test("SIN-6 a right code after the block, or before the tenth, begins the count anew", () => {
  const { next } = after(wrongs(10));
  const end = next.blockedUntil ?? at(0);
  const { verdict, next: healed } = judge(next, codeOf(30), at(30));
  assert.equal(end.getTime(), at(30).getTime());
  assert.equal(verdict, "right");
  assert.deepEqual([healed.failures, healed.blockedUntil], [0, null]);
  assert.equal(after([...wrongs(9), codeOf(0), ...wrongs(9).slice(1)]).next.failures, 8);
});

test("SIN-6 one code that is right in two steps works once", () => {
  const both = () => (step: number) => step === base || step === base + 1;
  const first = judgeCode(unusedToken, usualParameters, both, "123456", at(0));
  assert.equal(first.verdict, "right");
  assert.equal(judgeCode(first.next, usualParameters, both, "123456", at(1)).verdict, "used");
});

test("SIN-6 any order of attempts: a step is accepted once, rising, within one step of now, and told ones never", () => {
  const attempt = fc.record({
    wait: fc.integer({ min: 0, max: 4 }),
    drift: fc.integer({ min: -13, max: 13 }),
    isWrong: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 60 }), (attempts) => {
      let state = unusedToken;
      let step = 0;
      const told = new Set<number>();
      const accepted: number[] = [];
      for (const { wait, drift, isWrong } of attempts) {
        step += wait;
        const now = at(step);
        const judged = judge(state, isWrong ? wrong : codeOf(step + drift), now);
        if (judged.verdict === "right") {
          assert.ok(!isWrong && Math.abs(drift) <= 1);
          assert.ok(!told.has(judged.step));
          assert.ok(judged.step > (accepted.at(-1) ?? -1));
          accepted.push(judged.step);
        }
        if (judged.verdict === "clock-off") {
          assert.ok(Math.abs(drift) > 1 && Math.abs(drift) <= 10 && Math.sign(judged.minutes) === Math.sign(drift));
          told.add(stepAt(now, 30) + drift);
        }
        if (judged.verdict === "blocked") assert.ok(judged.until > now);
        assert.ok(judged.next.spentSteps.length <= 21);
        state = judged.next;
      }
    }),
    { numRuns: 300 },
  );
});

test("SIN-6 any ten of wrong codes leave a guesser blocked, whatever the pauses", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3600 }), { minLength: 10, maxLength: 10 }), (pauses) => {
      let now = at(0);
      let state = unusedToken;
      for (const pause of pauses) {
        now = new Date(now.getTime() + seconds(pause));
        state = judge(state, wrong, now).next;
      }
      assert.equal(judge(state, codeOf(stepAt(now, 30) - base), now).verdict, "blocked");
    }),
    { numRuns: 50 },
  );
});
