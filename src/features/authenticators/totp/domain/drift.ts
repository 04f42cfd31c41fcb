/**
 * By how many steps a hardware token's clock was ahead of ours when a code was last taken from it; null for an app: its
 * phone keeps its own time, and SIN-6 allows it one step.
 */
export type Drift = number | null;

/** The steps whose codes are accepted, and how far from now others are looked for. */
export type Window = Readonly<{ from: number; to: number; lookedFor: number }>;

const appReach = 1;
const appLookedFor = 10;

/** A token nobody has used yet may have lain on a shelf for years: ten minutes at steps of a minute, five at half of one. */
const firstReach = 10;
/** Whatever was learnt: no code further from our clock is accepted. Two codes in a row are looked for as far (RFC 6238 §6). */
const farthest = 20;
/** However long a token was idle; eleven codes are right at once then, of a million or more. */
const idleReach = 5;
/** The clocks of tokens are made to keep within 20 parts in a million: at half-minute steps that is one in 17 days. */
const slip = 25e-6;

/** Where the codes of a token or app are right, `current` being the step by our clock (SIN-6, RFC 6238 §6). */
export function windowOf({ drift, lastStep }: { drift: Drift; lastStep: number }, current: number): Window {
  if (drift === null) return { from: current - appReach, to: current + appReach, lookedFor: appLookedFor };
  const idle = Math.max(0, current - lastStep);
  const reach = lastStep < 0 ? firstReach : Math.min(idleReach, 1 + Math.floor(idle * slip));
  const centre = current + drift;
  return {
    from: Math.max(centre - reach, current - farthest),
    to: Math.min(centre + reach, current + farthest),
    lookedFor: farthest,
  };
}
