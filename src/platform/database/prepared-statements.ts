import type { PostgresPool, PostgresPoolClient } from "kysely";
import type { Pool, PoolClient } from "pg";

/** A longer list of values is written rarely, and each length of it would be a statement of its own. */
const mostParameters = 40;
/** Far more than the service has; what is built from what people ask for can't fill a connection's memory. */
const mostStatements = 500;

/**
 * The pool for Kysely, with its statements prepared: PostgreSQL parses and plans each once on a connection, not at every
 * request. One that asks for `*` is not prepared: a migration that adds a column while this version serves would change
 * what it returns, and PostgreSQL then refuses the prepared one ("cached plan must not change result type").
 */
export function withPreparedStatements(pool: Pool): PostgresPool {
  const names = new Map<string, string | null>();
  const nameOf = (text: string, parameters: number): string | null => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= mostStatements) return null;
    const name = parameters === 0 || parameters > mostParameters || text.includes("*") ? null : `kysely-${names.size}`;
    names.set(text, name);
    return name;
  };

  const clients = new WeakMap<PoolClient, PostgresPoolClient>();
  const wrap = (client: PoolClient): PostgresPoolClient => {
    const query = (text: string, values: readonly unknown[]) => {
      const name = nameOf(text, values.length);
      return name === null ? client.query(text, [...values]) : client.query({ name, text, values: [...values] });
    };
    return {
      // Kysely's type has a second form for cursors, which nobody here uses, and types rows by the caller's word.
      query: query as unknown as PostgresPoolClient["query"],
      release: (error) => client.release(error),
    };
  };
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      const known = clients.get(client) ?? wrap(client);
      clients.set(client, known);
      return known;
    },
  };
}
