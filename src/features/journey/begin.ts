import { type Instant, minutes, plus } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { type PurposeName, purposeRules } from "./domain/rules.ts";
import type { Requested } from "./method.ts";
import { insertJourney } from "./store.ts";

/** How long a journey may take from its first page to its end. */
export const journeyLifetime = minutes(60);

/** How old the proofs may be with which methods are changed (USR-9). */
const freshness = minutes(5);

export type Beginning = {
  purpose: PurposeName;
  browserHash: Buffer;
  organisationId?: string | null;
  /** Whose it is, where that is known from the start: an invitation's account, a session's. */
  account?: { id: string; epoch: number } | null;
  subjectId?: string | null;
  /** The method to begin with, as if chosen on the first page; it counts only if it is offered there. */
  method?: string | null;
  application?: string | null;
  returnTo?: string | null;
  requested?: Requested;
  /** When it is over, if sooner than usual. */
  until?: Instant;
  /** What was shown before: a PIN, or what a session rests on. Too old ones don't count later. */
  proofs?: readonly { kind: string; authenticatorId: string | null; shownAt: Instant }[];
};

/** Begins a journey in a browser; resolves to its id, whose page is `/journey/<id>`. */
export const makeBegin =
  ({ clock, random }: { clock: Clock; random: Random }) =>
  async (tx: Tx | Db, beginning: Beginning): Promise<string> => {
    const now = clock.now();
    const { requested = {}, purpose } = beginning;
    const fresh = purposeRules[purpose].atStrongest ? plus(now, -freshness) : null;
    const notBefore = [requested.notBefore, fresh].filter((each) => each != null).sort((a, b) => +b - +a)[0];
    const id = random.id();
    await insertJourney(
      tx,
      {
        id,
        purpose,
        browserHash: beginning.browserHash,
        organisationId: beginning.organisationId ?? null,
        account: beginning.account ?? null,
        subjectId: beginning.subjectId ?? null,
        method: beginning.method ?? null,
        application: beginning.application ?? null,
        returnTo: beginning.returnTo ?? null,
        requested: { ...requested, ...(notBefore && { notBefore }) },
        proofs: beginning.proofs ?? [],
        expiresAt: earlier(plus(now, journeyLifetime), beginning.until),
      },
      now,
    );
    return id;
  };

const earlier = (one: Instant, other: Instant | undefined): Instant => (other && other < one ? other : one);
