import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DirectoriesGround, openDirectories } from "../../../test/grounds/directories.ts";
import { days, hours, plus } from "../../kernel/time.ts";

let ground: DirectoriesGround;
before(async () => {
  ground = await openDirectories();
});
after(() => ground.close());

test("DIR-1 of sixteen that want a pass at once one gets it; it lies sealed, and nobody gets it late", async () => {
  const cause = { id: ground.deps.random.id() };
  await ground.tell(await ground.person(), "reset", cause);
  const expiresAt = plus(ground.clock.now(), hours(1));
  ground.answers(() => ({ result: "done", progress: null, left: [], pass: { value: "Tr0ub4dor", expiresAt } }));
  await ground.directories.deliverDue();
  const [row] = await ground.jobs();
  assert.ok(row?.pass && !row.pass.includes("Tr0ub4dor"));
  const [followed] = await ground.directories.follow(ground.db, cause.id);
  assert.equal(followed?.hasPass, true);
  const take = () => ground.db.transaction().execute((tx) => ground.directories.takePass(tx, followed?.id ?? ""));
  const taken = await Promise.all(Array.from({ length: 16 }, take));
  assert.deepEqual(
    taken.filter((pass) => pass !== null),
    [{ value: "Tr0ub4dor", expiresAt }],
  );
  assert.equal((await ground.directories.follow(ground.db, cause.id))[0]?.hasPass, false);

  await ground.tell(await ground.person(), "reset", cause);
  await ground.directories.deliverDue();
  const id = String((await ground.jobs())[1]?.id);
  ground.clock.advance(hours(1));
  assert.equal(await ground.db.transaction().execute((tx) => ground.directories.takePass(tx, id)), null);
  await ground.directories.sweep();
  assert.deepEqual(
    (await ground.jobs()).map(({ pass }) => pass),
    [null, null],
  );
  ground.clock.advance(days(31));
  await ground.directories.sweep();
  assert.deepEqual(await ground.jobs(), []);
});
