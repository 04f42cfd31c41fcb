import { type Duration, type Instant, plus } from "../../../src/kernel/time.ts";
import type { Answer, World } from "./world.ts";

/** Who was told to come back later, and came earlier. */
export type Violation = Readonly<{ at: Instant; told: Instant; call: string }>;

/** Refuses every nth call with 429, and notes who doesn't wait. `key` is whom a call is about. */
export function makeThrottle({ clock, behaviour }: World) {
  const told = new Map<string, Instant>();
  const violations: Violation[] = [];
  let calls = 0;
  return {
    violations,
    /** Somebody was told to come back after `retryAfter`. */
    tell: (key: string, retryAfter: Duration) => told.set(key, plus(clock.now(), retryAfter)),
    /** Notes a call that comes too early. */
    watch(key: string, call: string): void {
      const until = told.get(key);
      if (until && clock.now() < until) violations.push({ at: clock.now(), told: until, call });
    },
    /** Null when it may go on. */
    refuse(): Answer | null {
      if (!behaviour.throttle) return null;
      calls += 1;
      const { every, retryAfter } = behaviour.throttle;
      if (calls % every !== 0) return null;
      return { status: 429, retryAfter, body: { error: { code: "TooManyRequests", message: "Too many requests" } } };
    },
  };
}
