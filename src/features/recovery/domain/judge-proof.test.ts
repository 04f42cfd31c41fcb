import assert from "node:assert/strict";
import { test } from "node:test";
import { type Judged, judgeProof } from "./judge-proof.ts";

const right: Judged = {
  state: "active",
  isOpen: true,
  bound: { isSame: true, level: "substantial" },
  level: "substantial",
  least: "substantial",
  isAccepted: true,
};

const table: [rule: string, judged: Partial<Judged>, verdict: string][] = [
  ["REC-3 the account's person, as surely as at enrolment", {}, "proved"],
  ["REC-3 more surely than at enrolment", { level: "high" }, "proved"],
  ["REC-3 less surely than at enrolment", { bound: { isSame: true, level: "high" } }, "too-weak"],
  ["REC-3 less surely than the organisation asks", { least: "high" }, "too-weak"],
  ["REC-4 T77 another person", { bound: { isSame: false, level: "substantial" } }, "another-person"],
  ["REC-3 T78 an account that never was bound to anybody", { bound: null }, "never-bound"],
  ["REC-4 a frozen account", { state: "frozen" }, "not-active"],
  ["REC-4 a closed account", { state: "closed" }, "not-active"],
  ["REC-4 an account that is not active yet", { state: "activating" }, "not-active"],
  ["REC-4 an organisation that has closed", { isOpen: false }, "not-active"],
  ["POL-1 a service that is not for people of the category", { isAccepted: false }, "other-service"],
  [
    "REC-4 another person is told nothing of the account's state",
    { bound: { isSame: false, level: "high" }, state: "frozen", isAccepted: false },
    "another-person",
  ],
];

for (const [rule, judged, verdict] of table)
  test(`${rule} → ${verdict}`, () => assert.equal(judgeProof({ ...right, ...judged }), verdict));
