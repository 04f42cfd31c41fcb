import assert from "node:assert/strict";
import { test } from "node:test";
import { active, base, say, shown } from "../../../../test/grounds/journey-facts.ts";
import { type Facts, nextStep } from "./next-step.ts";

const table: [rule: string, facts: Partial<Facts>, expected: string][] = [
  [
    "SIN-5 a temporary password is good for changing it",
    { account: active("card"), proofs: shown("temporary-password"), permitted: ["card", "totp"] },
    "ask new-password",
  ],
  [
    "SIN-5 and for nothing else, whatever else was shown",
    { account: active("card"), proofs: shown("temporary-password", "card"), permitted: ["card", "totp"] },
    "ask new-password",
  ],
  [
    "SIN-5 then a permitted method has to be linked",
    {
      account: active("password"),
      hasMethod: false,
      proofs: shown("temporary-password", "new-password", "password"),
      permitted: ["card", "totp"],
    },
    "choose to link: card, totp",
  ],
  [
    "SIN-5 also where what is linked is weaker than the policy wants",
    {
      account: active("password", "totp"),
      hasMethod: false,
      requiredStrength: 3,
      proofs: shown("temporary-password", "new-password", "password"),
      permitted: ["card", "totp"],
      chosen: "card",
    },
    "ask card",
  ],
  [
    "SIN-5 but not because an application asks for a stronger one",
    {
      account: active("password", "totp"),
      requiredStrength: 3,
      proofs: shown("temporary-password", "new-password", "password"),
      permitted: ["card", "totp"],
    },
    "refuse: stronger-needed",
  ],
  [
    "SIN-5 a method that can't be used at this moment is no reason to link another",
    {
      account: active("password", "bank"),
      permitted: ["bank", "totp"],
      proofs: shown("temporary-password", "new-password", "password"),
    },
    "refuse: no-method",
  ],
  [
    "SIN-5 where people are sent temporary passwords, one may begin with a password",
    { beginsByPassword: true, permitted: ["card", "totp"] },
    "choose to sign-in: card, totp, password",
  ],
  [
    "SIN-5 also where the only method needs none",
    { beginsByPassword: true, permitted: ["card"] },
    "choose to sign-in: card, password",
  ],
  ["SIN-5 the method that begins so anyway is enough", { beginsByPassword: true }, "ask password"],
  [
    "SIN-5 the password, once chosen",
    { beginsByPassword: true, permitted: ["card"], chosen: "password" },
    "ask password",
  ],
  ["SIN-5 and the method, once chosen", { beginsByPassword: true, permitted: ["card"], chosen: "card" }, "ask card"],
  ["SIN-5 elsewhere a password is no choice", { permitted: ["card"], chosen: "password" }, "ask card"],
  [
    "SIN-5 a password alone is no way in",
    {
      beginsByPassword: true,
      permitted: ["card"],
      chosen: "password",
      account: active("password", "card"),
      proofs: shown("password"),
    },
    "ask card",
  ],
  [
    "SIN-5 half-way, with a password of one's own: on to linking",
    {
      beginsByPassword: true,
      permitted: ["card"],
      hasMethod: false,
      chosen: "password",
      account: { state: "activating", linked: ["password"] },
      proofs: shown("password"),
    },
    "ask card",
  ],
  [
    "SIN-5 a step-up is not begun by a password",
    { beginsByPassword: true, permitted: ["card"], account: active("password", "card") },
    "ask card",
  ],
  [
    "SIN-5 or the linked one shown",
    { account: active("password", "totp"), proofs: shown("temporary-password", "new-password", "password") },
    "ask totp",
  ],
];

for (const [rule, facts, expected] of table)
  test(`${rule} → ${expected}`, () => assert.equal(say(nextStep({ ...base, ...facts })), expected));
