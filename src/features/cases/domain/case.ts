import { type AccountState, isShut } from "../../../kernel/account-state.ts";
import type { Instant } from "../../../kernel/time.ts";

/**
 * Why somebody needs a support agent: a guest, whose authenticators are another organisation's (REC-5); an account that
 * was never bound to an identity code (REC-3); a document without one, that an agent has to approve (REC-3); an account
 * whose person has said "this was not me" (REC-8).
 */
export const caseKinds = ["guest", "not-bound", "document", "frozen"] as const;
export type CaseKind = (typeof caseKinds)[number];

/** `unconfirmed` waits for its person, `open` for an agent, `approved` for the person again. */
export const caseStates = ["unconfirmed", "open", "approved", "refused", "closed"] as const;
export type CaseState = (typeof caseStates)[number];

export const decisions = ["approve", "refuse", "close"] as const;
export type Decision = (typeof decisions)[number];

export type DecisionRefusal =
  | "already-decided"
  /** Its person has not confirmed the address yet: nobody knows who asks. */
  | "not-confirmed"
  /** Only a document's proof waits for approval; everything else an agent does by other means, and closes the case. */
  | "nothing-to-approve"
  /** The person's page has expired. */
  | "too-late"
  /** Credentials have changed since, or the account is shut: what was shown counts no more. */
  | "account-changed";

/** What a decision depends on. `account` as it is now. */
export type Deciding = Readonly<{
  kind: CaseKind;
  state: CaseState;
  epoch: number;
  expiresAt: Instant | null;
  account: Readonly<{ state: AccountState; epoch: number }>;
}>;

const decided = { approve: "approved", refuse: "refused", close: "closed" } as const satisfies Record<
  Decision,
  CaseState
>;

/** The state that `decision` leads to, or why it can't be taken. An approval may be taken back by closing its case. */
export function decide(given: Deciding, decision: Decision, now: Instant): CaseState | { refused: DecisionRefusal } {
  const refusal = refusalOf(given, decision, now);
  return refusal ? { refused: refusal } : decided[decision];
}

function refusalOf(given: Deciding, decision: Decision, now: Instant): DecisionRefusal | null {
  const { kind, state, epoch, expiresAt, account } = given;
  if (state === "refused" || state === "closed") return "already-decided";
  if (decision === "close") return null;
  if (state === "approved") return "already-decided";
  if (state === "unconfirmed") return "not-confirmed";
  if (decision === "refuse") return null;
  if (kind !== "document") return "nothing-to-approve";
  if (expiresAt === null || now >= expiresAt) return "too-late";
  return epoch !== account.epoch || isShut(account.state) ? "account-changed" : null;
}
