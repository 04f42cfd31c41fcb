import assert from "node:assert/strict";
import { test } from "node:test";
import { minutes, plus, seconds } from "../../../../kernel/time.ts";
import { isOver, lineState, stageOf, type Told } from "./progress.ts";

const now = new Date("2026-11-22T12:00:00Z");
const told = (given: Partial<Told> = {}): Told => ({
  state: "waiting",
  attempts: 0,
  nextAttemptAt: now,
  isPaused: false,
  removed: null,
  left: [],
  ...given,
});

const lines: readonly (readonly [string, Partial<Told>, ReturnType<typeof lineState>])[] = [
  ["nobody has begun", {}, "waiting"],
  ["the first attempt is under way and has removed something", { removed: 1 }, "under-way"],
  ["it is being tried again", { attempts: 1, nextAttemptAt: plus(now, -seconds(1)) }, "under-way"],
  ["it asked us to wait", { attempts: 1, nextAttemptAt: plus(now, seconds(30)) }, "again"],
  ["an operator has closed it for a while", { attempts: 1, isPaused: true }, "paused"],
  ["it is done", { state: "done" }, "done"],
  ["it is done, and something is left", { state: "done", left: ["FIDO2 security key"] }, "partly"],
  ["it failed for good", { state: "failed", left: ["FIDO2 security key"] }, "failed"],
  ["the account was frozen", { state: "withheld" }, "withheld"],
];
for (const [what, given, state] of lines)
  test(`REC-3 a directory's line: ${what}: ${state}`, () => assert.equal(lineState(told(given), now), state));

const stages: readonly (readonly [string, readonly Partial<Told>[], number, ReturnType<typeof stageOf>])[] = [
  ["no directory", [], 0, "done"],
  ["one waits", [{ state: "done" }, {}], 9, "under-way"],
  ["one waits when the promised time is over", [{ state: "done" }, {}], 11, "late"],
  ["one failed and another waits", [{ state: "failed" }, {}], 1, "under-way"],
  ["all are done", [{ state: "done" }, { state: "done" }], 11, "done"],
  ["one failed", [{ state: "done" }, { state: "failed" }], 1, "left-over"],
  ["one was kept back", [{ state: "withheld" }], 1, "left-over"],
  ["one could not remove everything", [{ state: "done", left: ["Phone"] }], 1, "left-over"],
];
for (const [what, list, after, stage] of stages)
  test(`REC-3 the whole: ${what}: ${stage}`, () => {
    const found = stageOf(list.map(told), plus(now, -minutes(after)), now);
    assert.equal(found, stage);
    assert.equal(isOver(found), !list.some(({ state = "waiting" }) => state === "waiting"));
  });
