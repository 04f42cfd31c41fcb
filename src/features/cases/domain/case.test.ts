import assert from "node:assert/strict";
import { test } from "node:test";
import { type Deciding, type Decision, decide, decisions } from "./case.ts";

const now = new Date("2026-11-22T12:00:00Z");
const document: Deciding = {
  kind: "document",
  state: "open",
  epoch: 3,
  expiresAt: new Date(now.getTime() + 1),
  account: { state: "active", epoch: 3 },
};

const answers = (given: Partial<Deciding>) =>
  decisions.map((decision: Decision) => {
    const result = decide({ ...document, ...given }, decision, now);
    return typeof result === "string" ? result : result.refused;
  });

test("REC-3 HLP-5 what an agent may decide of a case, in every state", () => {
  const table: readonly [string, Partial<Deciding>, readonly [string, string, string]][] = [
    ["a document", {}, ["approved", "refused", "closed"]],
    ["at its last moment", { expiresAt: now }, ["too-late", "refused", "closed"]],
    ["without an end", { expiresAt: null }, ["too-late", "refused", "closed"]],
    ["another epoch", { account: { state: "active", epoch: 4 } }, ["account-changed", "refused", "closed"]],
    ["a frozen account", { account: { state: "frozen", epoch: 3 } }, ["account-changed", "refused", "closed"]],
    ["a closed account", { account: { state: "closed", epoch: 3 } }, ["account-changed", "refused", "closed"]],
    ["approved", { state: "approved" }, ["already-decided", "already-decided", "closed"]],
    ["refused", { state: "refused" }, ["already-decided", "already-decided", "already-decided"]],
    ["closed", { state: "closed" }, ["already-decided", "already-decided", "already-decided"]],
    ["a guest", { kind: "guest", expiresAt: null }, ["nothing-to-approve", "refused", "closed"]],
    ["a guest in doubt", { kind: "guest", state: "unconfirmed" }, ["not-confirmed", "not-confirmed", "closed"]],
    ["never bound", { kind: "not-bound", expiresAt: null }, ["nothing-to-approve", "refused", "closed"]],
  ];
  for (const [name, given, expected] of table) assert.deepEqual(answers(given), expected, name);
});
