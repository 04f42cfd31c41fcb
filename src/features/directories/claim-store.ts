import { type Expression, type SqlBool, sql } from "kysely";
import { type Instant, minutes, plus } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { DirectoryProgress, DirectoryTask } from "../../ports/directory.ts";
import type { JobState } from "./contract.ts";
import { type DirectoryRow, lockOpenDirectory } from "./directory-store.ts";
import { rankAmongOwn } from "./rank-store.ts";

/** How long a claim holds. Whoever claimed must have ended its attempt by then; see `attemptLimit` in attempt.ts. */
const lease = minutes(3);

/** How many jobs of a directory are under way at once, on all nodes together: more, and Graph throttles. */
export const atOnce = 2;

/** A job that one node has for itself until its lease ends. `attempt` tells this claim from a later one. */
export type Claim = Readonly<{
  id: number;
  accountId: string;
  task: DirectoryTask["task"];
  rank: number;
  attempt: number;
  /** How many attempts there were since the last that got on. */
  inVain: number;
  /** How many authenticators earlier attempts have removed. */
  removed: number;
  memory: Buffer | null;
  madeAt: Instant;
  since: Instant;
  directory: DirectoryRow;
}>;

const isDue = (now: Instant) =>
  sql<SqlBool>`job.state = 'waiting' and job.next_attempt_at <= ${now} and (job.leased_until is null or job.leased_until <= ${now})`;

/** The open directories that have something to be told now. */
export async function findDueDirectories(db: Db, now: Instant): Promise<string[]> {
  const rows = await db
    .selectFrom("directory")
    .select("id")
    .where("state", "=", "open")
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("directory_job as job")
          .select("job.id")
          .whereRef("job.directory_id", "=", "directory.id")
          .where(isDue(now)),
      ),
    )
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Claims the directory's next job: of each account the first that waits, and of these by rank. Null when nothing is due, as many as may be are under way, or the directory is closed.
 */
export const claimNext = (db: Db, directoryId: string, now: Instant): Promise<Claim | null> =>
  db.transaction().execute(async (tx) => {
    // One claim of a directory after another, and its statement is younger than this lock: it sees every live lease.
    const directory = await lockOpenDirectory(tx, directoryId);
    if (!directory) return null;
    const row = await claimQuery(tx, directoryId, now).executeTakeFirst();
    if (!row) return null;
    const { task, ...rest } = row;
    return { ...rest, task: task === "reset" ? "reset" : "account", directory };
  });

/** How many of the directory's jobs are under way, on all nodes. */
const liveLeases = (directoryId: string, now: Instant) => sql`
  select count(*) from directory_job live
  where live.directory_id = ${directoryId} and live.state = 'waiting' and live.leased_until > ${now}`;

/**
 * Whether it is the first of its account's that waits, and none of them is under way: an operator may have sent an
 * earlier one again. A value rather than `not exists`, which would be planned as a join of all that waits with itself.
 */
const isFirst = (now: Instant) => sql`job.id = (
  select case when bool_or(own.leased_until > ${now}) then null else min(own.id) end from directory_job own
  where own.directory_id = job.directory_id and own.account_id = job.account_id and own.state = 'waiting'
)`;

const nextQuery = (db: Db | Tx, directoryId: string, now: Instant) =>
  db
    .selectFrom("directory_job as job")
    .select("job.id")
    .where("job.directory_id", "=", directoryId)
    .where(isDue(now))
    .where(sql<SqlBool>`(${liveLeases(directoryId, now)}) < ${atOnce} and ${isFirst(now)}`)
    .orderBy("job.rank")
    .orderBy("job.next_attempt_at")
    .limit(1)
    .forUpdate("job")
    .skipLocked();

const claimQuery = (tx: Tx, directoryId: string, now: Instant) =>
  tx
    .with(
      (cte) => cte("next").materialized(),
      () => nextQuery(tx, directoryId, now),
    )
    .updateTable("directory_job")
    .from("next")
    .set({ leased_until: plus(now, lease), attempts: sql<number>`attempts + 1` })
    .whereRef("directory_job.id", "=", "next.id")
    .returning([
      "directory_job.id",
      "account_id as accountId",
      "task",
      "rank",
      "attempts as attempt",
      "in_vain as inVain",
      sql<number>`coalesce(removed, 0)`.as("removed"),
      "memory",
      "made_at as madeAt",
      "since",
    ]);

/** What claiming asks the database, for the test of its plan. */
export const explainNext = (db: Db, directoryId: string, now: Instant): Promise<{ "QUERY PLAN": string }[]> =>
  nextQuery(db, directoryId, now).explain();

type Mark = Readonly<{ memory: Buffer; progress: DirectoryProgress }>;

/** Notes how far the attempt is; false once the claim has ended: its lease is over, or the job was withheld. */
export async function saveMark(db: Db, claim: Claim, { memory, progress }: Mark, now: Instant): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("directory_job")
    .set({ memory, ...(progress && { removed: progress.removed, total: progress.of }) })
    .where(isOurs(claim))
    .where("leased_until", ">", now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** What becomes of a job by an attempt. */
export type Settlement =
  | Readonly<{ state: "waiting"; nextAttemptAt: Instant; inVain: number; reason: string }>
  | Readonly<{ state: "failed"; reason: string; left: readonly string[] }>
  | Readonly<{ state: "withheld" }>
  | Readonly<{
      state: "done";
      progress: DirectoryProgress;
      left: readonly string[];
      pass: Readonly<{ sealed: Buffer; expiresAt: Instant }> | null;
      /** Why there is no pass although there should be one. */
      noPass: string | null;
    }>;

/** Saves it, unless the claim has ended; whether it did. */
export async function settleClaim(tx: Tx, claim: Claim, settlement: Settlement, now: Instant): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("directory_job")
    .set({ state: settlement.state satisfies JobState, leased_until: null, ...changeOf(settlement, now) })
    .where(isOurs(claim))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

const isOurs = ({ id, attempt }: Claim): Expression<SqlBool> =>
  sql<SqlBool>`id = ${id} and state = 'waiting' and attempts = ${attempt} and leased_until is not null`;

function changeOf(settlement: Settlement, now: Instant) {
  switch (settlement.state) {
    case "waiting":
      return {
        next_attempt_at: settlement.nextAttemptAt,
        in_vain: settlement.inVain,
        reason: settlement.reason,
        rank: rankAmongOwn,
      };
    case "withheld":
      return { next_attempt_at: null };
    case "failed":
      return {
        next_attempt_at: null,
        reason: settlement.reason,
        remaining: [...settlement.left],
        ended_at: now,
      };
    case "done":
      return {
        next_attempt_at: null,
        ended_at: now,
        reason: settlement.noPass,
        memory: null,
        remaining: [...settlement.left],
        pass: settlement.pass?.sealed ?? null,
        pass_expires_at: settlement.pass?.expiresAt ?? null,
        ...(settlement.progress && { removed: settlement.progress.removed, total: settlement.progress.of }),
      };
  }
}
