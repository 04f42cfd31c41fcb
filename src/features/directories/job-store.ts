import { sql } from "kysely";
import * as z from "zod";
import { type LocalisedText, languages } from "../../kernel/language.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { DirectoryTask } from "../../ports/directory.ts";
import type { Account } from "../organisations/index.ts";
import type { JobState, Propagation } from "./contract.ts";
import { ranks } from "./rank-store.ts";

/** Where a job's sealed values lie. */
export const placeOf = (column: "memory" | "pass", jobId: number | string) => ({
  table: "directory_job",
  column,
  row: String(jobId),
});

export const stateOf = z.enum(["waiting", "done", "failed", "withheld"]) satisfies z.ZodType<JobState>;
export const titleOf: z.ZodType<LocalisedText> = z.partialRecord(z.enum(languages), z.string());

type NewJobs = Readonly<{
  account: Pick<Account, "id" | "organisationId" | "category">;
  task: DirectoryTask["task"];
  cause: Readonly<{ id: string | null; at: Instant }>;
}>;

/**
 * Inserts a job for each directory that has the account, and wakes the nodes when the transaction commits. A directory that
 * is closed for a while is told later; one that was never open, nothing.
 *
 * An account's state is read when its job is carried: one that waits already stands for this cause too, unless somebody
 * follows it. Its row is written, so that nobody claims it, and reads the account, before this transaction has committed.
 * What the account has to wait for from now on, this cause waits for: it takes its rank.
 */
export async function insertJobs(tx: Tx, { account, task, cause }: NewJobs): Promise<number> {
  const collapses = task === "account" && cause.id === null;
  const rank = task === "reset" ? ranks.watched : ranks.caused;
  const { rows } = await sql<{ count: number }>`
    with standing as (
      update directory_job set rank = least(rank, ${rank}::smallint),
        since = case when rank = ${ranks.bulk} then ${cause.at} else since end
      where account_id = ${account.id} and state = 'waiting' and (leased_until is null or leased_until <= ${cause.at})
        and (rank > ${rank} or (${collapses} and task = 'account'))
      returning directory_id
    ), told as (
      insert into directory_job (directory_id, account_id, task, cause_id, state, rank, next_attempt_at, made_at, since)
      select id, ${account.id}::uuid, ${task}, ${cause.id}::uuid, 'waiting', ${rank}, at.now, at.now, at.now
      from directory, (select ${cause.at}::timestamptz as now) as at
      where organisation_id = ${account.organisationId} and (state = 'open' or closed_at is not null)
        and (categories = '{}' or ${account.category} = any (categories))
        and id not in (select directory_id from standing where ${collapses})
      returning id
    )
    select count(*) as count, pg_notify('vahva_directory_job', '') from told`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** Keeps the account's waiting jobs back, the ones being carried too: what their attempts report is not saved. */
export async function withholdJobs(tx: Tx, accountId: string): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable("directory_job")
    .set({ state: "withheld", next_attempt_at: null, leased_until: null })
    .where("account_id", "=", accountId)
    .where("state", "=", "waiting")
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Counts what waits for a directory as put to work now, since it has opened; resolves to how much that is. */
export async function resumeJobs(tx: Tx, directoryId: string, now: Instant): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable("directory_job")
    .set({ since: now, alarmed_at: null, next_attempt_at: now, in_vain: 0 })
    .where("directory_id", "=", directoryId)
    .where("state", "=", "waiting")
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

const select = (db: Db | Tx) =>
  db
    .selectFrom("directory_job as job")
    .innerJoin("directory", "directory.id", "job.directory_id")
    .select(["job.id", "job.state", "job.attempts", "job.next_attempt_at", "job.leased_until", "job.made_at"])
    .select(["job.ended_at", "job.removed", "job.total", "job.remaining", "job.pass_expires_at", "job.reason"])
    .select(["directory.title", "directory.kind", "directory.set_up_url", "directory.state as directory_state"])
    .select(({ eb }) => eb("job.pass", "is not", null).as("has_pass"));

/** How far the jobs of `causeId` are, in the order of the directories. */
export async function readPropagation(db: Db | Tx, causeId: string, now: Instant): Promise<Propagation[]> {
  const rows = await select(db)
    .where("job.cause_id", "=", causeId)
    .orderBy("directory.position")
    .orderBy("directory.name")
    .orderBy("job.id")
    .execute();
  return rows.map((row) => ({
    id: String(row.id),
    title: titleOf.parse(row.title),
    kind: row.kind,
    setUpUrl: row.set_up_url,
    state: stateOf.parse(row.state),
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    isPaused: row.state === "waiting" && row.directory_state === "closed",
    madeAt: row.made_at,
    endedAt: row.ended_at,
    removed: row.removed,
    total: row.total,
    left: row.remaining,
    hasPass: row.has_pass === true && row.pass_expires_at !== null && row.pass_expires_at > now,
    passShown: row.has_pass !== true && row.pass_expires_at !== null,
    passRefused: row.state === "done" && row.reason !== null,
  }));
}

/** Takes the job's pass away and opens it: one statement, so that of many at once one gets it. */
export async function takePass(
  tx: Tx,
  keyring: Pick<Keyring, "open">,
  jobId: string,
  now: Instant,
): Promise<Readonly<{ value: string; expiresAt: Instant }> | null> {
  if (!/^\d{1,15}$/.test(jobId)) return null;
  const { rows } = await sql<{ pass: Buffer; expires_at: Date }>`
    with taken as (
      select id, pass, pass_expires_at from directory_job
      where id = ${jobId} and pass is not null and pass_expires_at > ${now}
      for update
    )
    update directory_job set pass = null from taken where directory_job.id = taken.id
    returning taken.pass, taken.pass_expires_at as expires_at`.execute(tx);
  const [row] = rows;
  return row ? { value: keyring.open(placeOf("pass", jobId), row.pass).toString(), expiresAt: row.expires_at } : null;
}
