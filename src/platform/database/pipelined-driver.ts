import { CompiledQuery, type DatabaseConnection, PostgresDriver, type TransactionSettings } from "kysely";

/**
 * Kysely's PostgreSQL driver, save that `begin` does not wait for its answer: on a pipelined connection it travels with
 * the transaction's first statement. Should it fail, so does every statement after it.
 */
export class PipelinedDriver extends PostgresDriver {
  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    if (settings.isolationLevel || settings.accessMode) return super.beginTransaction(connection, settings);
    connection.executeQuery(CompiledQuery.raw("begin")).catch(() => {});
  }
}
