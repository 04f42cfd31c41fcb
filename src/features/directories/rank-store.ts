import { type RawBuilder, sql } from "kysely";

/**
 * What is carried first: resets, which somebody watches; what has a cause; and last what nobody waits for, which an
 * operator has told a directory of all its accounts, and which is never late.
 */
export const ranks = { watched: 0, caused: 1, bulk: 2 } as const;

/**
 * The rank of a job that is put back behind others, as an expression over `directory_job`: jobs of its account that came
 * meanwhile wait for it, so it goes before the others as they would.
 */
export const rankAmongOwn: RawBuilder<number> = sql<number>`least(directory_job.rank, (
  select min(own.rank) from directory_job own
  where own.directory_id = directory_job.directory_id and own.account_id = directory_job.account_id and own.state = 'waiting'
))`;
