import { type Duration, hours, type Instant, minutes, plus, seconds } from "../../../kernel/time.ts";

const delays = [seconds(10), seconds(30), minutes(1), minutes(2), minutes(5), minutes(10), minutes(15)];

/** No gateway is believed when it says to wait longer: a PIN or an invitation would be lost to one wrong header. */
const longestAsked = hours(1);

/**
 * When to try again after the `attempts`th failure: 10 s, 30 s, 1, 2, 5, 10, then every 15 minutes, each up to a fifth
 * longer by `chance` (0 to 1), so that what failed together does not come back together. Never after `expiresAt`: then
 * it is picked up once more, to be dropped.
 */
export function nextAttempt(
  { attempts, expiresAt }: { attempts: number; expiresAt: Instant },
  { now, chance, retryAfter = 0 }: { now: Instant; chance: number; retryAfter?: Duration | undefined },
): Instant {
  const delay = delays[Math.min(Math.max(attempts, 1), delays.length) - 1] ?? 0;
  const wait = Math.max(delay * (1 + chance / 5), Math.min(retryAfter, longestAsked));
  return earlier(plus(now, Math.round(wait)), expiresAt);
}

export const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);
