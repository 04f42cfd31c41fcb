import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { sql } from "kysely";
import { type DirectoriesGround, openDirectories } from "../../../test/grounds/directories.ts";
import { minutes, plus, seconds } from "../../kernel/time.ts";
import type { Account } from "../organisations/index.ts";
import { explainPageOfKnownAccounts } from "../organisations/people/store.ts";
import { explainNext } from "./claim-store.ts";
import { ranks } from "./rank-store.ts";
import { makeSync } from "./sync.ts";

let ground: DirectoriesGround;
before(async () => {
  ground = await openDirectories();
});
beforeEach(async () => {
  await ground.clear();
  // Accounts of earlier tests are nobody's business here.
  await ground.db.updateTable("account").set({ state: "invited", activated_at: null }).execute();
});
after(() => ground.close());

const sync = (options: object = {}, name = "entra") =>
  makeSync({ ...ground.deps, batch: 2 })(ground.organisation.id, name, { ...ground.by, ...options });
const people = (count: number) => Promise.all(Array.from({ length: count }, () => ground.person()));
const states = async () => (await ground.jobs()).map(({ state }) => state);
const ids = (accounts: readonly (Account | undefined)[]) => accounts.map((account) => account?.id ?? "");

/** Closed, and in use before unless it `never` was. */
const close = async ({ id }: Account, never = false) => {
  const activated_at = never ? null : ground.clock.now();
  await ground.db.updateTable("account").set({ state: "closed", activated_at }).where("id", "=", id).execute();
};

/** What the directory was told, in that order, doing one at a time. */
async function toldInOrder(): Promise<string[]> {
  ground.answers(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return ground.done;
  });
  while ((await states()).includes("waiting")) await ground.directories.deliverDue();
  return ground.attempts.map(({ subject, task }) => `${task.task} ${subject.accountId}`);
}

test("DIR-1 DIR-2 a directory that comes later is told of every account in use and every one that was, of its categories", async () => {
  const students = await ground.addDirectory("students", { categories: ["student"] });
  const [active, closed, frozen, never] = await people(4);
  const student = await ground.person({ category: "student" });
  await ground.person({ state: "invited" });
  assert.ok(active && closed && frozen && never);
  await close(closed);
  await close(never, true);
  await ground.setState(frozen.id, "frozen");

  const progress: number[] = [];
  const synced = await sync({ progress: (jobs: number) => progress.push(jobs) });
  assert.deepEqual(synced, { accounts: 3, jobs: 3 });
  assert.deepEqual(progress, [2, 3, 3], "in batches");
  assert.deepEqual(
    (await ground.jobs()).map(({ account_id, task, rank }) => [account_id, task, rank]).toSorted(),
    ids([active, closed, student])
      .map((id) => [id, "account", ranks.bulk])
      .toSorted(),
  );
  assert.deepEqual(await sync({}, "students"), { accounts: 1, jobs: 1 });
  await ground.directories.deliverDue();
  assert.deepEqual(await states(), ["done", "done", "done", "done"]);
  const told = ground.attempts.find(({ subject }) => subject.accountId === closed.id);
  assert.equal(told?.subject.isActive, false);
  const events = await ground.db
    .selectFrom("audit_event")
    .select("detail")
    .where("type", "=", "directory.synced")
    .orderBy("number")
    .execute();
  assert.deepEqual(
    events.map(({ detail }) => detail),
    [
      { directory: "entra", jobs: 2 },
      { directory: "entra", jobs: 1 },
      { directory: "students", jobs: 1 },
    ],
  );
  await ground.remove(students.name);
});

test("DIR-2 interrupted and run again, it adds what is missing; dry, it only counts; closed, it is told nothing", async () => {
  await people(5);
  assert.deepEqual(await sync({ dryRun: true }), { accounts: 5, jobs: 5 });
  assert.deepEqual(await states(), []);
  const interrupted = sync({
    progress: (jobs: number) => {
      if (jobs === 4) throw new Error("the operator's patience ended");
    },
  });
  await assert.rejects(interrupted);
  assert.deepEqual(await sync({ dryRun: true }), { accounts: 5, jobs: 1 });
  assert.deepEqual(await sync(), { accounts: 5, jobs: 1 });
  assert.deepEqual(await Promise.all([sync(), sync()]), [
    { accounts: 5, jobs: 0 },
    { accounts: 5, jobs: 0 },
  ]);
  assert.equal((await states()).length, 5);

  assert.equal(await sync({}, "nobody"), "no-such-directory");
  await ground.directories.registry.setState(ground.organisation.id, "entra", "closed", ground.by);
  assert.equal(await sync(), "closed");
  await ground.directories.registry.setState(ground.organisation.id, "entra", "open", ground.by);
});

test("DIR-2 DIR-3 a reset, and what its account waits for, goes before all that a sync has; so does what has a cause", async () => {
  const crowd = await people(9);
  await sync();
  const waiting = await ground.jobs();
  const last = (account: number) => crowd.find(({ id }) => id === waiting.at(-account)?.account_id) ?? assert.fail();
  const [lost, leaving] = [last(1), last(2)];
  assert.equal(await ground.tell(lost, "reset"), 1);
  await ground.setState(leaving.id, "closed");
  assert.equal(await ground.tell(leaving), 0, "what waits stands for it");
  const joined = await ground.person();
  assert.equal(await ground.tell(joined), 1);

  const told = await toldInOrder();
  // Two are carried at once, so neighbours may change places.
  assert.equal(told.length, 11);
  assert.ok(told.slice(0, 3).includes(`account ${lost.id}`), told.join("\n"));
  assert.deepEqual(
    told.slice(0, 4).toSorted(),
    [`account ${lost.id}`, `reset ${lost.id}`, `account ${leaving.id}`, `account ${joined.id}`].toSorted(),
  );
  assert.ok(told.indexOf(`account ${lost.id}`) < told.indexOf(`reset ${lost.id}`), "in the account's order");
});

test("DIR-2 a job of a sync that is put off, or sent again, goes as soon as the reset that waits for it", async () => {
  const [lost, ...others] = await people(5);
  assert.ok(lost);
  for (const { id } of others) await ground.setState(id, "frozen");
  await sync();
  ground.answers(async () => {
    await ground.tell(lost, "reset");
    return { result: "later", reason: "busy" };
  });
  await ground.directories.deliverDue();
  for (const { id } of others) await ground.setState(id, "active");
  await sync();
  assert.deepEqual(
    (await ground.jobs()).map(({ rank }) => rank),
    [ranks.watched, ranks.watched, ranks.bulk, ranks.bulk, ranks.bulk, ranks.bulk],
  );

  await ground.db.deleteFrom("directory_job").where("task", "=", "reset").execute();
  await ground.db.updateTable("directory_job").set({ state: "failed", rank: ranks.bulk }).execute();
  await ground.tell(lost, "reset");
  await ground.directories.desk.resendFailed(ground.organisation.id, "entra", ground.by);
  const own = (await ground.jobs()).filter(({ account_id }) => account_id === lost.id);
  assert.deepEqual(
    own.map(({ rank }) => rank),
    [ranks.watched, ranks.watched],
  );
});

test("DIR-3 what a sync has waiting is never late and is not measured; once it has a cause, or failed, it is told", async () => {
  const { directories, clock } = ground;
  const [leaving] = await people(3);
  assert.ok(leaving);
  await sync();
  clock.advance(minutes(70));
  await directories.watch();
  assert.deepEqual(ground.late, []);
  await ground.tell(leaving);
  await directories.watch();
  assert.deepEqual(ground.late, [], "its ten minutes begin with its cause");
  ground.answers(() => ({ result: "later", reason: "no answer" }));
  await directories.deliverDue();
  clock.advance(minutes(11));
  await directories.watch();
  assert.deepEqual(ground.late, [1]);
  ground.answers(({ subject }) =>
    subject.accountId === leaving.id ? ground.done : { result: "failed", reason: "no permission", left: [] },
  );
  ground.outcomes.length = 0;
  await directories.deliverDue();
  const measured = ground.outcomes.map(({ result, waited }) => [result, waited === null]);
  assert.deepEqual(measured.toSorted(), [
    ["done", false],
    ["failed", true],
    ["failed", true],
  ]);
  clock.advance(minutes(60) + seconds(1));
  await directories.watch();
  assert.deepEqual(ground.enqueued.at(-1)?.parameters, {
    directory: "entra",
    organisation: "koivula",
    late: 0,
    failed: 2,
  });
});

test("DIR-2 with thousands of a sync's jobs waiting, the next job, the alarm and the next page are found by indexes", async () => {
  const aino = await ground.person();
  const [now, { id: directoryId }, { id: organisationId }] = [ground.clock.now(), ground.entra, ground.organisation];
  await sql`
    insert into account (id, organisation_id, person_id, user_name, email, category, state, created_at)
    select gen_random_uuid(), ${organisationId}, person_id, 'u' || n, 'u' || n, 'staff', 'active', created_at
    from account, generate_series(1, 4000) as n where id = ${aino.id}`.execute(ground.db);
  await ground.directories.sync(organisationId, "entra", ground.by);
  await ground.tell(aino, "reset");
  await ground.pool.query("analyze");
  const plan = (await explainNext(ground.db, directoryId, now)).map((line) => line["QUERY PLAN"]).join("\n");
  assert.doesNotMatch(plan, /Seq Scan|Sort/, plan);
  assert.match(plan, /directory_job_due/);
  const page = { organisationId, categories: ["staff"], after: aino.id, limit: 10 };
  const paging = (await explainPageOfKnownAccounts(ground.db, page)).map((line) => line["QUERY PLAN"]).join("\n");
  assert.match(paging, /account_organisation|account_pkey/, paging);
  assert.doesNotMatch(paging, /Seq Scan|Sort/, paging);
  const { rows } = await sql<{ "QUERY PLAN": string }>`
    explain select from directory_job where alarmed_at is null and state in ('waiting', 'failed')
      and (state = 'failed' or rank < 2) and (state = 'failed' or since <= ${plus(now, 1)})`.execute(ground.db);
  assert.match(rows.map((line) => line["QUERY PLAN"]).join("\n"), /directory_job_unalarmed/);
  const told: string[] = [];
  ground.answers(({ subject, task }) => {
    told.push(`${task.task} ${subject.accountId}`);
    return subject.accountId === aino.id ? ground.done : { result: "later", reason: "enough", retryAfter: minutes(60) };
  });
  const node = ground.node().start();
  // Right behind its own account's job, while the other hand tells of whomever comes next.
  const among = () => told.slice(0, 400).includes(`reset ${aino.id}`);
  while (!among() && told.length < 400) await new Promise((resolve) => setTimeout(resolve, 5));
  await node.stop();
  assert.ok(among(), told.slice(0, 10).join("\n"));
});

test("DIR-2 resets come before what nobody watches", async () => {
  await ground.tell(await ground.person());
  // As if another node told of that one: what is left is carried one after the other.
  const leased = { leased_until: plus(ground.clock.now(), minutes(3)) };
  await ground.db.updateTable("directory_job").set(leased).execute();
  for (const task of ["account", "account", "account", "reset"] as const)
    await ground.tell(await ground.person(), task);
  await ground.directories.deliverDue();
  assert.deepEqual(
    ground.attempts.map(({ task }) => task.task),
    ["reset", "account", "account", "account"],
  );
});
