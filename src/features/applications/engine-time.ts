import type { Instant } from "../../kernel/time.ts";
import { type Clock, machineClock } from "../../ports/clock.ts";

/**
 * Translates between rows, which hold the database's time, and the engine, which reads the machine's clock and counts
 * whole seconds. A node whose clock is off judges expiry and `max_age` as the others do.
 */
export type EngineTime = {
  toSeconds(instant: Instant): number;
  toInstant(seconds: number): Instant;
};

/** The claim `auth_time`: whole seconds of the database's time, the same in every token of a sign-in. */
export const authTimeOf = (authenticatedAt: Instant): number => Math.floor(authenticatedAt.getTime() / 1000);

export function makeEngineTime(clock: Clock, machine: Clock = machineClock): EngineTime {
  const offset = () => clock.now().getTime() - machine.now().getTime();
  return {
    toSeconds: (instant) => Math.round((instant.getTime() - offset()) / 1000),
    toInstant: (seconds) => new Date(seconds * 1000 + offset()),
  };
}
