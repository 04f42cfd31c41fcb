import { type AccountState, isShut } from "../../../kernel/account-state.ts";
import type { Strength } from "../../../kernel/strength.ts";
import type { MethodRule } from "./rules.ts";

/** Why a person can't use a method now, the first reason that holds; `usable` where nothing stands in its way. */
export type MethodVerdict = "usable" | "account-shut" | "not-permitted" | "switched-off" | "too-weak" | "not-linked";

export type ExplainedMethod = Readonly<{
  method: string;
  strength: Strength;
  linked: boolean;
  permitted: boolean;
  recommended: boolean;
  verdict: MethodVerdict;
}>;

/** For a named person: which methods they have, may use, and why not the others (POL-1). The order is the policy's. */
export function explainMethods({
  methods,
  state,
  permitted,
  linked,
  requiredStrength,
  isOffered,
}: {
  methods: readonly Pick<MethodRule, "name" | "strength">[];
  state: AccountState;
  /** The recommended one first. */
  permitted: readonly string[];
  linked: readonly string[];
  requiredStrength: Strength;
  /** Whether what a method depends on is there: an open broker, a listener for cards. */
  isOffered(method: string): boolean;
}): readonly ExplainedMethod[] {
  const place = (name: string) => (permitted.includes(name) ? permitted.indexOf(name) : permitted.length);
  const verdictOf = ({ name, strength }: Pick<MethodRule, "name" | "strength">): MethodVerdict => {
    if (isShut(state)) return "account-shut";
    if (!permitted.includes(name)) return "not-permitted";
    if (!isOffered(name)) return "switched-off";
    if (strength < requiredStrength) return "too-weak";
    return linked.includes(name) ? "usable" : "not-linked";
  };
  return methods
    .toSorted((a, b) => place(a.name) - place(b.name))
    .map((method) => ({
      method: method.name,
      strength: method.strength,
      linked: linked.includes(method.name),
      permitted: permitted.includes(method.name),
      recommended: permitted[0] === method.name,
      verdict: verdictOf(method),
    }));
}
