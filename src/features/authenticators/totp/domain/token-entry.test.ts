import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSerial } from "./serial.ts";
import { checkEntries, type Entry } from "./token-entry.ts";

const secret = new Uint8Array(20).fill(7);
const entry = (more: Partial<Entry> = {}): Entry => ({ line: 2, serial: "0012345", secret, ...more });
const check = (...entries: Entry[]) =>
  checkEntries(entries).map((one) =>
    "flaws" in one ? one.flaws.map(({ field, reason }) => `${field} ${reason}`) : one.parameters,
  );

test("USR-2 a serial number is text: zeros in front stay, spaces, dashes and case don't", () => {
  assert.equal(parseSerial(" 0012345 "), "0012345");
  assert.equal(parseSerial("306euo4–00960"), "306EUO400960");
  assert.equal(parseSerial("１２３"), "123");
  for (const wrong of ["", "8.65963E+12", "=1+1", "@SUM", "12;34", "x".repeat(65), "<b>"])
    assert.equal(parseSerial(wrong), null, wrong);
});

test("USR-2 SIN-6 what a token says of its codes: SHA-1, 256, 512, six or eight digits, 30 or 60 seconds", () => {
  assert.deepEqual(check(entry()), [{ algorithm: "SHA1", digits: 6, period: 30 }]);
  const whole = { algorithm: "HMAC-SHA256", digits: "8", period: "60" };
  assert.deepEqual(check(entry(whole)), [{ algorithm: "SHA256", digits: 8, period: 60 }]);
  assert.deepEqual(check(entry({ algorithm: "sha-512" })), [{ algorithm: "SHA512", digits: 6, period: 30 }]);
  const wrong = { algorithm: "MD5", digits: "10", period: "0", serial: "", secret: secret.slice(0, 15) };
  assert.deepEqual(check(entry(wrong)), [
    ["serial missing", "secret too-short", "algorithm unknown", "digits unknown", "period unknown"],
  ]);
  assert.deepEqual(check(entry({ secret: new Uint8Array(129) })), [["secret too-long"]]);
});

test("USR-2 T31 a serial number that stands in the file twice is told with the line of the first", () => {
  const checked = checkEntries([entry(), entry({ line: 9, serial: "001-2345" })]);
  assert.deepEqual(checked[1], {
    line: 9,
    flaws: [{ field: "serial", reason: "duplicate", says: "Line 2 has the same serial number." }],
  });
});
