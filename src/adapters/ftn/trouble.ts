/** Why a broker can't be used just now. */
export type TroubleReason =
  | "broker-slow"
  | "broker-unreachable"
  | "broker-tls"
  | "broker-redirects"
  | "broker-error"
  | "broker-refused-us"
  | "answer-too-long"
  | "answer-unreadable"
  | "discovery-of-another"
  | "discovery-incomplete"
  | "keys-unverified"
  | "entity-statement-changed"
  | "entity-statement-unverified"
  | "test-broker-in-production"
  | "no-client-secret"
  | "means-unknown"
  | "fault";

/** A fault of the broker's or of what lies between. Thrown where it is met, caught once, where the broker is connected. */
export class BrokerTrouble extends Error {
  override name = "BrokerTrouble";
  readonly reason: TroubleReason;
  constructor(reason: TroubleReason, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/** Why an answer is not believed, or comes without a person. */
export type RefusalReason =
  | "state-differs"
  | "memory-unreadable"
  | "issuer-missing"
  | "issuer-differs"
  | "broker-denied"
  | "no-code"
  | "code-refused"
  | "token-unreadable"
  | "token-not-encrypted"
  | "token-encrypted"
  | "encryption-not-allowed"
  | "not-for-our-key"
  | "signature-not-allowed"
  | "signature-key-unknown"
  | "signature-wrong"
  | "audience-differs"
  | "token-expired"
  | "token-from-the-future"
  | "nonce-differs"
  | "authentication-time-missing"
  | "authentication-old"
  | "level-missing"
  | "level-unknown"
  | "level-too-low"
  | "identity-code-wrong"
  | "identity-codes-differ"
  | "birth-date-differs"
  | "no-identity";

export type Refused = Readonly<{ result: "refused"; reason: RefusalReason }>;
export const refused = (reason: RefusalReason): Refused => ({ result: "refused", reason });
