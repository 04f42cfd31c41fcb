import assert from "node:assert/strict";
import { test } from "node:test";
import { allowsPasskeys, relyingPartyAt } from "./relying-party.ts";

test("SIN-7 passkeys belong to the host of the public address, and are used at that very origin", () => {
  assert.deepEqual(relyingPartyAt("https://login.koivula.example:8443"), {
    id: "login.koivula.example",
    origin: "https://login.koivula.example:8443",
  });
});

for (const [address, allowed] of [
  ["https://login.koivula.example", true],
  ["http://localhost:4000", true],
  ["http://vahva.localhost", true],
  ["http://127.0.0.1:4000", false],
  ["https://192.0.2.1", false],
  ["https://[2001:db8::1]", false],
  ["http://login.koivula.example", false],
] as const)
  test(`SIN-7 browsers have passkeys at ${address}: ${allowed}`, () => {
    assert.equal(allowsPasskeys(relyingPartyAt(address)), allowed);
  });
