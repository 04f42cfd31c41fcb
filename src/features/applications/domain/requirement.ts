import { type Strength, strengthOf } from "../../../kernel/strength.ts";
import type { Instant } from "../../../kernel/time.ts";

/** What an application asks of a sign-in (SIN-9). */
export type Requirement = Readonly<{
  /** From `acr_values` or the claim `acr`; null when any will do. */
  strength: Strength | null;
  /** From `max_age` and `prompt`: proofs older than this do not count. */
  notBefore: Instant | null;
  /** An application of one organisation takes only its accounts; null for the service's own. */
  organisationId: string | null;
}>;

/** What a live session can show. */
export type SignedIn = Readonly<{ acr: string; authenticatedAt: Instant; organisationId: string }>;

/** The lowest strength among `values`, any of which will do; null when none of them is ours. */
export function lowestStrength(values: readonly string[]): Strength | null {
  const known = values.map(strengthOf).filter((strength) => strength !== null);
  return known.length === 0 ? null : (Math.min(...known) as Strength); // one of them
}

/** Whether a sign-in is strong enough. */
export const isStrongEnough = (acr: string, strength: Strength | null): boolean =>
  strength === null || (strengthOf(acr) ?? 0) >= strength;

/** Whether a sign-in meets all that is asked. */
export const isMet = (requirement: Requirement, signedIn: SignedIn): boolean =>
  isStrongEnough(signedIn.acr, requirement.strength) &&
  (requirement.notBefore === null || signedIn.authenticatedAt >= requirement.notBefore) &&
  (requirement.organisationId === null || signedIn.organisationId === requirement.organisationId);

/**
 * The `acr` to report where the claim was essential: one of the values asked for, and never more than happened
 * (OpenID Connect Core §5.5.1.1). A stronger sign-in covers the weaker levels.
 */
export function reportedAcr(acr: string, essential: readonly string[]): string {
  if (essential.length === 0 || essential.includes(acr)) return acr;
  const covered = essential.filter((value) => isStrongEnough(acr, strengthOf(value)) && strengthOf(value) !== null);
  return covered.sort().at(-1) ?? acr;
}
