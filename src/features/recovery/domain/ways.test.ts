import assert from "node:assert/strict";
import { test } from "node:test";
import { type Offering, waysOf } from "./ways.ts";

const table: [rule: string, offering: Offering, ways: string][] = [
  [
    "REC-1 people choose their passwords",
    { passwordWay: "chosen", usesPasswords: true, canProve: true },
    "password reset support",
  ],
  [
    "REC-2 people are sent temporary ones",
    { passwordWay: "temporary", usesPasswords: true, canProve: true },
    "order reset support",
  ],
  [
    "REC-1 nothing begins with a password",
    { passwordWay: "chosen", usesPasswords: false, canProve: true },
    "reset support",
  ],
  [
    "REC-3 no service proves who they are",
    { passwordWay: "chosen", usesPasswords: true, canProve: false },
    "password support",
  ],
  [
    "REC-6 the organisation is not known: every way",
    { passwordWay: null, usesPasswords: true, canProve: true },
    "password order reset support",
  ],
  ["REC-4 support always", { passwordWay: null, usesPasswords: false, canProve: false }, "support"],
];

for (const [rule, offering, ways] of table)
  test(`${rule}: ${ways}`, () => assert.equal(waysOf(offering).join(" "), ways));
