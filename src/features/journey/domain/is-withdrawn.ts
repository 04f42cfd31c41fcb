import { type Facts, nextStep } from "./next-step.ts";
import type { MethodRule } from "./rules.ts";

/**
 * Whether the step `kind` of `method` is not asked because the method may not be used now: forbidden, too weak, or not
 * among `facts.methods` since it is switched off. False where the journey has gone on, is over, or another method was chosen.
 */
export function isWithdrawn(facts: Facts, method: MethodRule, kind: string): boolean {
  const asks = (given: Facts): boolean => {
    const step = nextStep({ ...given, chosen: method.name });
    return step.do === "ask" && step.kind === kind;
  };
  const { methods, permitted, requiredStrength } = facts;
  const isTooWeak = method.strength < requiredStrength;
  const before: Facts = {
    ...facts,
    methods: methods.some(({ name }) => name === method.name) ? methods : [...methods, method],
    permitted: permitted && [...permitted, method.name],
    requiredStrength: isTooWeak ? method.strength : requiredStrength,
  };
  return !asks(facts) && asks(before);
}
