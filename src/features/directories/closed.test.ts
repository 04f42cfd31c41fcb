import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type DirectoriesGround, openDirectories } from "../../../test/grounds/directories.ts";
import { days, seconds } from "../../kernel/time.ts";

let ground: DirectoriesGround;
before(async () => {
  ground = await openDirectories();
});
beforeEach(() => ground.clear());
after(() => ground.close());

const states = async () => (await ground.jobs()).map(({ state }) => state);
const tasks = () => ground.attempts.map(({ task }) => task.task);

test("DIR-2 DIR-3 a directory that is closed for a while is told what waited, and what happened meanwhile, when it opens", async () => {
  const aino = await ground.person();
  await ground.tell(aino);
  const { registry } = ground.directories;
  const cause = { id: ground.deps.random.id() };
  const isPaused = async () => (await ground.directories.follow(ground.db, cause.id)).map((told) => told.isPaused);
  await registry.setState(ground.organisation.id, "entra", "closed", ground.by);
  assert.equal(await ground.tell(aino, "reset", cause), 1);
  assert.deepEqual(await isPaused(), [true]);
  ground.clock.advance(days(4));
  assert.equal(await ground.directories.deliverDue(), 0);
  await ground.directories.watch();
  assert.deepEqual(ground.late, [2], "people wait for it");
  const opened = await registry.setState(ground.organisation.id, "entra", "open", ground.by);
  assert.equal(Object(opened).resumed, 2);
  assert.deepEqual(await isPaused(), [false]);
  await ground.directories.watch();
  assert.deepEqual(ground.late, [2], "its ten minutes have begun anew");
  ground.answers(({ task }) => (task.task === "reset" ? { result: "later", reason: "busy" } : ground.done));
  await ground.directories.deliverDue();
  assert.deepEqual(await states(), ["done", "waiting"], "nor are its three days over");
  ground.answers(() => ground.done);
  ground.clock.advance(seconds(6));
  await ground.directories.deliverDue();
  assert.deepEqual(tasks(), ["account", "reset", "reset"]);
  assert.deepEqual(ground.attempts.at(-1)?.task, { task: "reset", madeAt: (await ground.jobs())[1]?.made_at });
});

test("DIR-2 a directory that goes for good takes what waited for it along", async () => {
  const { registry } = ground.directories;
  await ground.addDirectory("leaving");
  await ground.tell(await ground.person());
  const remove = () => registry.remove(ground.organisation.id, "leaving", ground.by);
  assert.equal(await remove(), "open");
  await registry.setState(ground.organisation.id, "leaving", "closed", ground.by);
  assert.equal(await remove(), "removed");
  assert.equal(await remove(), "no-such-directory");
  assert.deepEqual(
    (await ground.jobs()).map(({ directory_id }) => directory_id),
    [ground.entra.id],
  );
});
