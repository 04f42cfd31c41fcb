import assert from "node:assert/strict";
import { test } from "node:test";
import { URI } from "otpauth";
import { groupsOfFour, keyUri } from "./key-uri.ts";

const key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

test("USR-2 another program reads the issuer, the account and the parameters as they were meant", () => {
  const uri = keyUri({ key, issuer: "Itä-Suomen kunta & co", account: "aino.äyräs@kunta.test (työ)" });
  const token = URI.parse(uri);
  assert.equal(token.issuer, "Itä-Suomen kunta & co");
  assert.equal(token.label, "aino.äyräs@kunta.test (työ)");
  assert.equal(token.secret.base32, key);
  assert.match(uri, /algorithm=SHA1&digits=6&period=30$/u);
});

test("USR-2 a name with a colon, a line break or ten thousand letters stays one name", () => {
  const uri = keyUri({ key, issuer: "A:B\nC", account: `x:${"ä".repeat(10_000)}` });
  const token = URI.parse(uri);
  assert.equal(token.issuer, "A B C");
  assert.equal(token.label.length, 100);
});

test("USR-2 a token's own parameters are told", () => {
  const parameters = { algorithm: "SHA256", digits: 8, period: 60 } as const;
  assert.match(
    keyUri({ key: `${key}====`, issuer: "", account: "a", parameters }),
    /^otpauth:\/\/totp\/a\?secret=\w+&algorithm=SHA256&digits=8&period=60$/u,
  );
});

test("USR-2 the key to copy stands in groups of four", () => {
  assert.equal(groupsOfFour("ABCDEFGHIJ=="), "ABCD EFGH IJ");
  assert.equal(groupsOfFour(""), "");
});
