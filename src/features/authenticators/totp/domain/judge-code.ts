import { type Duration, hours, type Instant, minutes, plus } from "../../../../kernel/time.ts";
import { type CodeParameters, normaliseCode, stepAt } from "./code.ts";
import { type Drift, windowOf } from "./drift.ts";

/** What is remembered of one token between attempts. One row; judged under its lock (SIN-6: once, also on two nodes). */
export type CodeState = Readonly<{
  /** The step of the last code accepted: nothing at or below it is ever accepted again. */
  lastStep: number;
  /** The latest steps whose code was accepted, or was said to be right but early or late: spent by being told. */
  spentSteps: readonly number[];
  /** Wrong codes in a row, over all journeys; also what the length of the next block grows from. */
  failures: number;
  blockedUntil: Instant | null;
  drift: Drift;
}>;

/** An app that no code has been taken from yet. */
export const unusedToken: CodeState = { lastStep: -1, spentSteps: [], failures: 0, blockedUntil: null, drift: null };

export type CodeVerdict =
  /** `resynchronised`: by the second of two codes in a row, which told where the token's clock is. */
  | { verdict: "right"; step: number; resynchronised?: true }
  | { verdict: "wrong" | "used" | "malformed" }
  /** `minutes` is at least one either way: positive when the clock is ahead of ours, negative when it is behind. */
  | { verdict: "clock-off"; minutes: number; device: "app" | "token" }
  | { verdict: "blocked"; until: Instant };

export type JudgedCode = CodeVerdict & { next: CodeState };

const failuresPerBlock = 10;
const longestBlock = hours(24);

/** The block after `failures` wrong codes in a row: 15 minutes after ten, doubling with each further ten, a day at most. */
export const blockAfter = (failures: number): Duration =>
  Math.min(minutes(15) * 2 ** (Math.floor(failures / failuresPerBlock) - 1), longestBlock);

/**
 * Judges one attempt (SIN-6). `matches(step)` says whether the digits are the code of that step, in constant time. The
 * result's `next` is to be saved whatever the verdict.
 *
 * - Blocked: a right and a wrong code get the same verdict and change nothing (T27).
 * - Malformed input and a replayed code spend no attempt: neither is a guess. A wrong code does, and so does one from a wrong clock.
 * - The tenth wrong code in a row gets "blocked" itself, whatever it was, so that nothing is told with it.
 * - `resynchronise`: of a token whose clock is off, the code right after one that was told is taken (RFC 6238 §6).
 */
export function judgeCode(
  state: CodeState,
  parameters: CodeParameters,
  makeMatcher: (code: string) => (step: number) => boolean,
  input: string,
  now: Instant,
  { resynchronise = false }: { resynchronise?: boolean } = {},
): JudgedCode {
  if (state.blockedUntil && now < state.blockedUntil)
    return { verdict: "blocked", until: state.blockedUntil, next: state };
  const code = normaliseCode(input);
  if (code.length !== parameters.digits || !/^\d+$/u.test(code)) return { verdict: "malformed", next: state };

  const current = stepAt(now, parameters.period);
  const matches = makeMatcher(code);
  const { from, to, lookedFor } = windowOf(state, current);
  // Every step is compared, always: the time taken says nothing.
  const matching = stepsAround(current, lookedFor).filter((step) => matches(step));
  const isNear = (step: number): boolean => from <= step && step <= to;
  const isSpent = (step: number): boolean => step <= state.lastStep || state.spentSteps.includes(step);
  const spentSteps = state.spentSteps.filter((step) => step >= current - lookedFor);
  const accept = (step: number): JudgedCode => {
    const drift = state.drift === null ? null : step - current;
    const next = { lastStep: step, spentSteps: [...spentSteps, step], failures: 0, blockedUntil: null, drift };
    return { verdict: "right", step, next };
  };

  // Should one code be right in two steps, the later is spent, or it would work twice.
  const accepted = matching.filter((step) => isNear(step) && !isSpent(step)).at(-1);
  if (accepted !== undefined) return accept(accepted);
  // An older code that was never shown is refused all the same, and its owner is told of the clock.
  const wasUsed = (step: number): boolean => state.spentSteps.includes(step) || (isNear(step) && isSpent(step));
  if (matching.some(wasUsed)) return { verdict: "used", next: state };

  const isSecond = (step: number): boolean => step - 1 > state.lastStep && state.spentSteps.includes(step - 1);
  const second = resynchronise && state.drift !== null ? matching.findLast(isSecond) : undefined;
  if (second !== undefined) return { ...accept(second), verdict: "right", step: second, resynchronised: true };

  const failures = state.failures + 1;
  if (failures % failuresPerBlock === 0) {
    const blockedUntil = plus(now, blockAfter(failures));
    return { verdict: "blocked", until: blockedUntil, next: { ...state, spentSteps, failures, blockedUntil } };
  }
  const off = nearest(matching, current);
  if (off === undefined) return { verdict: "wrong", next: { ...state, spentSteps, failures } };
  const next = { ...state, spentSteps: [...spentSteps, ...matching], failures };
  const device = state.drift === null ? "app" : "token";
  return { verdict: "clock-off", minutes: minutesOff(off - current, parameters.period), device, next };
}

const stepsAround = (current: number, reach: number): number[] =>
  Array.from({ length: 2 * reach + 1 }, (_, index) => current - reach + index).filter((step) => step >= 0);

const nearest = (steps: readonly number[], current: number): number | undefined =>
  steps.toSorted((a, b) => Math.abs(a - current) - Math.abs(b - current))[0];

const minutesOff = (steps: number, period: number): number =>
  Math.sign(steps) * Math.max(1, Math.round((Math.abs(steps) * period) / 60));
