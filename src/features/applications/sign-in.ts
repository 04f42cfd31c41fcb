import type { LocalisedText } from "../../kernel/language.ts";
import type { Strength } from "../../kernel/strength.ts";
import type { Instant } from "../../kernel/time.ts";
import type { SessionProof } from "../sessions/index.ts";

/** What an application asks of a sign-in, for the journey that does it. */
export type SignInRequest = {
  browserHash: Buffer;
  /** The client id. */
  application: string;
  /** The application's organisation; null when it takes accounts of any. */
  organisationId: string | null;
  /** Where the browser goes at the end: `/authorize/<uid>`. */
  returnTo: string;
  requested: {
    /** As the sign-in page says it. */
    applicationName: LocalisedText;
    strength?: Strength;
    /** Proofs older than this do not count: `max_age`, `prompt=login`. */
    notBefore?: Instant;
    loginHint?: string;
    uiLocales?: string[];
  };
  /** Proofs of the live session, which count if they are fresh and strong enough. */
  carried: readonly SessionProof[];
  /** Whose session is to be stepped up. */
  accountId?: string;
};

export type SignInResult =
  | { state: "open" }
  | { state: "done"; accountId: string; acr: string; amr: readonly string[]; authenticatedAt: Instant }
  /** The person turned back, can't reach what was asked, or took too long. */
  | { state: "cancelled" | "unmet" | "expired" };

/** Who signs people in: the journeys. */
export type SignIn = {
  begin(request: SignInRequest): Promise<{ journeyId: string; url: string }>;
  result(journeyId: string, browserHash: Buffer): Promise<SignInResult>;
};
