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
  /** The applications that were signed in to with it, by client id, and how each of them knows it. */
  applications: readonly Readonly<{ clientId: string; sid: string | null }>[];
}>;

/** What is left of a session that has ended: whom to tell (SIN-11). */
export type EndedSession = Pick<Session, "uid" | "accountId" | "applications">;
