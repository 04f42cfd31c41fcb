import type { Instant } from "../../kernel/time.ts";

/** What a session rests on: the proofs shown, so that a later step-up can count those that are fresh and strong enough. */
export type SessionProof = { kind: string; authenticatorId: string | null; shownAt: Instant };

export type Session = Readonly<{
  uid: string;
  accountId: string;
  organisationId: string;
  proofs: readonly SessionProof[];
  acr: string;
  /** RFC 8176 */
  amr: readonly string[];
  authenticatedAt: Instant;
  createdAt: Instant;
  lastUsedAt: Instant;
  expiresAt: Instant;
  /** "Firefox on Windows", for the person to recognise it by. */
  browser: string;
  network: string;
  /** Client ids of the applications that were signed in to with it. */
  applications: readonly string[];
}>;

export { makeSessionId } from "./session-id.ts";
export { endAllSessions, endSession, findSession, listSessions, startSession, sweepSessions } from "./store.ts";
