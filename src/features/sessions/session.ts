import type { Language } from "../../kernel/language.ts";
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

/**
 * Leads a browser that signs out past the service that its session began with, which has a session of its own. Asked
 * before the session ends, as what is kept of it goes with its row; what it resolves to is asked afterwards, and tells where
 * to send the browser. It comes back from there and goes `onward`, which is where it goes at once if there is no such service.
 */
export type Farewell = (
  sessionUid: string,
) => Promise<(onward: string, from: Readonly<{ browserHash: Buffer; language: Language }>) => Promise<string>>;

/** What is left of a session that has ended: whom to tell (SIN-11). */
export type EndedSession = Pick<Session, "uid" | "accountId" | "applications">;
