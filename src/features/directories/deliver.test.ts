import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type DirectoriesGround, openDirectories } from "../../../test/grounds/directories.ts";
import { eventually } from "../../../test/harness/eventually.ts";
import { between, days, hours, minutes, seconds } from "../../kernel/time.ts";
import type { Carried } from "../../ports/directory.ts";

let ground: DirectoriesGround;
before(async () => {
  ground = await openDirectories();
});
beforeEach(() => ground.clear());
after(() => ground.close());

const states = async () => (await ground.jobs()).map(({ state }) => state);
const _tasks = () => ground.attempts.map(({ task }) => task.task);

/** An attempt that goes on until it is told what came of it. */
function hold() {
  const waiting: ((carried: Carried) => void)[] = [];
  ground.answers(() => new Promise((resolve) => waiting.push(resolve)));
  return { begun: (count: number) => eventually(() => assert.equal(waiting.length, count)), waiting };
}

test("DIR-2 a rolled back cause tells nobody; a committed one tells each directory that has the account", async () => {
  const aino = await ground.person();
  const failed = ground.db.transaction().execute(async (tx) => {
    await ground.directories.tell(tx, aino, "reset", { id: null, at: ground.clock.now() });
    throw new Error("the use case failed");
  });
  await assert.rejects(failed);
  assert.equal(await ground.directories.deliverDue(), 0);

  await ground.addDirectory("students", { categories: ["student"] });
  await ground.addDirectory("shut", { state: "closed" });
  const cause = { id: ground.deps.random.id() };
  assert.equal(await ground.tell(aino, "reset", cause), 1);
  assert.equal(await ground.tell(await ground.person({ category: "student" }), "reset", cause), 2);
  assert.equal(await ground.directories.deliverDue(), 3);
  assert.deepEqual(ground.attempts.map(({ name }) => name).toSorted(), ["entra", "entra", "students"]);
  assert.deepEqual(await states(), ["done", "done", "done"]);
  for (const name of ["students", "shut"]) await ground.remove(name);
});

test("DIR-2 an account's causes arrive in their order, and one that is put off holds up nobody else's", async () => {
  const [aino, eino] = [await ground.person(), await ground.person()];
  await ground.tell(aino, "reset");
  await ground.tell(aino, "account");
  await ground.tell(eino, "account");
  ground.answers(({ subject, task }) =>
    subject.accountId === aino.id && task.task === "reset" ? { result: "later", reason: "busy" } : ground.done,
  );
  await ground.directories.deliverDue();
  assert.deepEqual(await states(), ["waiting", "waiting", "done"]);
  ground.answers(() => ground.done);
  await ground.directories.deliverDue();
  assert.deepEqual(await states(), ["waiting", "waiting", "done"], "not before its time");
  ground.clock.advance(seconds(6));
  await ground.directories.deliverDue();
  assert.deepEqual(await states(), ["done", "done", "done"]);
  const own = ground.attempts.filter(({ subject }) => subject.accountId === aino.id).map(({ task }) => task.task);
  assert.deepEqual(own, ["reset", "reset", "account"]);
});

test("DIR-2 an account is told as it is when it is carried, and what waits stands for later causes too", async () => {
  const aino = await ground.person();
  await ground.tell(aino);
  await ground.setState(aino.id, "closed");
  assert.equal(await ground.tell(aino), 0, "one that waits stands for it");
  const cause = { id: ground.deps.random.id() };
  assert.equal(await ground.tell(aino, "account", cause), 1, "one that is followed has its own");
  await ground.directories.deliverDue();
  assert.deepEqual(
    ground.attempts.map(({ subject }) => subject.isActive),
    [false, false],
  );

  ground.attempts.length = 0;
  const { begun, waiting } = hold();
  await ground.tell(aino);
  const delivery = ground.directories.deliverDue();
  await begun(1);
  await ground.setState(aino.id, "active");
  assert.equal(await ground.tell(aino), 1, "one that is being carried has read the account before");
  waiting[0]?.(ground.done);
  await begun(2);
  waiting[1]?.(ground.done);
  await delivery;
  assert.deepEqual(
    ground.attempts.map(({ subject }) => subject.isActive),
    [false, true],
  );
});

test("DIR-2 a claim waits for a cause that stands on the job, and reads what it has changed", async () => {
  const aino = await ground.person();
  await ground.tell(aino);
  let delivery: Promise<number> | undefined;
  await ground.db.transaction().execute(async (tx) => {
    await tx.updateTable("account").set({ state: "closed" }).where("id", "=", aino.id).execute();
    assert.equal(await ground.directories.tell(tx, aino, "account", { id: null, at: ground.clock.now() }), 0);
    delivery = ground.directories.deliverDue();
    await sleep(50);
    assert.equal(ground.attempts.length, 0);
  });
  await delivery;
  await ground.directories.deliverDue();
  assert.deepEqual(
    ground.attempts.map(({ subject }) => subject.isActive),
    [false],
  );
});

test("DIR-2 T80 nodes side by side never carry one job twice, nor two of an account, nor more than two of a directory", async () => {
  const people = await Promise.all(Array.from({ length: 8 }, () => ground.person()));
  for (const person of people) for (const task of ["reset", "account"] as const) await ground.tell(person, task);
  const underWay: string[] = [];
  let most = 0;
  ground.answers(async ({ subject }) => {
    assert.ok(!underWay.includes(subject.accountId), "two of one account at once");
    underWay.push(subject.accountId);
    most = Math.max(most, underWay.length);
    await sleep(3);
    underWay.splice(underWay.indexOf(subject.accountId), 1);
    return ground.done;
  });
  const nodes = Array.from({ length: 4 }, () => ground.node());
  while ((await states()).includes("waiting")) await Promise.all(nodes.map((node) => node.deliverDue()));
  assert.equal(ground.attempts.length, 16);
  assert.ok(most <= 2);

  ground.attempts.length = 0;
  const { begun, waiting } = hold();
  for (const person of people) await ground.tell(person);
  const deliveries = nodes.map((node) => node.deliverDue());
  for (let told = 0; told < people.length; told += 2) {
    await begun(told + 2);
    for (const carried of waiting.slice(told, told + 2)) carried(ground.done);
  }
  await Promise.all(deliveries);
  assert.ok(!(await states()).includes("waiting"), "two at once, and all of them");
});

test("DIR-2 T80 an hour that a directory asks for is waited for", async () => {
  const start = ground.clock.now();
  await ground.tell(await ground.person());
  ground.answers(() => ({ result: "later", reason: "it asks for an hour", retryAfter: hours(1) }));
  await ground.directories.deliverDue();
  ground.answers(() => ground.done);
  ground.clock.advance(minutes(59));
  assert.equal(await ground.directories.deliverDue(), 0);
  ground.clock.advance(minutes(1));
  assert.equal(await ground.directories.deliverDue(), 1);
  const { kind, task, result, waited } = ground.outcomes.at(-1) ?? {};
  assert.deepEqual(
    { kind, task, result, waited },
    { kind: "fake", task: "account", result: "done", waited: between(start, ground.clock.now()) },
  );
});

test("DIR-2 T80 who gets on waits anew as at the first refusal; who doesn't, ever longer, unless the directory says when", async () => {
  await ground.tell(await ground.person(), "reset");
  const refusedAfter = (removed: number | null, retryAfter?: number) =>
    ground.answers(async ({ hand }) => {
      if (removed !== null) await hand.remember(`${removed}`, { removed, of: 9 });
      return { result: "later", reason: "no answer", ...(retryAfter !== undefined && { retryAfter }) };
    });
  const wait = async () => {
    await ground.directories.deliverDue();
    const [row] = await ground.jobs();
    const length = between(ground.clock.now(), row?.next_attempt_at ?? ground.clock.now());
    ground.clock.advance(length);
    return length / seconds(1);
  };
  for (const least of [5, 10, 20, 40, 80]) {
    refusedAfter(null);
    const waited = await wait();
    assert.ok(waited >= least && waited <= least * 1.2, `${waited} of ${least}`);
  }
  refusedAfter(1);
  assert.ok((await wait()) <= 6, "it has removed one");
  refusedAfter(1);
  assert.ok((await wait()) >= 10, "it has noted something, and removed no more");
  refusedAfter(null, seconds(40));
  for (let count = 0; count < 6; count += 1) assert.equal(await wait(), 40);
  refusedAfter(2);
  assert.ok((await wait()) <= 6);
});

test("DIR-2 what one attempt has noted, sealed, the next one goes on from", async () => {
  const cause = { id: ground.deps.random.id() };
  await ground.tell(await ground.person(), "reset", cause);
  ground.answers(async ({ hand }) => {
    await hand.remember("first:a,b,c", { removed: 1, of: 3 });
    throw new Error("the connection broke");
  });
  await ground.directories.deliverDue();
  const [row] = await ground.jobs();
  assert.ok(row?.memory && !row.memory.includes("first:a"));
  const [followed] = await ground.directories.follow(ground.db, cause.id);
  assert.deepEqual([followed?.state, followed?.removed, followed?.total], ["waiting", 1, 3]);
  assert.ok(!JSON.stringify([row, ground.logged]).includes("connection broke"), "an error's words may tell of people");
  ground.clock.advance(seconds(6));
  ground.answers(({ hand, task }) => {
    assert.equal(hand.memory, "first:a,b,c");
    assert.deepEqual(task.task === "reset" && task.madeAt, row.made_at);
    return { result: "done", progress: { removed: 3, of: 3 }, left: ["FIDO2 security key"] };
  });
  await ground.directories.deliverDue();
  const [done] = await ground.directories.follow(ground.db, cause.id);
  assert.deepEqual([done?.state, done?.removed, done?.total, done?.left], ["done", 3, 3, ["FIDO2 security key"]]);
  assert.equal((await ground.jobs())[0]?.memory, null);
});

test("DIR-2 T80 a node whose lease ran out notes nothing and settles nothing", async () => {
  await ground.tell(await ground.person());
  const { begun, waiting } = hold();
  const late = ground.directories.deliverDue();
  await begun(1);
  ground.clock.advance(minutes(3));
  const again = ground.node().deliverDue();
  await begun(2);
  const [first, second] = ground.attempts;
  await assert.rejects(first?.hand.remember("late", null) ?? Promise.resolve(), /taken this over/);
  await second?.hand.remember("newer", null);
  waiting[0]?.({ result: "failed", reason: "too late", left: [] });
  await late;
  assert.deepEqual(await states(), ["waiting"]);
  waiting[1]?.(ground.done);
  await again;
  assert.deepEqual(await states(), ["done"]);
  assert.deepEqual(
    ground.outcomes.map(({ result }) => result),
    ["lost", "done"],
  );
});

test("DIR-2 what fails for good holds up nothing, and what is in vain for three days is given up", async () => {
  const [aino, eino] = [await ground.person(), await ground.person()];
  await ground.tell(aino, "reset");
  await ground.tell(aino, "account");
  await ground.tell(eino, "account");
  ground.answers(({ task, subject }) => {
    if (subject.accountId === eino.id) return { result: "later", reason: "no answer" };
    return task.task === "reset" ? { result: "failed", reason: "no permission", left: ["phone"] } : ground.done;
  });
  await ground.directories.deliverDue();
  assert.deepEqual(await states(), ["failed", "done", "waiting"]);
  ground.clock.advance(days(3));
  await ground.directories.deliverDue();
  assert.deepEqual(
    (await ground.jobs()).map(({ state, reason }) => [state, reason]),
    [
      ["failed", "no permission"],
      ["done", null],
      ["failed", "given up: no answer"],
    ],
  );
  const events = await ground.audit.listEvents(ground.db, { accountId: aino.id, limit: 9 });
  assert.deepEqual(events.map(({ type }) => type).toSorted(), ["directory.failed", "directory.told"]);
});

test("DIR-2 a directory that can't be used as it is configured waits, and says which field", async () => {
  await ground.tell(await ground.person());
  await ground.db.updateTable("directory").set({ settings: "{}" }).where("name", "=", "entra").execute();
  await ground.directories.deliverDue();
  assert.equal((await ground.jobs())[0]?.reason, "it can't be used as it is configured: address: Give one.");
  await ground.directories.registry.change(ground.organisation.id, "entra", { settings: { address: "x" } }, ground.by);
  ground.clock.advance(seconds(6));
  await ground.directories.deliverDue();
  assert.deepEqual(await states(), ["done"]);
});

test("DIR-2 the loop hears of what was told, and told to stop it gives back what is under way", async () => {
  const { stop } = ground.node().start();
  ground.answers(
    ({ hand }) =>
      new Promise((resolve) =>
        hand.signal.addEventListener("abort", () => resolve({ result: "later", reason: "it was stopped" })),
      ),
  );
  await ground.tell(await ground.person());
  await eventually(() => assert.equal(ground.attempts.length, 1));
  await stop();
  const [row] = await ground.jobs();
  assert.deepEqual([row?.state, row?.leased_until], ["waiting", null]);
  assert.deepEqual(row?.next_attempt_at, ground.clock.now(), "another node goes on at once");
  ground.answers(() => ground.done);
  await ground.node().deliverDue();
  assert.deepEqual(await states(), ["done"]);
});
