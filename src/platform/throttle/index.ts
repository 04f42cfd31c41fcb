import { type Duration, type Instant, plus } from "../../kernel/time.ts";
import type { Db, Tx } from "../database/index.ts";
import { bump, loadThrottle, resetThrottle } from "./store.ts";

/** What is limited: at most `limit` within `window`. */
export type Limit = { key: string; limit: number; window: Duration };

/** Counts one use. Resolves to when there is room again, or null while there is room. Counts even when refused. */
export async function use(tx: Tx | Db, { key, limit, window }: Limit, now: Instant): Promise<Instant | null> {
  const { count, since } = await bump(tx, key, now, window);
  return count > limit ? plus(since, window) : null;
}

/** Whether a use would be refused, without counting it; resolves to when there is room again, or null. */
export async function full(tx: Tx | Db, { key, limit, window }: Limit, now: Instant): Promise<Instant | null> {
  const row = await loadThrottle(tx, key);
  if (!row || plus(row.since, window) <= now) return null;
  return row.count >= limit ? plus(row.since, window) : null;
}

/** Forgets what was counted under `key`. */
export const forget = resetThrottle;
