import assert from "node:assert/strict";
import { test } from "node:test";
import { minutes, plus } from "../../../../kernel/time.ts";
import { usualParameters } from "./code.ts";
import { type CodeState, unusedToken } from "./judge-code.ts";
import { judgeCodes, type Token } from "./judge-codes.ts";

const now = new Date("2026-11-22T09:00:00Z");
const step = Math.floor(now.getTime() / 30_000);

/** A token whose code of step s is the last six digits of s, with `offset` added. */
const token = (id: string, offset: number, state: Partial<CodeState> = {}): Token => ({
  id,
  parameters: usualParameters,
  state: { ...unusedToken, ...state },
  makeMatcher: (code) => (at) => code === codeOf(at, offset),
});
const codeOf = (at: number, offset: number) => String((at + offset) % 1_000_000).padStart(6, "0");

const [a, b] = [token("a", 0), token("b", 500_000)];

test("SIN-6 a right code counts for its own token alone", () => {
  const { verdict, tokenId, changes } = judgeCodes([a, b], codeOf(step, 500_000), now);
  assert.deepEqual([verdict.verdict, tokenId], ["right", "b"]);
  assert.deepEqual(
    changes.map(({ id, next }) => [id, next.lastStep]),
    [["b", step]],
  );
});

test("SIN-6 a wrong code counts against every token, a replayed or malformed one against none", () => {
  const wrong = judgeCodes([a, b], "123456", now);
  assert.equal(wrong.verdict.verdict, "wrong");
  assert.deepEqual(
    wrong.changes.map(({ id, next }) => [id, next.failures]),
    [
      ["a", 1],
      ["b", 1],
    ],
  );
  const spent = token("a", 0, { lastStep: step });
  assert.deepEqual(judgeCodes([b, spent], codeOf(step, 0), now), {
    verdict: { verdict: "used", next: spent.state },
    tokenId: null,
    changes: [],
  });
  assert.deepEqual(judgeCodes([a, b], "1234", now).changes, []);
});

test("SIN-6 a clock that is off is told of, and being told spends the code in both counts", () => {
  const { verdict, changes } = judgeCodes([b, a], codeOf(step - 6, 0), now);
  assert.ok(verdict.verdict === "clock-off" && verdict.minutes === -3);
  assert.deepEqual(changes.find(({ id }) => id === "a")?.next.spentSteps, [step - 6]);
});

test("SIN-6 T27 one blocked token leaves the other alone; its own right code is as wrong as any", () => {
  const blocked = token("a", 0, { failures: 10, blockedUntil: plus(now, minutes(15)) });
  assert.equal(judgeCodes([blocked, b], codeOf(step, 500_000), now).tokenId, "b");
  assert.equal(judgeCodes([blocked, b], codeOf(step, 0), now).verdict.verdict, "wrong");
  const both = judgeCodes([blocked, token("b", 1, { blockedUntil: plus(now, minutes(5)) })], codeOf(step, 0), now);
  assert.deepEqual(both, {
    verdict: { verdict: "blocked", until: plus(now, minutes(5)) },
    tokenId: null,
    changes: [],
  });
});

test("SIN-6 without a token every code is wrong", () => {
  assert.deepEqual(judgeCodes([], "123456", now), { verdict: { verdict: "wrong" }, tokenId: null, changes: [] });
});
