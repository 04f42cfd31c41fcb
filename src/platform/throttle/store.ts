import { type RawBuilder, sql } from "kysely";
import * as z from "zod";
import { type Duration, type Instant, plus } from "../../kernel/time.ts";
import type { Db, Tx } from "../database/index.ts";

type Row = { count: number; since: Instant };

/** Counts one more under `key`, beginning anew when `window` has passed; one statement, so that none is lost. */
export async function bump(tx: Tx | Db, key: string, now: Instant, window: Duration): Promise<Row> {
  const over = plus(now, -window);
  return tx
    .insertInto("throttle")
    .values({ key, count: 1, since: now })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet({
        count: sql<number>`case when throttle.since <= ${over} then 1 else throttle.count + 1 end`,
        since: sql<Date>`case when throttle.since <= ${over} then ${now} else throttle.since end`,
      }),
    )
    .returning(["count", "since"])
    .executeTakeFirstOrThrow();
}

/**
 * Reads the counter of `key` in turn with those who count, so that none of them is overlooked; one statement. It stays as
 * it is, or at `limit` rises as `bump` would. With `reset` what was counted below the limit is forgotten.
 */
export async function pass(
  tx: Tx | Db,
  { key, limit, window, reset }: { key: string; limit: number; window: Duration; reset: boolean },
  now: Instant,
): Promise<Row> {
  const over = plus(now, -window);
  const below = reset ? sql`0` : sql`throttle.count`;
  return tx
    .insertInto("throttle")
    .values({ key, count: 0, since: now })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet({
        count: sql<number>`case when throttle.since <= ${over} then 0 when throttle.count >= ${limit} then throttle.count + 1 else ${below} end`,
        since: sql<Date>`case when throttle.since <= ${over} then ${now} else throttle.since end`,
      }),
    )
    .returning(["count", "since"])
    .executeTakeFirstOrThrow();
}

/** The counters of `keys` as a value of another statement, for `readJoinedThrottles`. */
export const joinedThrottles = (keys: readonly string[]): RawBuilder<unknown> =>
  sql`(select coalesce(jsonb_agg(jsonb_build_object('key', key, 'count', count, 'since', since)), '[]') from throttle where key = any(${[...keys]}::text[]))`;

const joinedSchema = z.array(z.object({ key: z.string(), count: z.number(), since: z.coerce.date() }));

export const readJoinedThrottles = (value: unknown): Map<string, Row> =>
  new Map(joinedSchema.parse(value).map(({ key, ...row }) => [key, row]));

/** Deletes counters that were begun before `instant`; resolves to how many. */
export async function sweepThrottles(tx: Tx | Db, instant: Instant): Promise<number> {
  const { numDeletedRows } = await tx.deleteFrom("throttle").where("since", "<", instant).executeTakeFirst();
  return Number(numDeletedRows);
}
