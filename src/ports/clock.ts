import type { Duration, Instant } from "../kernel/time.ts";

/** The time that everything is judged by: the database's, so that nodes with different clocks judge alike. */
export type Clock = { now(): Instant };

/** The machine's own clock, which libraries read: only to translate between their time and the database's. */
export const machineClock: Clock = { now: () => new Date() };

/** A clock that tests move by hand. */
export function fakeClock(start: Instant = new Date("2026-11-22T09:00:00Z")) {
  let now = start;
  return {
    now: () => now,
    set: (instant: Instant) => {
      now = instant;
    },
    advance: (duration: Duration) => {
      now = new Date(now.getTime() + duration);
    },
  };
}
