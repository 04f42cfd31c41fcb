import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import pg from "pg";
import { PlainError } from "../../kernel/plain-error.ts";

const folder = new URL("../../../migrations/", import.meta.url);

/** Any number will do, as long as every node asks for the same: only one migrates at a time. */
const migrationLock = 8_242_482;

/** What migrations once were, as hashes, where databases have run that text; a later migration adds what it lacked. */
const formerly: Readonly<Record<string, readonly string[]>> = {
  "0006_activation.sql": ["6e28a099b5b62d8e8c435844710e2b27c5dc01e99b873cff022b5bbf05a80d00"],
};

type Migration = { name: string; sql: string; hash: string };
type Progress = (done: number, total: number, name: string) => void;

async function migrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), "utf8");
      return { name, sql, hash: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/** The migrations that the database has not had yet, in order; throws a `PlainError` when one it had was edited. */
async function pending(client: pg.Client): Promise<Migration[]> {
  const { rows: table } = await client.query("select to_regclass('migration') is not null as exists");
  const { rows } = table[0].exists ? await client.query("select name, hash from migration") : { rows: [] };
  const applied = new Map<string, string>(rows.map((row) => [row.name, row.hash]));
  const all = await migrations();
  const known = new Set(all.map(({ name }) => name));
  const newer = [...applied.keys()].find((name) => !known.has(name));
  if (newer)
    throw new PlainError(
      `The database was migrated by a newer version of Vahva (${newer}). Start that version, or restore a backup.`,
    );
  const edited = all.find(({ name, hash }) => {
    const had = applied.get(name);
    return had !== undefined && had !== hash && !formerly[name]?.includes(had);
  });
  if (edited)
    throw new PlainError(
      `The migration ${edited.name} is not the one this database had. Install an unchanged copy of Vahva.`,
    );
  return all.filter(({ name }) => !applied.has(name));
}

async function connected<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "vahva-migrate" });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

/** How many migrations the database at `url` still needs. */
export const pendingMigrations = (url: string): Promise<number> =>
  connected(url, async (client) => (await pending(client)).length);

/**
 * Brings the database at `url` to this version's schema, each migration in a transaction of its own. Nodes that start
 * together wait for the one that migrates. Resolves to how many were applied.
 */
export const migrate = (url: string, progress: Progress = () => {}): Promise<number> =>
  connected(url, async (client) => {
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    await client.query(
      "create table if not exists migration (name text primary key, hash text not null, applied_at timestamptz not null default now())",
    );
    const todo = await pending(client);
    for (const [index, { name, sql, hash }] of todo.entries()) {
      await client.query("begin");
      await client.query(sql);
      await client.query("insert into migration (name, hash) values ($1, $2)", [name, hash]);
      await client.query("commit");
      progress(index + 1, todo.length, name);
    }
    return todo.length;
  });
