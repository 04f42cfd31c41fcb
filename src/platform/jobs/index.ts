import { type RawBuilder, sql } from "kysely";
import type { Duration } from "../../kernel/time.ts";
import type { Db } from "../database/index.ts";

/** Housekeeping: something to be done every so often, by one node at a time. */
export type Job = { name: string; every: Duration; run(): Promise<unknown> };

type Log = { error(fields: object, message: string): void };

const lockOf = (name: string): RawBuilder<boolean> =>
  sql<boolean>`pg_try_advisory_xact_lock(hashtext(${`vahva job ${name}`}))`;

/**
 * Runs each job soon after the start and every so often from then on. A node that finds another one at it leaves it to
 * that; a job that fails is logged and tried again at its next time. `stop` waits for what is under way.
 *
 * One job after another: each holds a connection for its lock and works on a second one. All at once they could hold
 * every connection there is, and wait for each other.
 */
export function startJobs(jobs: readonly Job[], { db, log }: { db: Db; log: Log }): { stop(): Promise<void> } {
  let stopping = false;
  let underWay = Promise.resolve();
  const runOnce = (job: Job): Promise<void> =>
    db
      .transaction()
      .execute(async (tx) => {
        const { rows } = await sql<{ free: boolean }>`select ${lockOf(job.name)} as free`.execute(tx);
        if (rows[0]?.free) await job.run();
      })
      .catch((error) => log.error({ err: error, job: job.name }, "a job failed"));
  const tick = (job: Job) => {
    underWay = underWay.then(() => (stopping ? undefined : runOnce(job)));
  };
  const timers = jobs.flatMap((job) => [
    setTimeout(() => tick(job), 5_000 + Math.min(job.every, 25_000)).unref(),
    setInterval(() => tick(job), job.every).unref(),
  ]);
  return {
    stop: async () => {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      await underWay;
    },
  };
}
