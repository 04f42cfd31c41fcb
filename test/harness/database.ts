import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { migrate } from "../../src/platform/database/index.ts";
import { startTestServer } from "./server.ts";

/** Any number will do, as long as every test process asks for the same. */
const templateLock = 20_261_122;

let admin: Promise<string> | undefined;
let template: Promise<string> | undefined;

/** A new, migrated, empty database; `drop` removes it, whoever is still connected. */
export async function testDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  admin ??= adminUrl();
  const server = await admin;
  template ??= makeTemplate(server);
  const name = `test_${randomBytes(6).toString("hex")}`;
  const from = await template;
  await query(server, `create database ${name} template ${from} strategy file_copy`);
  return { url: urlTo(server, name), drop: () => query(server, `drop database if exists ${name} with (force)`) };
}

/** The server that `npm test` started for all, or one for this process alone that ends with it. */
async function adminUrl(): Promise<string> {
  const given = process.env.VAHVA_TEST_POSTGRES;
  if (given) return given;
  const server = await startTestServer();
  process.once("beforeExit", () => server.stop());
  return server.url;
}

/** The database that the others are copies of: migrated by whichever process comes first, anew when a migration changes. */
async function makeTemplate(server: string): Promise<string> {
  const name = `vahva_template_${migrationsHash()}`;
  const client = await connect(server);
  try {
    await client.query("select pg_advisory_lock($1)", [templateLock]);
    const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
    if (rowCount) return name;
    await client.query(`drop database if exists ${name}_unfinished with (force)`);
    await client.query(`create database ${name}_unfinished`);
    await migrate(urlTo(server, `${name}_unfinished`));
    await client.query(`alter database ${name}_unfinished rename to ${name}`);
    return name;
  } finally {
    await client.end();
  }
}

function migrationsHash(): string {
  const folder = join(import.meta.dirname, "../..", "migrations");
  const hash = createHash("sha256");
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest("hex").slice(0, 12);
}

/** The same server, another database: the URL's path, whether it names a host or a socket. */
const urlTo = (server: string, database: string) => server.replace(/\/[^/?]*(?=\?|$)/, `/${database}`);

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

async function query(url: string, statement: string) {
  const client = await connect(url);
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
