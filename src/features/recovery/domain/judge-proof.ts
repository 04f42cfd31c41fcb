import type { AccountState } from "../../../kernel/account-state.ts";
import { type Level, levels } from "../../../kernel/identity.ts";

/** What a proof is judged by. */
export type Judged = Readonly<{
  /** Of the account, and of its organisation. */
  state: AccountState;
  isOpen: boolean;
  /** Whom the account is bound to: the one who was proved, or another; null when it never was bound to anybody. */
  bound: Readonly<{ isSame: boolean; level: Level }> | null;
  /** How sure the proof is, and the least that the organisation asks. */
  level: Level;
  least: Level;
  /** The service is one that people of the account's category may prove themselves by. */
  isAccepted: boolean;
}>;

export type Verdict = "proved" | "never-bound" | "another-person" | "not-active" | "other-service" | "too-weak";

/**
 * Whether whoever was proved is the account's person, surely enough to reset it (REC-3). Only an identity that the person
 * has once shown counts, never one that somebody expected: or whoever comes first would have the account (T78).
 */
export function judgeProof({ state, isOpen, bound, level, least, isAccepted }: Judged): Verdict {
  if (!bound) return "never-bound";
  if (!bound.isSame) return "another-person";
  if (state !== "active" || !isOpen) return "not-active";
  if (!isAccepted) return "other-service";
  return rank(level) >= rank(least) && rank(level) >= rank(bound.level) ? "proved" : "too-weak";
}

const rank = (level: Level): number => levels.indexOf(level);
