import { setImmediate } from "node:timers/promises";
import {
  CompiledQuery,
  type ConnectionProvider,
  type DatabaseConnection,
  type Kysely,
  PostgresDriver,
  type TransactionSettings,
} from "kysely";

/**
 * Kysely's PostgreSQL driver, save that `begin` does not wait for its answer: on a pipelined connection it travels with
 * the transaction's first statement. Should it fail, so does every statement after it. And a statement at the
 * transaction's end that nobody waited for travels with `commit`: should it fail, `commit` says so and throws.
 */
export class PipelinedDriver extends PostgresDriver {
  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    if (settings.isolationLevel || settings.accessMode) return super.beginTransaction(connection, settings);
    connection.executeQuery(CompiledQuery.raw("begin")).catch(() => {});
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    // Whatever was started before is on its way once the promises that are ready now have run.
    await setImmediate();
    return super.commitTransaction(connection);
  }
}

/**
 * Kysely keeps the statements of a transaction waiting for each other's answers. On a pipelined connection PostgreSQL
 * keeps their order, so those that are started together travel together.
 */
export function letTransactionsPipeline<T>(db: Kysely<T>): void {
  const executor = db.getExecutor();
  const withConnectionProvider = executor.withConnectionProvider.bind(executor);
  executor.withConnectionProvider = (provider) => withConnectionProvider(unqueued(provider));
}

function unqueued(provider: ConnectionProvider): ConnectionProvider {
  let connection: Promise<DatabaseConnection> | undefined;
  return {
    provideConnection: async (use) => {
      connection ??= provider.provideConnection(async (only) => only);
      return use(await connection);
    },
  };
}
