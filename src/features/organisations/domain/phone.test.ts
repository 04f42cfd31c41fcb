import assert from "node:assert/strict";
import { test } from "node:test";
import { maskPhone, parseMobile, parseTelephone } from "./phone.ts";

const rules = { countries: ["FI", "SE"] };

test("ACT-1 a mobile number is stored in E.164, however it is written", () => {
  for (const text of [
    "0401234545",
    "+358 40 123 4545",
    "040-123 4545",
    "(040) 1234545",
    "+358 (0)40 1234545",
    "00358401234545",
    "０４０１２３４５４５",
  ])
    assert.deepEqual(parseMobile(text, rules), { phone: "+358401234545" }, text);
  assert.deepEqual(parseMobile("+46 70 123 45 67", rules), { phone: "+46701234567" });
});

test("T11 numbers outside the permitted countries, satellite and land lines are refused", () => {
  assert.deepEqual(parseMobile("+88213300000", rules), { refused: "country-not-allowed" });
  assert.deepEqual(parseMobile("+4915123456789", rules), { refused: "country-not-allowed" });
  assert.deepEqual(parseMobile("09 310 1691", rules), { refused: "not-mobile" });
  assert.deepEqual(parseMobile("0600 12345", rules), { refused: "not-mobile" });
  for (const text of ["", "12", "call me", "040123454512345678", "+358401234545;ext=1", "9".repeat(5000)])
    assert.deepEqual(parseMobile(text, rules), { refused: "not-a-number" }, text);
});

test("POL-4 a support number may be a land line", () => {
  assert.equal(parseTelephone("09 310 1691", rules), "+358 9 3101691");
  assert.equal(parseTelephone("ask Maija", rules), null);
});

test("a masked number shows its country and two figures", () => {
  assert.equal(maskPhone("+358401234545"), "+358 •• ••• ••45");
});
