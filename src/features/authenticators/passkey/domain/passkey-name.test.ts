import assert from "node:assert/strict";
import { test } from "node:test";
import { passkeyName } from "./passkey-name.ts";

for (const [given, kept] of [
  ["Chrome, Windows", "Chrome, Windows"],
  ["  työ  puhelin \n", "työ puhelin"],
  ["<b>avain</b>", "<b>avain</b>"],
  ["a\u202egnp.exe\u0000", "a gnp.exe"],
  ["x".repeat(100), "x".repeat(60)],
  [`${"x".repeat(59)} yy`, "x".repeat(59)],
  ["🔑".repeat(61), "🔑".repeat(60)],
  ["", null],
  [" \u200b\t", null],
] as const)
  test(`USR-4 ${JSON.stringify(given.slice(0, 20))} as the name of a passkey`, () => {
    assert.equal(passkeyName(given), kept);
  });
