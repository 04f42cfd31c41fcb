import { type Duration, type Instant, plus } from "../../kernel/time.ts";
import type { Db, Tx } from "../database/index.ts";
import { bump, pass, readJoinedThrottles } from "./store.ts";

export { inWholeSeconds } from "./in-whole-seconds.ts";
export { joinedThrottles, sweepThrottles } from "./store.ts";

/** What is limited: at most `limit` within `window`. */
export type Limit = { key: string; limit: number; window: Duration };

/** Counts one use. Resolves to when there is room again, or null while there is room. Counts even when refused. */
export async function use(tx: Tx | Db, { key, limit, window }: Limit, now: Instant): Promise<Instant | null> {
  const { count, since } = await bump(tx, key, now, window);
  return count > limit ? plus(since, window) : null;
}

/**
 * For a use that is not to be counted, such as a right password: whether there was room, judged in turn with those that
 * are counted, so that of many at once none slips past the limit. With `reset` what was counted is forgotten if there was.
 */
export async function check(
  tx: Tx | Db,
  limit: Limit,
  now: Instant,
  { reset = false }: { reset?: boolean } = {},
): Promise<Instant | null> {
  const { count, since } = await pass(tx, { ...limit, reset }, now);
  return count > limit.limit ? plus(since, limit.window) : null;
}

/** Of `limits`, the full ones by what `joinedThrottles` read of their keys: when there is room again, by key. */
export function fullAmong(limits: readonly Limit[], joined: unknown, now: Instant): Map<string, Instant> {
  const rows = readJoinedThrottles(joined);
  return new Map(
    limits.flatMap(({ key, limit, window }) => {
      const row = rows.get(key);
      return row && row.count >= limit && plus(row.since, window) > now ? [[key, plus(row.since, window)]] : [];
    }),
  );
}
