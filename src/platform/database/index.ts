import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type Transaction } from "kysely";
import pg from "pg";
import { letTransactionsPipeline, PipelinedDriver } from "./pipelined-driver.ts";
import { withPreparedStatements } from "./prepared-statements.ts";
import type { Tables } from "./tables.ts";

export { makeDatabaseClock } from "./clock.ts";
export { jsonText, storableText } from "./json.ts";
export { type Listen, makeListen } from "./listen.ts";
export { migrate, pendingMigrations } from "./migrate.ts";
export type { Tables } from "./tables.ts";

/** Reads outside a transaction, and starts one. */
export type Db = Kysely<Tables>;

/** A transaction: what a use case reads and writes as one. */
export type Tx = Transaction<Tables>;

export type Database = {
  db: Db;
  /** The same connections, for the statements that are written by hand for speed (`applications/store.ts`). */
  pool: pg.Pool;
  /** Waits for running statements, then closes every connection. */
  close(): Promise<void>;
};

const INT8_ARRAY: number = 1016; // the type package names no arrays

// Counts and step numbers fit a double; a bigint type in every sum would not be worth it.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(INT8_ARRAY, (text) => text.slice(1, -1).split(",").filter(Boolean).map(Number));
// A day is no moment: as a Date it would be another day in another time zone.
pg.types.setTypeParser(pg.types.builtins.DATE, String);

/**
 * Opens the connection pool. Statements sent without waiting for each other share a round trip (`pipeline`), and a
 * transaction's `begin` travels with its first statement.
 *
 * @param url a PostgreSQL connection string
 * @param connections the most connections open at once
 */
export function openDatabase(url: string, { connections = 10 }: { connections?: number } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    pipeline: true,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    application_name: "vahva",
  } as pg.PoolConfig); // `pipeline` is newer than the type package
  // A connection that breaks is replaced at the next use, and tells its statements; without a listener it would end the
  // process: the pool listens to idle ones only.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new PipelinedDriver({ pool: withPreparedStatements(pool) }),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  letTransactionsPipeline(db);
  return { db, pool, close: () => db.destroy() };
}
