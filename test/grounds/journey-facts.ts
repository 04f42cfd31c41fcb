import type { Facts, Step } from "../../src/features/journey/domain/next-step.ts";
import type { MethodRule } from "../../src/features/journey/domain/rules.ts";
import { minutes, plus } from "../../src/kernel/time.ts";

export const now = new Date("2026-11-22T09:00:00Z");

export const totp: MethodRule = {
  name: "totp",
  strength: 2,
  signIn: ["password", "totp"],
  link: [{ kind: "new-password", unlessLinked: "password" }, { kind: "totp-link" }],
};
const card: MethodRule = { name: "card", strength: 3, signIn: ["card"], link: [{ kind: "card" }] };

export const bank: MethodRule = { name: "bank", strength: 2, signIn: ["bank"], link: [{ kind: "bank-link" }] };

/** A sign-in at its first page. */
export const base: Facts = {
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

export const shown = (...kinds: string[]) => kinds.map((kind) => ({ kind, shownAt: now }));
export const active = (...linked: string[]) => ({ state: "active" as const, linked });

/** A step in a few words, for tables. */
export const say = (step: Step): string => {
  if (step.do === "ask") return `ask ${step.kind}`;
  if (step.do === "choose") return `choose to ${step.to}: ${step.offers.join(", ")}`;
  return step.do === "refuse" ? `refuse: ${step.reason}` : "finish";
};
