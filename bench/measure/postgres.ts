import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startEmbeddedPostgres } from "../../src/platform/embedded-postgres/index.ts";
import { removeDatabase } from "../../test/harness/server.ts";
import { cpuOf } from "./process.ts";

/** What PostgreSQL has spent on one database so far. */
export type Spent = { cpu: ReadonlyMap<number, number>; wal: number };

export type Postgres = Awaited<ReturnType<typeof startPostgres>>;

/** The embedded PostgreSQL with the settings that the service gives it, fsync and all, in a folder of its own. */
export async function startPostgres() {
  const directory = mkdtempSync(join(tmpdir(), "vahva-bench-"));
  chmodSync(directory, 0o711); // root's server runs as another user
  const server = await startEmbeddedPostgres({ directory, claim: true });
  const admin = await connect(server.url);
  const urlOf = (name: string) => server.url.replace(/\/[^/?]*(?=\?|$)/, `/${name}`);
  return {
    /** Makes an empty database; resolves to its address. */
    async database(name: string): Promise<string> {
      await admin.query(`create database ${name}`);
      return urlOf(name);
    },
    async version(): Promise<string> {
      const { rows } = await admin.query<{ server_version: string }>("show server_version");
      return rows[0]?.server_version.split(" ")[0] ?? "";
    },
    /** CPU of each backend of a database (microseconds), and how far the write-ahead log has come (bytes, all databases). */
    async spent(url: string): Promise<Spent> {
      const name = /\/([^/?]*)(?:\?|$)/.exec(url)?.[1];
      const { rows } = await admin.query<{ pids: number[] | null; wal: string }>(
        "select array_agg(pid) as pids, pg_current_wal_insert_lsn() - '0/0' as wal from pg_stat_activity where datname = $1",
        [name],
      );
      const { pids, wal } = rows[0] ?? { pids: null, wal: "0" };
      return { cpu: new Map((pids ?? []).map((pid) => [pid, cpuOf(pid)])), wal: Number(wal) };
    },
    async stop() {
      await admin.end();
      await server.stop();
      removeDatabase(directory);
    },
  };
}

/** Of all backends together, those that came between included. */
export function between(before: Spent, after: Spent): { cpu: number; wal: number } {
  let cpu = 0;
  for (const [pid, now] of after.cpu) cpu += now - (before.cpu.get(pid) ?? 0);
  return { cpu, wal: after.wal - before.wal };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

export async function withClient<T>(url: string, run: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(url);
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

type PlanNode = { "Node Type": string; "Relation Name"?: string; "Index Name"?: string; Plans?: PlanNode[] };

/** Each large table that a statement would read from end to end, by its plan for any parameters. */
export async function scansOf(client: Client, text: string, isLarge: (table: string) => boolean): Promise<string[]> {
  const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: PlanNode }] }>(
    `explain (generic_plan, format json) ${text}`,
  );
  const found: string[] = [];
  const walk = (node: PlanNode) => {
    const table = node["Relation Name"] ?? "";
    if (node["Node Type"] === "Seq Scan" && isLarge(table)) found.push(table);
    node.Plans?.forEach(walk);
  };
  const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
  if (plan) walk(plan);
  return found;
}
