import { minutes } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import type { RelyingParty } from "./domain/relying-party.ts";

export type PasskeyDeps = Readonly<{ db: Db; clock: Clock; random: Random; relyingParty: RelyingParty }>;

/** In bytes. */
export const challengeSize = 32;

/** Counted from when its page was last drawn: longer than any browser's dialog stays open. */
export const challengeLifetime = minutes(15);
