import assert from "node:assert/strict";
import { test } from "node:test";
import { normaliseCode, stepAt } from "./code.ts";

test("SIN-6 a code counts however it is written", () => {
  for (const written of [
    "123456",
    " 123 456 ",
    "123-456",
    "123–456",
    "１２３４５６",
    "123\u00a0456",
    "12\u200b3456\n",
    "١٢٣٤٥٦",
    "۱۲۳۴۵۶",
  ]) {
    assert.equal(normaliseCode(written), "123456", JSON.stringify(written));
  }
});

test("SIN-6 what is no code stays none", () => {
  assert.equal(normaliseCode("12a456"), "12a456");
  assert.equal(normaliseCode(""), "");
  assert.equal(normaliseCode("1".repeat(65)), "");
  assert.notEqual(normaliseCode("Ⅻ3456"), "123456");
});

test("SIN-6 steps are whole periods since 1970", () => {
  assert.equal(stepAt(new Date(59_999), 30), 1);
  assert.equal(stepAt(new Date(60_000), 30), 2);
  assert.equal(stepAt(new Date(60_000), 60), 1);
});
