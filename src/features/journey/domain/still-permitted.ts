import { type Strength, strengthOf } from "../../../kernel/strength.ts";
import type { MethodRule } from "./rules.ts";

/**
 * POL-3: whether a session may still be relied on. The rules of today are put to what it rests on: there has to be a
 * permitted way, complete and strong enough, that reaches what the session says of itself.
 */
export function isStillPermitted({
  methods,
  permitted,
  minimumStrength,
  session,
}: {
  methods: readonly Pick<MethodRule, "name" | "strength" | "signIn">[];
  permitted: readonly string[];
  minimumStrength: Strength;
  session: Readonly<{ acr: string; proofs: readonly Readonly<{ kind: string }>[] }>;
}): boolean {
  const kinds = session.proofs.map(({ kind }) => kind);
  const needed = Math.max(minimumStrength, strengthOf(session.acr) ?? 0);
  return methods.some(
    ({ name, strength, signIn }) =>
      permitted.includes(name) &&
      strength >= needed &&
      signIn.length > 0 &&
      signIn.every((kind) => kinds.includes(kind)),
  );
}
