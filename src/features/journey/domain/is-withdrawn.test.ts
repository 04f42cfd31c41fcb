import assert from "node:assert/strict";
import { test } from "node:test";
import { active, bank, base, now, shown, totp } from "../../../../test/grounds/journey-facts.ts";
import { isWithdrawn } from "./is-withdrawn.ts";
import type { Facts } from "./next-step.ts";

const both = { methods: [totp, bank], permitted: ["totp", "bank"] };
const noBank = { methods: [totp, bank], permitted: ["totp"] };
const off = { methods: [totp], permitted: ["totp", "bank"] };
const changing = { purpose: "change-password", account: active("totp", "bank", "password") } as const;

const cases: readonly [string, Partial<Facts>, boolean][] = [
  ["it is still offered", both, false],
  ["another method was chosen meanwhile", { ...both, chosen: "totp" }, false],
  ["the policy forbids it", noBank, true],
  ["the policy forbids it, whatever is chosen now", { ...noBank, chosen: "totp" }, true],
  ["it is switched off", off, true],
  ["it is switched off, and nothing is known of whose it is", { ...off, permitted: null }, true],
  ["it is too weak now", { ...both, requiredStrength: 3 }, true],
  ["the time is up", { ...noBank, expiresAt: now }, false],
  ["the journey was overtaken", { ...noBank, overtaken: true }, false],
  ["the account was closed", { ...noBank, account: { state: "closed", linked: ["bank"] } }, false],
  ["the account has no bank", { ...noBank, account: active("totp", "password") }, false],
  ["it was shown already", { ...noBank, proofs: shown("bank") }, false],
  ["another way was shown meanwhile", { ...noBank, ...changing, proofs: shown("password", "totp") }, false],
  ["it is one's own, and only forbidden", { ...noBank, ...changing }, true],
];
for (const [what, facts, expected] of cases)
  test(`POL-3 ${expected ? "withdrawn" : "not withdrawn"}: ${what}`, () => {
    assert.equal(isWithdrawn({ ...base, ...facts }, bank, "bank"), expected);
  });

test("POL-3 withdrawn: what was begun to be linked", () => {
  const linking = { ...base, ...noBank, purpose: "link-method", toLink: "bank", account: active("totp") } as const;
  const facts = { ...linking, proofs: shown("password", "totp") };
  assert.equal(isWithdrawn(facts, bank, "bank-link"), true);
  assert.equal(isWithdrawn({ ...facts, permitted: ["totp", "bank"] }, bank, "bank-link"), false);
});
