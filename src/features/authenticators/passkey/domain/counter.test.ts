import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCountedOn } from "./counter.ts";

for (const [last, now, fine] of [
  [0, 0, true],
  [0, 1, true],
  [7, 8, true],
  [7, 4_294_967_295, true],
  [7, 7, false],
  [7, 6, false],
  [7, 0, false],
] as const)
  test(`T34 after ${last} a passkey that says ${now} is ${fine ? "the same" : "a copy"}`, () => {
    assert.equal(hasCountedOn(last, now), fine);
  });
