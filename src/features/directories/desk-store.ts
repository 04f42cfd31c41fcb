import { type SqlBool, sql } from "kysely";
import { type Instant, minutes, plus } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { DirectoryTask } from "../../ports/directory.ts";
import type { JobState } from "./contract.ts";
import { stateOf } from "./job-store.ts";
import { rankAmongOwn, ranks } from "./rank-store.ts";

/** What an operator sees of a job. */
export type StoredJob = Readonly<{
  id: number;
  organisationId: string;
  /** The directory's name. */
  directory: string;
  accountId: string;
  task: DirectoryTask["task"];
  state: JobState;
  attempts: number;
  /** Why it failed, or why it still waits. */
  reason: string | null;
  left: readonly string[];
  madeAt: Instant;
  nextAttemptAt: Instant | null;
  /** Its directory is closed for now. */
  isPaused: boolean;
}>;

/** What jobs are asked for by. `partly`: done, but something is left there, or the pass was not issued. */
export type Listing = Exclude<JobState, "done"> | "partly";

type Query = Readonly<{ organisationId: string | null; directory: string | null; state: Listing | null }>;

const columns = [
  "job.id",
  "directory.organisation_id as organisationId",
  "directory.name as directory",
  "job.account_id as accountId",
  "job.task",
  "job.state",
  "job.attempts",
  "job.reason",
  "job.remaining as left",
  "job.made_at as madeAt",
  "job.next_attempt_at as nextAttemptAt",
  "directory.state as directoryState",
] as const;

const toJob = <Row extends { task: string; state: string; directoryState: string }>({
  directoryState,
  ...row
}: Row) => ({
  ...row,
  task: row.task === "reset" ? ("reset" as const) : ("account" as const),
  state: stateOf.parse(row.state),
  isPaused: row.state === "waiting" && directoryState === "closed",
});

const isPartly = sql<SqlBool>`job.state = 'done' and (job.remaining <> '{}' or job.reason is not null)`;

/** The jobs of a state, or all that are not done, the earliest first, at most `limit`. */
export async function listJobs(
  db: Db | Tx,
  { organisationId, directory, state }: Query,
  limit: number,
): Promise<StoredJob[]> {
  const rows = await db
    .selectFrom("directory_job as job")
    .innerJoin("directory", "directory.id", "job.directory_id")
    .select(columns)
    .where(state === "partly" ? isPartly : sql<SqlBool>`job.state <> 'done'`)
    .$if(state !== null && state !== "partly", (query) => query.where("job.state", "=", state))
    .$if(organisationId !== null, (query) => query.where("directory.organisation_id", "=", organisationId))
    .$if(directory !== null, (query) => query.where("directory.name", "=", directory))
    .orderBy("job.id")
    .limit(limit)
    .execute();
  return rows.map(toJob);
}

/** The job, locked until the transaction ends, unless it is done. */
export async function lockJob(tx: Tx, id: number): Promise<StoredJob | null> {
  const row = await tx
    .selectFrom("directory_job as job")
    .innerJoin("directory", "directory.id", "job.directory_id")
    .select(columns)
    .where("job.id", "=", id)
    .where("job.state", "<>", "done")
    .forUpdate("job")
    .executeTakeFirst();
  return row ? toJob(row) : null;
}

/** The directory's dead letters behind the job `after`, in their order and at most `limit`, locked. */
export async function lockFailed(tx: Tx, directoryId: string, after: number, limit: number): Promise<StoredJob[]> {
  const rows = await tx
    .selectFrom("directory_job as job")
    .innerJoin("directory", "directory.id", "job.directory_id")
    .select(columns)
    .where("job.directory_id", "=", directoryId)
    .where("job.state", "=", "failed")
    .where("job.id", ">", after)
    .orderBy("job.id")
    .limit(limit)
    .forUpdate("job")
    .execute();
  return rows.map(toJob);
}

/** Puts jobs to work again from now on, with what their earlier attempts have noted; wakes the nodes. */
export async function putToWork(tx: Tx, ids: readonly number[], now: Instant): Promise<void> {
  await tx
    .with("again", (query) =>
      query
        .updateTable("directory_job")
        .set({ state: "waiting", next_attempt_at: now, since: now, alarmed_at: null, ended_at: null })
        .set({ reason: null, remaining: [], in_vain: 0, rank: rankAmongOwn })
        .where("id", "in", [...ids]),
    )
    .selectNoFrom(sql`pg_notify('vahva_directory_job', '')`.as("notified"))
    .execute();
}

export async function deleteJob(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom("directory_job").where("id", "=", id).execute();
}

/** How many jobs there are of each state but `done`. */
export async function countJobs(db: Db | Tx): Promise<Record<Exclude<JobState, "done">, number>> {
  const rows = await db
    .selectFrom("directory_job")
    .select(["state", ({ fn }) => fn.countAll<number>().as("count")])
    .where("state", "<>", "done")
    .groupBy("state")
    .execute();
  const of = (state: JobState) => rows.find((row) => row.state === state)?.count ?? 0;
  return { waiting: of("waiting"), failed: of("failed"), withheld: of("withheld") };
}

/** How many are done, but not all of it. */
export async function countPartly(db: Db | Tx): Promise<number> {
  const { count } = await db
    .selectFrom("directory_job as job")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where(isPartly)
    .executeTakeFirstOrThrow();
  return count;
}

/** What an operator has to be told of a directory: how many jobs wait too long, and how many have failed. */
export type Alarm = Readonly<{
  organisationId: string;
  directory: string;
  late: number;
  failed: number;
  /** Since when the longest of them has waited. */
  since: Instant;
  /** An alarm of the same directory went out within the hour. */
  isKnown: boolean;
}>;

/** DIR-3 what waits longer raises an alarm. */
const longestWait = minutes(10);

/** One alarm tells of a directory that is away, not one every minute of each of its accounts. */
const oneAlarmPer = minutes(60);

/** Marks what has just failed, or waits too long while something waits for it, as told, once each; adds it up by directory. */
export async function markAlarmed(tx: Tx, now: Instant): Promise<Alarm[]> {
  const { rows } = await sql<Alarm>`
    with marked as (
      update directory_job set alarmed_at = ${now}
      where alarmed_at is null
        and state in ('waiting', 'failed') and (state = 'failed' or rank < ${sql.lit(ranks.bulk)})
        and (state = 'failed' or since <= ${plus(now, -longestWait)})
      returning directory_id, state, since
    )
    select directory.organisation_id as "organisationId", directory.name as directory,
      count(*) filter (where marked.state = 'waiting') as late,
      count(*) filter (where marked.state = 'failed') as failed,
      min(marked.since) as since,
      -- Of before: this statement does not see its own marks.
      exists (
        select from directory_job earlier
        where earlier.directory_id = directory.id and earlier.alarmed_at > ${plus(now, -oneAlarmPer)}
      ) as "isKnown"
    from marked join directory on directory.id = marked.directory_id
    group by directory.id`.execute(tx);
  return rows;
}

/** Erases passes that are over, and forgets what was done before `before`. */
export async function sweepJobs(db: Db, { before, now }: { before: Instant; now: Instant }): Promise<void> {
  await db
    .updateTable("directory_job")
    .set({ pass: null })
    .where("state", "=", "done")
    .where("pass", "is not", null)
    .where("pass_expires_at", "<=", now)
    .execute();
  await db.deleteFrom("directory_job").where("state", "=", "done").where("ended_at", "<", before).execute();
}
