import assert from "node:assert/strict";
import { test } from "node:test";
import { foldTemporaryPassword, temporaryPasswordBytes, writeTemporaryPassword } from "./temporary-password.ts";

test("SIN-5 a temporary password is four groups of four signs that look like no other", () => {
  assert.equal(writeTemporaryPassword(Buffer.from("0123456789abcdef", "hex")), "3479-cdfh-jkmp-rtwx");
  assert.equal(temporaryPasswordBytes * 8, 64);
  const all = Array.from({ length: 256 }, (_, byte) => writeTemporaryPassword(Uint8Array.of(byte)));
  assert.equal(new Set(all).size, 256, "no bit is lost");
  assert.doesNotMatch(all.join(""), /[aeiouy015lq2z6b8gsnvA-Z]/);
});

test("SIN-5 it may be typed with capitals, spaces, other hyphens or none, and in full width", () => {
  for (const typed of [
    "3479cdfhjkmprtwx",
    "3479 CDFH jkmp rtwx",
    " 3479–cdfh—jkmp\u00a0rtwx\n",
    "３４７９－ｃｄｆｈ－ｊｋｍｐ－ｒｔｗｘ",
    "3479\u00adcdfh\u200bjkmp-rtwx",
  ])
    assert.equal(foldTemporaryPassword(typed), "3479cdfhjkmprtwx", typed);
  assert.notEqual(foldTemporaryPassword("3479-cdfh-jkmp-rtw"), "3479cdfhjkmprtwx");
});
