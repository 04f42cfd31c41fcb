import { sql } from "kysely";
import type { Instant } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import { ranks } from "./rank-store.ts";

/** Which of the accounts nothing waits for the directory of that would tell it how they are, in their order. */
export async function withoutWaiting(
  db: Db | Tx,
  directoryId: string,
  accountIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select account.id from unnest(${accountIds}::uuid[]) as account (id)
    where not exists (
      select from directory_job job
      where job.directory_id = ${directoryId} and job.account_id = account.id
        and job.state = 'waiting' and job.task = 'account'
    )
    order by account.id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Inserts a job for each account that nobody waits for, and wakes the nodes when the transaction commits. */
export async function insertBulk(
  tx: Tx,
  directoryId: string,
  accountIds: readonly string[],
  now: Instant,
): Promise<void> {
  await sql`
    with told as (
      insert into directory_job (directory_id, account_id, task, state, rank, next_attempt_at, made_at, since)
      select ${directoryId}, account.id, 'account', 'waiting', ${ranks.bulk}, at.now, at.now, at.now
      from unnest(${accountIds}::uuid[]) as account (id), (select ${now}::timestamptz as now) as at
    )
    select pg_notify('vahva_directory_job', '')`.execute(tx);
}
