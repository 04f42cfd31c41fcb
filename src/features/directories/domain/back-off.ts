import { between, type Duration, days, type Instant, minutes, plus, seconds } from "../../../kernel/time.ts";

const shortest = seconds(5);
const longest = minutes(5);

/** What a directory asks for is honoured, but no wrong header may put its people off for weeks. */
const longestAsked = days(1);

/** So that an outage of a weekend mends itself. */
const givenUpAfter = days(3);

/**
 * When to try again after the `inVain`th attempt in a row that got nowhere: 5 s, 10 s, and so on to 5 minutes, each up to a
 * fifth longer by `chance` (0 to 1), so that what failed together does not come back together. Where the directory says when,
 * it is then, and no later: it knows best how much it can take. Five seconds at least, whatever it says.
 */
export function nextAttempt(
  inVain: number,
  { now, chance, retryAfter }: { now: Instant; chance: number; retryAfter?: Duration | undefined },
): Instant {
  if (retryAfter !== undefined) return plus(now, Math.ceil(Math.max(shortest, Math.min(retryAfter, longestAsked))));
  const delay = Math.min(shortest * 2 ** Math.min(Math.max(inVain, 1) - 1, 10), longest);
  return plus(now, Math.ceil(delay * (1 + chance / 5)));
}

/** Whether what has waited since `since` is tried no more: it waits for an operator from then on. */
export const isGivenUp = (since: Instant, now: Instant): boolean => between(since, now) >= givenUpAfter;
