import pg from "pg";
import type { Config } from "../../config.ts";
import { type DatabaseServer, openDatabaseServer } from "../../database-server.ts";
import { pendingMigrations } from "../../platform/database/index.ts";
import { advice, type Check, fail, pass, wordsOf } from "./check.ts";

const oldest = 15;
/** Nodes tell the database's time by their own clock and the difference; a large one hints at a broken clock. */
const largestOffset = 5_000;

/** Whether the database answers, is new enough, up to date, and keeps the same time. */
export async function checkDatabase(config: Config, log: (line: string) => void): Promise<Check[]> {
  let server: DatabaseServer;
  try {
    server = await openDatabaseServer(config, { claim: false, log });
  } catch (error) {
    return [fail("Database", wordsOf(error), "Set DATABASE_URL to a PostgreSQL of your own, or mend the data folder.")];
  }
  try {
    return await look(server);
  } catch (error) {
    const todo = "Check DATABASE_URL, that the server runs, and that its pg_hba.conf lets this machine in.";
    return [fail("Database", `It can't be used: ${wordsOf(error)}.`, todo)];
  } finally {
    await server.stop();
  }
}

async function look({ url, embedded }: DatabaseServer): Promise<Check[]> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "vahva-doctor",
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    const asked = Date.now();
    const { rows } = await client.query<{ version: string; now: Date }>(
      "select current_setting('server_version_num') as version, clock_timestamp() as now",
    );
    const middle = (asked + Date.now()) / 2;
    const major = Math.floor(Number(rows[0]?.version ?? 0) / 10_000);
    const offset = Math.round((rows[0]?.now.getTime() ?? middle) - middle);
    const pending = await pendingMigrations(url);
    return [
      major >= oldest
        ? pass("Database", `PostgreSQL ${major}, ${embedded ? "embedded" : "a server of your own"}.`)
        : fail("Database", `PostgreSQL ${major} is too old.`, `Move to version ${oldest} or newer.`),
      pending === 0
        ? pass("Migrations", "The database is up to date.")
        : advice("Migrations", `${pending} to go.`, '"vahva migrate" applies them; "vahva start" does so too.'),
      Math.abs(offset) <= largestOffset
        ? pass("Clock", `${Math.abs(offset)} ms from the database's.`)
        : fail(
            "Clock",
            `${offset} ms from the database's.`,
            "Let chrony or systemd-timesyncd keep both machines' time.",
          ),
      ...(embedded ? [moving(url)] : []),
    ];
  } finally {
    await client.end();
  }
}

/** The embedded database's address may hold its password: only the folder or port is told. */
function moving(url: string): Check {
  const given = new URL(url.replace(/^(postgres(?:ql)?:\/\/[^/]*@?)\/(?=[^/?]*\?)/, "$1localhost/"));
  const host = given.searchParams.get("host") ?? given.hostname;
  const port = given.port || "5432";
  return advice(
    "Own server",
    "The embedded database serves one node.",
    "To move: create an empty database on a server of your own. While Vahva runs and nobody uses it, with PostgreSQL 18's tools: " +
      `pg_dump --no-owner --host "${host}" --port ${port} --username ${decodeURIComponent(given.username) || "vahva"} vahva | psql --single-transaction --set ON_ERROR_STOP=1 "$DATABASE_URL". ` +
      "Then stop Vahva, set DATABASE_URL, keep the secret it has, and start it again.",
  );
}
