import { type AccountState, type ShutReason, whyShut } from "../../kernel/account-state.ts";
import type { Journey, Outcome } from "./method.ts";

/** What somebody can show of an account, as its room reads it: also what signs in to it no more. */
export type LinkedRow = Readonly<{
  accountId: string;
  organisationId: string;
  accountState: string;
  organisationState: string;
  /** Whether its authenticator was removed; null where it never had one. */
  removed: boolean | null;
}>;

export type MissReason = ShutReason | "removed" | "not-linked";

/** A row that signs in to nothing, and why. */
export type Missed = LinkedRow & Readonly<{ reason: MissReason }>;

/**
 * Divides what one statement has found into what signs in to accounts in `states`, and what does not. It is read whole for
 * everybody, so that the time of an answer tells nobody whether there is an account (REC-6).
 */
export function divideLinked<Row extends LinkedRow>(
  rows: readonly Row[],
  states: readonly AccountState[],
): { linked: readonly Row[]; missed: readonly Missed[] } {
  const reasonOf = ({ accountState, organisationState, removed }: Row): MissReason | null => {
    const why = whyShut(accountState, organisationState) ?? (removed ? "removed" : null);
    return why ?? (removed === false && states.some((state) => state === accountState) ? null : "not-linked");
  };
  return {
    linked: rows.filter((row) => reasonOf(row) === null),
    missed: rows.flatMap((row) => {
      const reason = reasonOf(row);
      return reason ? [{ ...row, reason }] : [];
    }),
  };
}

/** What the audit says of a refusal that pages word the same for everybody. */
export type Miss = Readonly<{ reason: MissReason }> & Pick<Outcome & { result: "refused" }, "about">;

/** Whose account was meant, by `accountId` where that is known, and why it is not let in; only where it can be but one. */
export function missOf(missed: readonly Missed[], accountId: string | null = null): Miss {
  const meant = accountId === null ? missed : missed.filter((each) => each.accountId === accountId);
  const [only] = meant;
  if (!only || meant.length > 1) return { reason: "not-linked" };
  return { reason: only.reason, about: { accountId: only.accountId, organisationId: only.organisationId } };
}

/** The same under the account's lock, of what was in order a moment before. */
export const missedMeanwhile = ({ account, organisation }: Journey): Miss => ({
  reason: (account && whyShut(account.state, organisation?.state ?? "open")) ?? "removed",
});
