/** Why the service can't be used just now. */
export type TroubleReason =
  | "broker-slow"
  | "broker-unreachable"
  | "broker-redirects"
  | "broker-error"
  | "broker-refused-us"
  | "answer-too-long"
  | "answer-unreadable"
  | "invitation-elsewhere"
  | "level-out-of-reach"
  | "means-unknown"
  | "no-base-url"
  | "no-secret"
  | "test-service-in-production"
  | "fault";

/** A fault of the service's or of what lies between. Thrown where it is met, caught once, where it is connected. */
export class CandourTrouble extends Error {
  override name = "CandourTrouble";
  readonly reason: TroubleReason;
  constructor(reason: TroubleReason, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/** Why a result is not believed, or comes without a person. */
export type RefusalReason =
  | "memory-unreadable"
  | "session-gone"
  | "session-differs"
  | "expired"
  | "failed"
  | "status-unknown"
  | "manual-failure"
  | "not-verified"
  | "method-unknown"
  | "level-too-low"
  | "time-missing"
  | "result-old"
  | "result-from-the-future"
  | "identity-code-wrong"
  | "birth-date-differs"
  | "person-incomplete";

export type Refused = Readonly<{ result: "refused"; reason: RefusalReason }>;
export const refused = (reason: RefusalReason): Refused => ({ result: "refused", reason });
