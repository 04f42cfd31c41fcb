import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { testDatabase } from "../../../test/harness/database.ts";
import { type Database, openDatabase } from "./index.ts";

let scratch: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
before(async () => {
  scratch = await testDatabase();
  database = openDatabase(scratch.url, { connections: 1 });
});
after(async () => {
  await database.close();
  await scratch.drop();
});

const prepared = async (): Promise<string[]> => {
  const { rows } = await database.pool.query<{ statement: string }>("select statement from pg_prepared_statements");
  return rows.map(({ statement }) => statement);
};

test("a statement is prepared once, however often and in whatever company it is asked", async () => {
  const ask = (key: string) => database.db.selectFrom("throttle").select("count").where("key", "=", key).execute();
  await Promise.all(["a", "b", "c"].map(ask));
  await database.db
    .transaction()
    .execute((tx) =>
      Promise.all([1, 2, 3].map((n) => tx.selectFrom("throttle").select("count").where("key", "=", `${n}`).execute())),
    );
  assert.equal((await prepared()).filter((text) => text.includes('from "throttle"')).length, 1);
});

test("a column that a migration adds while this version serves breaks nothing", async () => {
  const all = () => database.db.selectFrom("throttle").selectAll().where("key", "=", "a").execute();
  const some = () => database.db.selectFrom("throttle").select(["key"]).where("key", "=", "a").execute();
  for (let n = 0; n < 7; n += 1) await Promise.all([all(), some()]);
  await database.pool.query("alter table throttle add column later integer default 1");
  await Promise.all([all(), some()]);
});

test("a statement that failed in a transaction is there for the next one", async () => {
  const divide = (by: number) => sql<{ n: number }>`select 6 / ${by}::integer as n`;
  const lost = database.db.transaction().execute(async (tx) => {
    await Promise.all([divide(0).execute(tx), divide(2).execute(tx), divide(3).execute(tx)]);
  });
  await assert.rejects(lost, /division by zero/);
  const { rows } = await divide(2).execute(database.db);
  assert.equal(rows[0]?.n, 3);
});

test("lists of many lengths leave no statement each behind", async () => {
  for (let length = 41; length < 45; length += 1)
    await database.db
      .selectFrom("throttle")
      .select("count")
      .where(
        "key",
        "in",
        Array.from({ length }, (_, n) => `${n}`),
      )
      .execute();
  assert.equal((await prepared()).filter((text) => text.includes("$41")).length, 0);
});
