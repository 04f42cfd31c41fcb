import type { Acr } from "../../../kernel/strength.ts";
import type { Instant } from "../../../kernel/time.ts";
import type { MethodRule } from "./rules.ts";

export type Assurance = { acr: Acr; amr: readonly string[]; authenticatedAt: Instant };

type Shown = Readonly<{ kind: string; shownAt: Instant }>;

/**
 * What a finished journey may claim (SIN-9), from its proofs alone. `acr` is the completed way's strength, `amr` what was
 * shown on it (RFC 8176, with `mfa` for two kinds or more), and the time that of its oldest proof: never later, never
 * more than happened.
 *
 * @param amrOf RFC 8176 values of each kind of proof
 */
export function assurance(
  way: MethodRule,
  proofs: readonly Shown[],
  amrOf: ReadonlyMap<string, readonly string[]>,
): Assurance {
  const shown = proofs.filter(({ kind }) => way.signIn.includes(kind));
  const amr = [...new Set(shown.flatMap(({ kind }) => amrOf.get(kind) ?? []))];
  const oldest = Math.min(...shown.map(({ shownAt }) => shownAt.getTime()));
  return {
    acr: `aal${way.strength}`,
    amr: shown.length > 1 ? [...new Set([...amr, "mfa"])] : amr,
    authenticatedAt: new Date(oldest),
  };
}
