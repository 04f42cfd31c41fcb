// Writes src/platform/database/tables.ts, the types of the database, from a database that has just been migrated.
// With --check it only says whether the file is as it should be.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { migrate } from "../src/platform/database/migrate.ts";
import { startTestServer } from "../test/harness/server.ts";

type Column = {
  table: string;
  comment: string | null;
  name: string;
  type: string;
  nullable: boolean;
  generated: boolean;
};

const head = `// Written by \`npm run db:schema\` from the migrated database. Do not edit.
import type { ColumnType } from "kysely";

export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** jsonb: read as a value, written as JSON text. */
export type Json = ColumnType<unknown, string, string>;
export type Generated<T> =
  T extends ColumnType<infer S, infer I, infer U> ? ColumnType<S, I | undefined, U> : ColumnType<T, T | undefined, T>;
`;

/** How each type of PostgreSQL is read and written; `platform/database` has the driver read bigint as a number and a date as text. */
const types: Readonly<Record<string, string>> = {
  text: "string",
  uuid: "string",
  bytea: "Buffer",
  boolean: "boolean",
  smallint: "number",
  integer: "number",
  bigint: "number",
  "double precision": "number",
  "text[]": "string[]",
  "uuid[]": "string[]",
  "integer[]": "number[]",
  "bigint[]": "number[]",
  date: "string",
  "timestamp with time zone": "Timestamp",
  json: "Json",
  jsonb: "Json",
};

const nullable: Readonly<Record<string, string>> = {
  Timestamp: "ColumnType<Date | null, Date | string | null, Date | string | null>",
  Json: "ColumnType<unknown, string | null, string | null>",
};

const columns = `
  select c.relname as table, obj_description(c.oid, 'pg_class') as comment, a.attname as name,
    format_type(a.atttypid, null) as type, not a.attnotnull as nullable,
    a.atthasdef or a.attidentity <> '' as generated
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> 'migration'
  order by c.oid, a.attnum`;

async function readColumns(): Promise<Column[]> {
  const server = await startTestServer();
  try {
    await migrate(server.url);
    const client = new Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query<Column>(columns);
    await client.end();
    return rows;
  } finally {
    await server.stop();
  }
}

function typeOf({ table, name, type, nullable: isNullable, generated }: Column): string {
  const plain = types[type];
  if (!plain)
    throw new Error(`scripts/schema.ts doesn't know the type ${type} of ${table}.${name}: add it to the list`);
  const own = isNullable ? (nullable[plain] ?? `${plain} | null`) : plain;
  return generated && !isNullable ? `Generated<${own}>` : own;
}

const interfaceName = (table: string) => `${table.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase())}Table`;

function describe(table: string, own: readonly Column[]): string {
  const comment = own[0]?.comment;
  const lines = own.map((column) => `  ${column.name}: ${typeOf(column)};`);
  return `${comment ? `/** ${comment} */\n` : ""}export interface ${interfaceName(table)} {\n${lines.join("\n")}\n}\n`;
}

function write(all: readonly Column[]): string {
  const tables = Map.groupBy(all, ({ table }) => table);
  const bodies = [...tables].map(([table, own]) => describe(table, own));
  const names = [...tables.keys()].sort().map((table) => `  ${table}: ${interfaceName(table)};`);
  return [head, ...bodies, `export interface Tables {\n${names.join("\n")}\n}\n`].join("\n");
}

const path = join(import.meta.dirname, "../src/platform/database/tables.ts");
const wanted = write(await readColumns());
if (!process.argv.includes("--check")) {
  writeFileSync(path, wanted);
} else if (readFileSync(path, "utf8") !== wanted) {
  console.error("src/platform/database/tables.ts is not what the migrations make. Run npm run db:schema.");
  process.exitCode = 1;
}
