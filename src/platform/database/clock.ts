import type { Pool } from "pg";
import type { Clock } from "../../ports/clock.ts";

/** How often a node measures how far its clock is from the database's. */
const interval = 60_000;

/**
 * The database's clock, told from this node's and the offset between them: nodes with different clocks judge alike.
 * Measures once before it resolves, then every minute; an outage keeps the last offset.
 */
export async function makeDatabaseClock(pool: Pool): Promise<Clock & { offset(): number; stop(): void }> {
  let offset = 0;
  const measure = async () => {
    const asked = Date.now();
    const { rows } = await pool.query<{ now: Date }>("select clock_timestamp() as now");
    const answered = Date.now();
    const now = rows[0]?.now;
    if (now) offset = now.getTime() - (asked + answered) / 2;
  };
  await measure();
  const timer = setInterval(() => measure().catch(() => {}), interval).unref();
  return {
    now: () => new Date(Date.now() + offset),
    offset: () => offset,
    stop: () => clearInterval(timer),
  };
}
