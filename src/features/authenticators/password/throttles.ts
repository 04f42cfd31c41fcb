import { hours, type Instant, minutes } from "../../../kernel/time.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Limit } from "../../../platform/throttle/index.ts";

/** Limits that hold for the same guesses. `own` falls back to nothing with a right password; `shared` only rise. */
export type Group = Readonly<{
  own: Limit;
  shared: readonly Limit[];
  /** Counted for wrong passwords alone: a right one waits for nobody who only shares its network. */
  crowd: readonly Limit[];
}>;

const perQuarter = { limit: 5, window: minutes(15) } as const;
/** An account has two names at most, so strangers have 100 guesses a day in all (NIST SP 800-63B §3.2.2). */
const perDay = { limit: 50, window: hours(24) } as const;
const perNetwork = { limit: 300, window: hours(1) } as const;

/** A browser knows few accounts; what it knows beyond this counts as a stranger's. */
const mostKnown = 20;

export type Throttles = Readonly<{
  /** For what a browser tries on names that it has not signed in with. */
  stranger: Group;
  /** For an account that has signed in in this browser before: nobody else can fill these (SIN-10). */
  known: ReadonlyMap<string, Group>;
}>;

/**
 * What a guess counts towards (SIN-10). A name is counted whether it finds an account or not, so that a delay tells
 * nothing of it; only a keyed hash of it is kept.
 */
export function throttlesOf(
  keyring: Pick<Keyring, "hash">,
  guess: { key: string; network: string; browserHash: Buffer; knownAccounts: readonly string[] },
): Throttles {
  const name = keyring.hash("password-throttle", guess.key).toString("hex");
  const browser = guess.browserHash.toString("hex");
  const known = guess.knownAccounts.slice(0, mostKnown).map((accountId): [string, Group] => [
    accountId,
    {
      own: { key: `password:browser:${browser}:${accountId}`, ...perQuarter },
      shared: [{ key: `password:browser-day:${browser}:${accountId}`, ...perDay }],
      crowd: [],
    },
  ]);
  return {
    stranger: {
      own: { key: `password:name:${name}:${guess.network}`, ...perQuarter },
      shared: [{ key: `password:name-day:${name}`, ...perDay }],
      crowd: [{ key: `password:network:${guess.network}`, ...perNetwork }],
    },
    known: new Map(known),
  };
}

/** In the one order in which they are counted, so that two guesses never wait for each other. */
export const limitsOf = ({ own, shared, crowd }: Group): Limit[] => [own, ...shared, ...crowd];

/** When the first of `groups` has room again; null if one has it now. `full` says until when, by key. */
export function delayedUntil(groups: readonly Group[], full: ReadonlyMap<string, Instant>): Instant | null {
  const ends = groups.map((group) => Math.max(...limitsOf(group).map(({ key }) => full.get(key)?.getTime() ?? 0)));
  const first = Math.min(...ends);
  return first > 0 ? new Date(first) : null;
}
