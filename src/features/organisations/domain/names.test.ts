import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseEmail } from "./email.ts";
import { nameKey } from "./name-key.ts";
import { parsePersonName } from "./person-name.ts";

test("SIN-3 a name is found however it is written: case, width, Unicode form, spaces", () => {
  const same: [string, string[]][] = [
    ["aino", ["Aino", "AINO", " aino\t", "ＡＩＮＯ", "ａｉｎｏ", "𝐀𝐢𝐧𝐨"]],
    ["rené", ["René", "Rene\u0301", "RENÉ"]],
    ["strasse", ["Straße", "STRASSE", "STRAẞE", "straße"]],
    ["σίσυφοσ", ["Σίσυφος", "ΣΊΣΥΦΟΣ"]],
    ["istanbul", ["İstanbul", "i̇stanbul", "ISTANBUL"]],
    ["kassa 1", ["Kassa  1", "kassa\u00a01", "KASSA\u30001"]],
    ["aino@koivula.example", ["Aino@Koivula.example", "aino＠koivula.example"]],
  ];
  for (const [key, names] of same) for (const name of names) assert.equal(nameKey(name), key, JSON.stringify(name));
});

test("SIN-3 the dotless i is another letter: mıke is not mike", () => {
  assert.notEqual(nameKey("mıke@github.example"), nameKey("mike@github.example"));
});

test("T12 a text with characters that can't be seen is no name", () => {
  for (const name of [
    "",
    " ",
    "a\u0000b",
    "ai\nno",
    "\u202Eonia",
    "ai\u00adno",
    "ai\u200bno",
    "ai\u2066no",
    "a\ud800",
    "x".repeat(255),
  ])
    assert.equal(nameKey(name), null, JSON.stringify(name));
});

test("a key is its own key", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      const key = nameKey(text);
      return key === null || key.length > 254 || nameKey(key) === key;
    }),
    { numRuns: 3000 },
  );
});

test("T12 names with a line break, a turned direction or 10 kB are refused; braces and brackets are text", () => {
  for (const name of [
    "",
    "  ",
    "Aino\r\nBcc: x@evil.example",
    "\u202EoniA",
    "A".repeat(101),
    "A".repeat(10_000),
    "A\u0000",
  ])
    assert.equal(parsePersonName(name), null);
  for (const name of ["{{7*7}}", "<img src=x onerror=alert(1)>", "=1+1", "O’Brien", "Åsa-Maija von Öhman"])
    assert.equal(parsePersonName(name), name);
  assert.equal(parsePersonName("  Aino \u00a0 Maria "), "Aino Maria");
  assert.equal(parsePersonName("Rene\u0301"), "Ren\u00e9");
});

test("ACT-1 an e-mail address is stored with its domain in lower case and in ASCII", () => {
  assert.equal(parseEmail(" Aino.Virta+x@Koivula.EXAMPLE "), "Aino.Virta+x@koivula.example");
  assert.equal(parseEmail("aino@päivä.example"), "aino@xn--piv-qlac.example");
});

test("T12 what could carry a second header or address is no e-mail address", () => {
  const refused = [
    "",
    "aino",
    "@koivula.example",
    "aino@",
    "aino@localhost",
    "a@b@c.example",
    "aino@koivula.example\r\nBcc: x@y.example",
    "aino@koivula.example,x@y.example",
    "aino@koivula.example x@y.example",
    '"a b"@koivula.example',
    "<aino@koivula.example>",
    ".aino@koivula.example",
    "ai..no@koivula.example",
    "aino@-x.example",
    "aino@koivula..example",
    "aino@[127.0.0.1]",
    "aino@127.0.0.1",
    "päivi@koivula.example",
    `${"a".repeat(65)}@koivula.example`,
    `a@${"x".repeat(60)}.${"y".repeat(250)}`,
    "aino@koivula.example.",
    "aino@koi_vula.example",
    "aino\u0000@koivula.example",
  ];
  for (const text of refused) assert.equal(parseEmail(text), null, JSON.stringify(text));
});
