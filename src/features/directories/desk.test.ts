import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type DirectoriesGround, openDirectories } from "../../../test/grounds/directories.ts";
import { days, minutes, plus } from "../../kernel/time.ts";
import { explainNext } from "./claim-store.ts";

let ground: DirectoriesGround;
before(async () => {
  ground = await openDirectories();
});
beforeEach(() => ground.clear());
after(() => ground.close());

const states = async () => (await ground.jobs()).map(({ state }) => state);
const failing = () => ground.answers(() => ({ result: "failed", reason: "no permission", left: [] }));
const events = async ({ id }: { id: string }) =>
  (await ground.audit.listEvents(ground.db, { accountId: id, limit: 20 })).map(({ type }) => type);
const withhold = (id: string) => ground.db.transaction().execute((tx) => ground.directories.withhold(tx, id));

test("DIR-2 a dead letter is shown with its cause, and carried when it is sent again, with what was noted before", async () => {
  const { desk, deliverDue } = ground.directories;
  const aino = await ground.person();
  await ground.tell(aino, "reset");
  ground.answers(async ({ hand }) => {
    await hand.remember("noted", { removed: 0, of: 2 });
    return { result: "failed", reason: "no permission", left: ["phone"] };
  });
  await deliverDue();
  ground.clock.advance(days(9));
  const [letter] = await desk.list({ state: "failed", organisationId: ground.organisation.id, limit: 10 });
  assert.ok(letter);
  assert.deepEqual(
    [letter.directory, letter.task, letter.accountId, letter.reason, letter.left],
    ["entra", "reset", aino.id, "no permission", ["phone"]],
  );
  assert.equal(await desk.resend(letter.id, ground.by), "resent");
  assert.equal(await desk.resend(letter.id, ground.by), "waits-already");
  ground.answers(({ hand }) => ({ result: "later", reason: hand.memory ?? "nothing noted" }));
  await deliverDue();
  assert.deepEqual(
    (await ground.jobs()).map(({ state, reason }) => [state, reason]),
    [["waiting", "noted"]],
  );
  ground.answers(() => ground.done);
  ground.clock.advance(minutes(5));
  await deliverDue();
  assert.equal(await desk.resend(letter.id, ground.by), "no-such-job");
  assert.deepEqual(await events(aino), ["directory.told", "directory.resent", "directory.failed"]);
});

test("DIR-2 all dead letters of a directory are sent again at once; what was withheld is not among them", async () => {
  const { desk, deliverDue } = ground.directories;
  failing();
  for (let count = 0; count < 3; count += 1) await ground.tell(await ground.person());
  await deliverDue();
  const aino = await ground.person();
  await ground.tell(aino);
  await withhold(aino.id);
  assert.equal(await desk.resendFailed(ground.organisation.id, "nobody", ground.by), "no-such-directory");
  assert.equal(await desk.resendFailed(ground.organisation.id, "entra", ground.by), 3);
  assert.equal(await desk.resendFailed(ground.organisation.id, "entra", ground.by), 0);
  assert.deepEqual(await desk.count(), { waiting: 3, failed: 0, withheld: 1 });
  const [withheld] = await desk.list({ state: "withheld", directory: "entra", limit: 10 });
  assert.equal(await desk.drop(withheld?.id ?? 0, ground.by), "dropped");
  assert.equal(await desk.drop(withheld?.id ?? 0, ground.by), "no-such-job");
  assert.deepEqual(await desk.count(), { waiting: 3, failed: 0, withheld: 0 });
  assert.deepEqual(await events(aino), ["directory.dropped"]);
});

test("REC-8 what a frozen account has caused is not carried, not even what is under way, until somebody sends it", async () => {
  const { desk, deliverDue } = ground.directories;
  const aino = await ground.person();
  await ground.tell(aino, "reset");
  ground.answers(async ({ hand }) => {
    await withhold(aino.id);
    await assert.rejects(hand.remember("more", null));
    return ground.done;
  });
  await deliverDue();
  assert.deepEqual(await states(), ["withheld"]);
  assert.equal(ground.outcomes.at(-1)?.result, "lost");
  ground.answers(() => ground.done);
  ground.clock.advance(days(1));
  assert.equal(await deliverDue(), 0);

  await ground.setState(aino.id, "frozen");
  const [job] = await desk.list({ state: "withheld", limit: 10 });
  assert.equal(await desk.resend(job?.id ?? 0, ground.by), "account-frozen");
  await ground.tell(aino);
  await deliverDue();
  assert.deepEqual(await states(), ["withheld", "withheld"], "what comes while it is frozen is withheld too");
  await ground.setState(aino.id, "active");
  assert.equal(await desk.resend(job?.id ?? 0, ground.by), "resent");
  await deliverDue();
  assert.deepEqual(await states(), ["done", "withheld"]);
});

test("DIR-2 an earlier job that is sent again is not carried beside a later one of the account", async () => {
  const aino = await ground.person();
  failing();
  await ground.tell(aino, "reset");
  await ground.directories.deliverDue();
  await ground.tell(aino, "reset");
  ground.answers(async () => {
    const [letter] = await ground.directories.desk.list({ state: "failed", limit: 1 });
    if (letter) {
      await ground.directories.desk.resend(letter.id, ground.by);
      assert.equal(await ground.node().deliverDue(), 0);
    }
    return ground.done;
  });
  await ground.directories.deliverDue();
  await ground.directories.deliverDue();
  assert.deepEqual(await states(), ["done", "done"]);
});

test("DIR-3 what waits longer than ten minutes raises one alarm, which tells nothing of people", async () => {
  const { directories, clock } = ground;
  const people = await Promise.all(Array.from({ length: 3 }, () => ground.person()));
  ground.answers(() => ({ result: "later", reason: "no answer" }));
  for (const person of people) await ground.tell(person);
  const [, , frozen] = people;
  await withhold(frozen?.id ?? "");
  await directories.deliverDue();
  clock.advance(minutes(9));
  await directories.watch();
  assert.deepEqual([ground.late, ground.enqueued], [[], []]);
  clock.advance(minutes(1));
  await directories.watch();
  await directories.watch();
  assert.deepEqual(ground.late, [2]);
  const [mail, ...more] = ground.enqueued;
  assert.deepEqual(more, []);
  assert.deepEqual(
    [mail?.template, mail?.to, mail?.parameters],
    ["directory-late", "operator@service.example", { directory: "entra", organisation: "koivula", late: 2, failed: 0 }],
  );
  const recorded = await ground.db
    .selectFrom("audit_event")
    .select("detail")
    .where("type", "=", "directory.late")
    .execute();
  assert.equal(recorded.length, 1);

  await ground.tell(await ground.person());
  failing();
  clock.advance(minutes(10));
  await directories.deliverDue();
  await directories.watch();
  assert.equal(ground.enqueued.length, 1, "the same outage is told once an hour");
  clock.advance(minutes(70));
  await ground.tell(await ground.person());
  await directories.deliverDue();
  await directories.watch();
  assert.deepEqual(ground.enqueued.at(-1)?.parameters, {
    directory: "entra",
    organisation: "koivula",
    late: 0,
    failed: 1,
  });
  assert.equal(ground.enqueued.length, 2);
});

test("DIR-3 sent again, a job is watched anew; without an operator's address there is an alarm and no e-mail", async () => {
  const { directories, clock } = ground;
  failing();
  await ground.tell(await ground.person());
  await directories.deliverDue();
  const node = ground.node({ operatorEmail: null });
  await node.watch();
  assert.deepEqual(ground.enqueued, []);
  await directories.desk.resendFailed(ground.organisation.id, "entra", ground.by);
  ground.answers(() => ({ result: "later", reason: "no answer" }));
  await directories.deliverDue();
  clock.advance(minutes(5));
  await node.watch();
  assert.deepEqual(ground.late, [0]);
  clock.advance(minutes(6));
  await node.watch();
  assert.deepEqual(ground.late, [0, 1]);
});

test("DIR-2 the next job is found by indexes, however much waits or is done", async () => {
  const people = await Promise.all(Array.from({ length: 50 }, () => ground.person()));
  for (const person of people) await ground.tell(person, "reset");
  const now = ground.clock.now();
  const own = await ground.jobs();
  const later = plus(now, minutes(1));
  const many = Array.from({ length: 40 }, () => own.map(({ id: _, ...job }) => job)).flat();
  const done = many.map((job) => ({ ...job, state: "done", next_attempt_at: null, ended_at: now }));
  const waiting = many.map((job) => ({ ...job, next_attempt_at: later }));
  for (const rows of [done, waiting]) await ground.db.insertInto("directory_job").values(rows).execute();
  await ground.pool.query("analyze directory_job");
  const plan = (await explainNext(ground.db, ground.entra.id, now)).map((line) => line["QUERY PLAN"]).join("\n");
  assert.doesNotMatch(plan, /Seq Scan/, plan);
  assert.match(plan, /directory_job_due/);
  assert.match(plan, /directory_job_order/);
  assert.match(plan, /directory_job_leased/);
});
