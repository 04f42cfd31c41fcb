import { type AccountState, isShut } from "../../../kernel/account-state.ts";
import type { Strength } from "../../../kernel/strength.ts";
import type { Instant } from "../../../kernel/time.ts";
import {
  entryByPassword,
  goodForOne,
  type MethodRule,
  type PurposeName,
  type PurposeRule,
  purposeRules,
} from "./rules.ts";

/** What a journey's next step depends on. Nothing else does: no session, no address, no page that was shown before. */
export type Facts = Readonly<{
  purpose: PurposeName;
  now: Instant;
  expiresAt: Instant;
  /** Null until a proof has told whose account it is. `linked` are the names of its methods; `password` is one of them. */
  account: Readonly<{ state: AccountState; linked: readonly string[] }> | null;
  /** Something has ended the journey since it began: a change of credentials, a closed account. */
  overtaken: boolean;
  /** Every method that the service knows. */
  methods: readonly MethodRule[];
  /** Names of the methods that the policy permits, the recommended first; null while the organisation is not known. */
  permitted: readonly string[] | null;
  requiredStrength: Strength;
  /** Something is linked that the policy lets in, whether or not it can be used at this moment. */
  hasMethod: boolean;
  /** A password alone may begin this sign-in, to change it or to link a method after it (SIN-5). */
  beginsByPassword: boolean;
  /** The method that the person chose. */
  chosen: string | null;
  /** The method that the journey was begun to link. */
  toLink: string | null;
  proofs: readonly Readonly<{ kind: string; shownAt: Instant }>[];
  /** Proofs shown before it don't count: the application asked for a new sign-in. */
  notBefore: Instant | null;
}>;

export type RefusalReason =
  | "expired"
  | "overtaken"
  | "not-started"
  | "account-closed"
  | "already-active"
  | "no-method"
  | "stronger-needed";

export type Step =
  | Readonly<{ do: "ask"; kind: string; method: string | null }>
  /** `recommended` comes first and is the only one that may be called so. */
  | Readonly<{ do: "choose"; to: "sign-in" | "link"; offers: readonly string[]; recommended: string | null }>
  | Readonly<{ do: "finish" }>
  | Readonly<{ do: "refuse"; reason: RefusalReason }>;

const refuse = (reason: RefusalReason): Step => ({ do: "refuse", reason });

/**
 * What a journey asks next: one ordered list of checks over what has been shown. A step is done only if its proof is
 * among `facts.proofs`, so no address, empty post, restart, Back button or second tab skips one; and the end is reached
 * only by a policy that holds now.
 */
export function nextStep(facts: Facts): Step {
  const rule: PurposeRule = purposeRules[facts.purpose];
  if (facts.now >= facts.expiresAt) return refuse("expired");
  if (facts.overtaken) return refuse("overtaken");
  if (facts.account && isShut(facts.account.state)) return refuse("account-closed");
  if (rule.begunBy && !hasShown(facts, rule.begunBy)) return refuse("not-started");
  if (rule.once && facts.account?.state === "active" && !isLinkedHere(facts)) return refuse("already-active");

  if (hasShown(facts, goodForOne.kind) && !hasShown(facts, goodForOne.step))
    return { do: "ask", kind: goodForOne.step, method: null };

  const wanted = rule.wants && (rule.wants === "link" || isHalfWay(facts) ? linkStep(facts) : signInStep(facts));
  if (wanted) return wanted;
  const linking = rule.wants === "sign-in-and-link" ? linkStep(onlyToLink(facts)) : null;
  if (linking) return linking;

  const after = rule.after.find((kind) => !hasShown(facts, kind));
  return after ? { do: "ask", kind: after, method: null } : { do: "finish" };
}

/** The way that is complete: every proof of a permitted, linked, strong enough method, shown late enough. */
export function completedWay(facts: Facts): MethodRule | null {
  return offersToSignIn(facts).find((method) => method.signIn.every((kind) => hasShown(facts, kind))) ?? null;
}

/** What a sign-in still needs; null once a way is complete. */
function signInStep(facts: Facts): Step | null {
  if (completedWay(facts)) return null;
  const offers = offersToSignIn(facts);
  const byPassword = entersByPassword(facts, offers);
  const method = byPassword ? chosenOf(facts, offers) : pick(facts, offers);
  if (method)
    return ask(
      method.name,
      method.signIn.find((kind) => !hasShown(facts, kind)),
    );
  if (byPassword && (offers.length === 0 || facts.chosen === entryByPassword))
    return { do: "ask", kind: entryByPassword, method: null };
  if (offers.length > 0) return choose(facts, "sign-in", offers, byPassword ? [entryByPassword] : []);
  return refuse(usable(facts).length > 0 ? "stronger-needed" : "no-method");
}

/** Whether a password alone may begin it, beside `offers`: for whoever has no method yet, and has to say who they are. */
function entersByPassword(facts: Facts, offers: readonly MethodRule[]): boolean {
  if (!facts.beginsByPassword || hasShown(facts, entryByPassword)) return false;
  if (facts.chosen === entryByPassword) return true;
  const beginsSoAnyway = offers.length > 0 && offers.every(({ signIn }) => signIn[0] === entryByPassword);
  return (!facts.account || !facts.hasMethod) && !beginsSoAnyway;
}

/** What linking a method still needs; null once one is linked in this journey. */
function linkStep(facts: Facts): Step | null {
  const linkable = permitted(facts).filter((method) => method.link.length > 0);
  const method = pick(facts, linkable);
  if (!method) return linkable.length > 0 ? choose(facts, "link", linkable) : refuse("no-method");
  const missing = method.link.find(
    ({ kind, unlessLinked }) => !hasShown(facts, kind) && !(unlessLinked && isLinked(facts, unlessLinked)),
  );
  return missing ? ask(method.name, missing.kind) : null;
}

const ask = (method: string, kind: string | undefined): Step | null => (kind ? { do: "ask", kind, method } : null);

function choose(
  facts: Facts,
  to: "sign-in" | "link",
  offers: readonly MethodRule[],
  besides: readonly string[] = [],
): Step {
  const names = offers.map(({ name }) => name);
  const recommended = facts.permitted?.find((name) => names.includes(name)) ?? null;
  return { do: "choose", to, offers: [...names, ...besides], recommended };
}

/** The chosen one among `offers`; without a choice the only one there is. */
const pick = (facts: Facts, offers: readonly MethodRule[]): MethodRule | undefined =>
  chosenOf(facts, offers) ?? (offers.length === 1 ? offers[0] : undefined);

const chosenOf = ({ chosen }: Facts, offers: readonly MethodRule[]): MethodRule | undefined =>
  offers.find(({ name }) => name === chosen);

const permitted = (facts: Facts): readonly MethodRule[] =>
  facts.permitted === null
    ? facts.methods
    : facts.permitted.flatMap((name) => facts.methods.find((method) => method.name === name) ?? []);

/** Permitted methods that could sign this person in, whatever their strength. */
const usable = (facts: Facts): readonly MethodRule[] =>
  permitted(facts).filter(({ name, signIn }) => signIn.length > 0 && (!facts.account || isLinked(facts, name)));

const offersToSignIn = (facts: Facts): readonly MethodRule[] =>
  usable(facts).filter(({ strength }) => strength >= facts.requiredStrength);

/**
 * A password was chosen and no method linked: at activation (ACT-6), or in the place of a temporary one (SIN-5). The
 * right password goes on from there.
 */
const isHalfWay = (facts: Facts): boolean => {
  if (!hasShown(facts, "password") || completedWay(facts)) return false;
  return facts.account?.state === "activating" || isStranded(facts);
};

/** A temporary password was changed, and nothing is linked that the policy lets in: a method has to be linked now. */
export const isStranded = (facts: Facts): boolean =>
  hasShown(facts, goodForOne.kind) && hasShown(facts, goodForOne.step) && !facts.hasMethod;

/** The facts as if the policy permitted nothing but what the journey was begun to link. */
const onlyToLink = (facts: Facts): Facts => ({
  ...facts,
  permitted: (facts.permitted ?? []).filter((name) => name === facts.toLink),
});

/** The account became active by this very journey's last proof. */
const isLinkedHere = (facts: Facts): boolean => linkStep(facts) === null;

const isLinked = (facts: Facts, name: string): boolean => facts.account?.linked.includes(name) ?? false;

const hasShown = (facts: Facts, kind: string): boolean =>
  facts.proofs.some((proof) => proof.kind === kind && (!facts.notBefore || proof.shownAt >= facts.notBefore));
