import assert from "node:assert/strict";
import { test } from "node:test";
import { judgePin, type PinState, parsePin } from "./pin.ts";

const now = new Date("2026-11-22T09:00:00Z");
const later = new Date("2026-12-01T09:00:00Z");
const fresh: PinState = { state: "sent", expiresAt: later, pinExpiresAt: later, pinMisses: 0, misses: 0 };
const wrong = { matches: false };
const right = { matches: true };

function afterMisses(count: number, from: PinState = fresh): PinState {
  return Array.from({ length: count }).reduce<PinState>((state) => judgePin(state, wrong, now).next, from);
}

test("ACT-2 T06 five wrong PINs spend that PIN: the right one is refused after them", () => {
  const lefts = [1, 2, 3, 4].map((count) => judgePin(afterMisses(count - 1), wrong, now));
  assert.deepEqual(
    lefts.map((step) => step.verdict === "wrong" && step.left),
    [4, 3, 2, 1],
  );
  assert.equal(judgePin(afterMisses(4), wrong, now).verdict, "spent");
  assert.equal(judgePin(afterMisses(5), right, now).verdict, "spent");
});

test("ACT-2 ten wrong PINs in all close the invitation, new PINs between them or not", () => {
  const newPin = { ...afterMisses(5), pinMisses: 0 };
  const tenth = judgePin(afterMisses(4, newPin), wrong, now);
  assert.equal(tenth.verdict, "locked");
  assert.equal(judgePin({ ...tenth.next, pinMisses: 0 }, right, now).verdict, "locked");
});

test("ACT-9 a right PIN stays good", () => {
  const step = judgePin(afterMisses(2), right, now);
  assert.equal(step.verdict, "verified");
  assert.equal(judgePin(step.next, right, now).verdict, "verified");
});

test("ACT-2 T01 nothing is accepted from the second it expires", () => {
  assert.equal(judgePin({ ...fresh, pinExpiresAt: now }, right, now).verdict, "pin-expired");
  assert.equal(judgePin({ ...fresh, expiresAt: now }, right, now).verdict, "over");
  assert.equal(judgePin({ ...fresh, state: "activated" }, right, now).verdict, "over");
  assert.equal(judgePin({ ...fresh, state: "revoked" }, right, now).verdict, "over");
  assert.equal(judgePin({ ...fresh, pinExpiresAt: null }, right, now).verdict, "spent");
});

test("ACT-2 a PIN may be written with spaces, dashes and full-width figures", () => {
  for (const text of ["123456", " 123 456 ", "１２３４５６", "123-456", "123–456"])
    assert.equal(parsePin(text), "123456");
  for (const text of ["", "12345", "1234567", "12345a", "<b>"]) assert.equal(parsePin(text), null);
});
