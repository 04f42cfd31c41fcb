import assert from "node:assert/strict";
import { test } from "node:test";
import { explainMethods } from "./explain-methods.ts";

const methods = [
  { name: "app", strength: 2 },
  { name: "bank", strength: 2 },
  { name: "card", strength: 3 },
  { name: "key", strength: 2 },
] as const;

const explain = (given: Partial<Parameters<typeof explainMethods>[0]> = {}) =>
  explainMethods({
    methods,
    state: "active",
    permitted: ["bank", "card", "app"],
    linked: ["app", "key"],
    requiredStrength: 2,
    isOffered: (name) => name !== "bank",
    ...given,
  });
const verdicts = (given?: Parameters<typeof explain>[0]) =>
  explain(given).map(({ method, verdict }) => `${method} ${verdict}`);

test("POL-1 each method is explained, in the policy's order", () => {
  assert.deepEqual(verdicts(), ["bank switched-off", "card not-linked", "app usable", "key not-permitted"]);
  assert.deepEqual(
    explain().find(({ recommended }) => recommended),
    { method: "bank", strength: 2, linked: false, permitted: true, recommended: true, verdict: "switched-off" },
  );
});

test("POL-1 what is too weak says so, linked or not", () => {
  assert.deepEqual(verdicts({ requiredStrength: 3 }), [
    "bank switched-off",
    "card not-linked",
    "app too-weak",
    "key not-permitted",
  ]);
});

test("POL-1 a closed or frozen account has nothing", () => {
  for (const state of ["closed", "frozen"] as const)
    assert.ok(explain({ state }).every(({ verdict }) => verdict === "account-shut"));
});
