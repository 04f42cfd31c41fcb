import assert from "node:assert/strict";
import { test } from "node:test";
import { testDatabase } from "../../../test/harness/database.ts";
import { until } from "../../../test/harness/service.ts";
import { openDatabase } from "../database/index.ts";
import { startJobs } from "./index.ts";

test("OPS-4 more jobs than connections come to their turn: all at once they once waited for each other", async () => {
  const scratch = await testDatabase();
  const { db, pool, close } = openDatabase(scratch.url, { connections: 2 });
  const done: string[] = [];
  const failed: unknown[] = [];
  const run = (name: string) => async () => {
    await pool.query("select 1");
    done.push(name);
  };
  const names = ["a", "b", "c", "d"];
  const jobs = names.map((name) => ({ name, every: 100, run: run(name) }));
  const { stop } = startJobs(jobs, { db, log: { error: (fields) => failed.push(fields) } });
  await until(() => names.every((name) => done.includes(name)), "every job to be done");
  await stop();
  const { length } = done;
  await pool.query("select pg_sleep(0.3)");
  assert.equal(done.length, length);
  assert.deepEqual(failed, []);
  await close();
  await scratch.drop();
});
