import assert from "node:assert/strict";
import { test } from "node:test";
import { minutes, plus } from "../../../kernel/time.ts";
import { type Facts, nextStep, type Step } from "./next-step.ts";
import type { MethodRule } from "./rules.ts";

const now = new Date("2026-11-22T09:00:00Z");

const totp: MethodRule = {
  name: "totp",
  strength: 2,
  signIn: ["password", "totp"],
  link: [{ kind: "new-password", unlessLinked: "password" }, { kind: "totp-link" }],
};
const card: MethodRule = { name: "card", strength: 3, signIn: ["card"], link: [{ kind: "card" }] };

const bank: MethodRule = { name: "bank", strength: 2, signIn: ["bank"], link: [{ kind: "bank-link" }] };
const base: Facts = {
  purpose: "sign-in",
  now,
  expiresAt: plus(now, minutes(60)),
  account: null,
  overtaken: false,
  methods: [totp, card],
  permitted: ["totp"],
  requiredStrength: 2,
  hasMethod: true,
  beginsByPassword: false,
  chosen: null,
  toLink: null,
  proofs: [],
  notBefore: null,
};

const shown = (...kinds: string[]) => kinds.map((kind) => ({ kind, shownAt: now }));
const active = (...linked: string[]) => ({ state: "active" as const, linked });

const say = (step: Step): string => {
  if (step.do === "ask") return `ask ${step.kind}`;
  if (step.do === "choose") return `choose to ${step.to}: ${step.offers.join(", ")}`;
  return step.do === "refuse" ? `refuse: ${step.reason}` : "finish";
};

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
