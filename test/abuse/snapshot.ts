import { sql } from "kysely";
import type { Db } from "../../src/platform/database/index.ts";

/** Every row of every table as JSON, by table; bytes are written as `\x…`. What a thief of the database reads. */
export async function readEverything(db: Db): Promise<Map<string, string[]>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by 1`.execute(db);
  const all = new Map<string, string[]>();
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`
      select row_to_json(t)::text as row from ${sql.table(name)} t order by 1`.execute(db);
    all.set(
      name,
      rows.map(({ row }) => row),
    );
  }
  return all;
}

/** The tables whose rows differ. */
export const changedTables = (before: Map<string, string[]>, after: Map<string, string[]>): string[] =>
  [...after.keys()].filter((name) => JSON.stringify(before.get(name)) !== JSON.stringify(after.get(name)));
