import { sql } from "kysely";
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

export const loadThrottle = (tx: Tx | Db, key: string): Promise<Row | undefined> =>
  tx.selectFrom("throttle").select(["count", "since"]).where("key", "=", key).executeTakeFirst();

export async function resetThrottle(tx: Tx | Db, key: string): Promise<void> {
  await tx.deleteFrom("throttle").where("key", "=", key).execute();
}

/** Deletes counters that were begun before `instant`; resolves to how many. */
export async function sweepThrottles(tx: Tx | Db, instant: Instant): Promise<number> {
  const { numDeletedRows } = await tx.deleteFrom("throttle").where("since", "<", instant).executeTakeFirst();
  return Number(numDeletedRows);
}
