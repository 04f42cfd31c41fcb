import assert from "node:assert/strict";
import { test } from "node:test";
import { active, bank, base, now, say, shown, totp } from "../../../../test/grounds/journey-facts.ts";
import { minutes, plus } from "../../../kernel/time.ts";
import { type Facts, nextStep } from "./next-step.ts";

const table: [rule: string, facts: Partial<Facts>, expected: string][] = [
  ["SIN-3 password first", {}, "ask password"],
  ["SIN-3 then the code", { account: active("password", "totp"), proofs: shown("password") }, "ask totp"],
  ["SIN-3 both shown", { account: active("password", "totp"), proofs: shown("password", "totp") }, "finish"],
  ["a code alone is no sign-in", { account: active("password", "totp"), proofs: shown("totp") }, "ask password"],
  ["SIN-1 several methods: a choice", { permitted: ["card", "totp"] }, "choose to sign-in: card, totp"],
  ["SIN-1 without an organisation all of them", { permitted: null }, "choose to sign-in: totp, card"],
  ["SIN-1 the chosen one", { permitted: null, chosen: "totp" }, "ask password"],
  ["a choice that is not permitted counts for nothing", { chosen: "card" }, "ask password"],
  [
    "SIN-1 only methods that the account has",
    { permitted: ["card", "totp"], account: active("password", "totp"), proofs: shown("password"), chosen: "card" },
    "ask totp",
  ],
  ["SIN-9 a method weaker than asked is not offered", { permitted: ["card", "totp"], requiredStrength: 3 }, "ask card"],
  [
    "SIN-9 nothing strong enough is linked",
    { requiredStrength: 3, account: active("password", "totp"), proofs: shown("password", "totp") },
    "refuse: stronger-needed",
  ],
  [
    "SIN-9 proofs older than asked don't count",
    {
      account: active("password", "totp"),
      proofs: [
        { kind: "password", shownAt: plus(now, -minutes(9)) },
        { kind: "totp", shownAt: now },
      ],
      notBefore: plus(now, -minutes(1)),
    },
    "ask password",
  ],
  [
    "POL-3 a method that was forbidden meanwhile",
    { permitted: [], account: active("password", "totp"), proofs: shown("password", "totp") },
    "refuse: no-method",
  ],
  [
    "an active account without a method never gets in by its password",
    { account: active("password"), proofs: shown("password") },
    "refuse: no-method",
  ],
  [
    "ACT-6 half-way: the password goes on to linking",
    { account: { state: "activating", linked: ["password"] }, proofs: shown("password") },
    "ask totp-link",
  ],
  [
    "ACT-6 half-way and linked",
    {
      account: { state: "activating", linked: ["password", "totp"] },
      proofs: shown("password", "totp", "totp-link"),
      chosen: "totp",
    },
    "finish",
  ],
  [
    "SIN-10 a closed account",
    { account: { state: "closed", linked: ["totp"] }, proofs: shown("password", "totp") },
    "refuse: account-closed",
  ],
  ["SIN-8 kept too long", { now: plus(now, minutes(60)) }, "refuse: expired"],
  ["A11 credentials changed meanwhile", { overtaken: true, proofs: shown("password", "totp") }, "refuse: overtaken"],

  [
    "ACT-3 an activation without a PIN",
    { purpose: "activation", account: { state: "invited", linked: [] } },
    "refuse: not-started",
  ],
  [
    "ACT-4 the methods permitted, the recommended first",
    {
      purpose: "activation",
      permitted: ["card", "totp"],
      account: { state: "invited", linked: [] },
      proofs: shown("invitation-pin"),
    },
    "choose to link: card, totp",
  ],
  [
    "ACT-6 by app: a password",
    { purpose: "activation", account: { state: "invited", linked: [] }, proofs: shown("invitation-pin") },
    "ask new-password",
  ],
  [
    "ACT-6 then the app",
    {
      purpose: "activation",
      account: { state: "activating", linked: ["password"] },
      proofs: shown("invitation-pin", "new-password", "password"),
    },
    "ask totp-link",
  ],
  [
    "ACT-9 on another device: on from the step where it was left",
    { purpose: "activation", account: { state: "activating", linked: ["password"] }, proofs: shown("invitation-pin") },
    "ask totp-link",
  ],
  [
    "ACT-6 linked",
    {
      purpose: "activation",
      account: { state: "activating", linked: ["password", "totp"] },
      proofs: shown("invitation-pin", "totp-link", "totp"),
    },
    "finish",
  ],
  [
    "ACT-8 once: finished elsewhere",
    { purpose: "activation", account: active("password", "totp"), proofs: shown("invitation-pin") },
    "refuse: already-active",
  ],
  [
    "ACT-4 nothing permitted",
    {
      purpose: "activation",
      permitted: [],
      account: { state: "invited", linked: [] },
      proofs: shown("invitation-pin"),
    },
    "refuse: no-method",
  ],

  [
    "USR-9 a change of password needs proofs first",
    { purpose: "change-password", account: active("password", "totp") },
    "ask password",
  ],
  [
    "USR-8 then the new one",
    { purpose: "change-password", account: active("password", "totp"), proofs: shown("password", "totp") },
    "ask new-password",
  ],
  [
    "USR-4 USR-9 linking a method needs proofs first",
    { purpose: "link-method", toLink: "card", permitted: ["card", "totp"], account: active("password", "totp") },
    "ask password",
  ],
  [
    "USR-4 then the method",
    {
      purpose: "link-method",
      toLink: "bank",
      methods: [totp, bank],
      permitted: ["bank", "totp"],
      account: active("password", "totp"),
      proofs: shown("password", "totp"),
    },
    "ask bank-link",
  ],
  [
    "USR-4 and the end, whatever was chosen to sign in",
    {
      purpose: "link-method",
      toLink: "bank",
      chosen: "totp",
      methods: [totp, bank],
      permitted: ["bank", "totp"],
      account: active("password", "totp", "bank"),
      proofs: shown("password", "totp", "bank-link", "bank"),
    },
    "finish",
  ],
  [
    "POL-3 a method that is not permitted can't be linked",
    { purpose: "link-method", toLink: "card", account: active("password", "totp"), proofs: shown("password", "totp") },
    "refuse: no-method",
  ],
  [
    "USR-8 and the end",
    {
      purpose: "change-password",
      account: active("password", "totp"),
      proofs: shown("password", "totp", "new-password"),
    },
    "finish",
  ],

  ["REC-3 getting back in begins with what happened", { purpose: "recovery", permitted: null }, "ask recovery-way"],
  [
    "REC-3 then who one is",
    { purpose: "recovery", permitted: null, proofs: shown("recovery-way") },
    "ask identity-proofed",
  ],
  [
    "REC-3 and nothing else stands in for it",
    { purpose: "recovery", permitted: null, proofs: shown("recovery-way", "password", "totp", "bank", "new-password") },
    "ask identity-proofed",
  ],
  [
    "REC-3 a proof without the choice before it ends nothing",
    { purpose: "recovery", permitted: null, proofs: shown("identity-proofed") },
    "ask recovery-way",
  ],
  [
    "REC-3 proved",
    { purpose: "recovery", account: active("totp"), proofs: shown("recovery-way", "identity-proofed") },
    "finish",
  ],
  [
    "REC-8 proved, but frozen meanwhile",
    {
      purpose: "recovery",
      account: { state: "frozen", linked: ["totp"] },
      proofs: shown("recovery-way", "identity-proofed"),
    },
    "refuse: account-closed",
  ],
  ["REC-3 linking anew without a proof", { purpose: "link-anew", account: active() }, "refuse: not-started"],
  [
    "REC-3 linking anew with the proof of another kind of journey",
    { purpose: "link-anew", account: active(), proofs: shown("invitation-pin", "recovery-link", "password", "totp") },
    "refuse: not-started",
  ],
  [
    "REC-3 linking anew: the password that stayed is not set again",
    { purpose: "link-anew", account: active("password"), proofs: shown("identity-proofed") },
    "ask totp-link",
  ],
  [
    "REC-3 linking anew for whoever never had one",
    { purpose: "link-anew", account: active(), proofs: shown("identity-proofed") },
    "ask new-password",
  ],
  [
    "REC-3 linking anew: only what the policy permits",
    { purpose: "link-anew", permitted: [], account: active("password"), proofs: shown("identity-proofed") },
    "refuse: no-method",
  ],
  [
    "REC-3 linked anew",
    { purpose: "link-anew", account: active("password", "totp"), proofs: shown("identity-proofed", "totp-link") },
    "finish",
  ],
  [
    "REC-3 linking anew is over once something else has changed",
    { purpose: "link-anew", overtaken: true, account: active("password"), proofs: shown("identity-proofed") },
    "refuse: overtaken",
  ],
];

for (const [rule, facts, expected] of table)
  test(`${rule} → ${expected}`, () => assert.equal(say(nextStep({ ...base, ...facts })), expected));

test("no proof is ever asked twice, and asking always ends", () => {
  for (const purpose of ["sign-in", "activation", "change-password"] as const) {
    let facts: Facts = {
      ...base,
      purpose,
      account: purpose === "activation" ? { state: "invited", linked: [] } : active("password", "totp"),
      proofs: purpose === "activation" ? shown("invitation-pin") : [],
    };
    const asked: string[] = [];
    for (let step = nextStep(facts); step.do === "ask"; step = nextStep(facts)) {
      assert.ok(!asked.includes(step.kind), `${purpose} asked ${step.kind} twice`);
      asked.push(step.kind);
      facts = { ...facts, proofs: [...facts.proofs, ...shown(step.kind)] };
    }
    assert.equal(nextStep(facts).do, "finish");
  }
});
