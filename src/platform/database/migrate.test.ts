import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { testDatabase } from "../../../test/harness/database.ts";
import { PlainError } from "../../kernel/plain-error.ts";
import { migrate, pendingMigrations } from "./index.ts";

/** A database of this version, as `change` leaves it. */
async function changed(t: { after(end: () => Promise<void>): void }, change: string) {
  const { url, drop } = await testDatabase();
  t.after(drop);
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(change);
  return { url, run };
}

test("OPS-4 a migration that databases had with another text is refused by its name, and nothing is changed", async (t) => {
  const { url } = await changed(t, "update migration set hash = 'other' where name = '0002_sessions.sql'");
  for (const begin of [migrate, pendingMigrations])
    await assert.rejects(
      begin(url),
      (error) => error instanceof PlainError && /0002_sessions\.sql/.test(error.message),
    );
});

test("OPS-4 a database that was made while 0006 was without a column is brought up to date all the same", async (t) => {
  const former = "6e28a099b5b62d8e8c435844710e2b27c5dc01e99b873cff022b5bbf05a80d00";
  const { url, run } = await changed(
    t,
    `update migration set hash = '${former}' where name = '0006_activation.sql';
     alter table invitation drop column expected_identity;
     delete from migration where name in ('0018_invitation_identity.sql', '0019_expected_identities.sql')`,
  );
  assert.equal(await migrate(url), 2);
  assert.equal(await pendingMigrations(url), 0);
  await run("select expected_identity from invitation");
});
