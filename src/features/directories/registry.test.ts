import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DirectoriesGround, openDirectories } from "../../../test/grounds/directories.ts";

let ground: DirectoriesGround;
before(async () => {
  ground = await openDirectories();
});
after(() => ground.close());

const input = (over: object = {}) => ({
  name: "scim",
  kind: "fake",
  title: { en: "The library" },
  settings: { address: "a" },
  ...over,
});
const add = (over: object = {}) => ground.directories.registry.add(ground.organisation.id, input(over), ground.by);

test("DIR-1 what is wrong with a directory is said field by field, all at once, and nothing is kept", async () => {
  const refused = await add({
    name: "No!",
    title: {},
    categories: ["staff", "wizard"],
    setUpUrl: "http://else.example/",
    settings: {},
  });
  assert.ok("problems" in refused);
  assert.deepEqual(
    refused.problems.map(({ field }) => field),
    ["name", "title", "categories", "setUpUrl", "address"],
  );
  const unknown = await add({ kind: "else" });
  assert.deepEqual("problems" in unknown && unknown.problems[0]?.field, "kind");
  const taken = await add({ name: "entra" });
  assert.deepEqual("problems" in taken && taken.problems[0]?.field, "name");
  assert.deepEqual(
    (await ground.directories.registry.list(null)).map(({ name }) => name),
    ["entra"],
  );
});

test("DIR-1 a directory's secret is sealed and never shown, changes hold at once and are audited by name only", async () => {
  const { registry } = ground.directories;
  const added = await add({ secret: "hidden-token", setUpUrl: "https://mysignins.example/" });
  assert.ok("directory" in added);
  const { directory } = added;
  assert.deepEqual([directory.state, directory.position, directory.hasSecret], ["open", 2, true]);
  const row = await ground.db.selectFrom("directory").select("secret").where("name", "=", "scim").executeTakeFirst();
  assert.ok(row?.secret && !row.secret.includes("hidden-token"));
  const { id } = ground.organisation;
  const changed = await registry.change(
    id,
    "scim",
    { settings: { address: "b", note: "hidden-note" }, secret: "another", position: 1, categories: ["student"] },
    ground.by,
  );
  assert.ok("directory" in Object(changed));
  const refused = await registry.change(id, "scim", { settings: { address: null } }, ground.by);
  assert.deepEqual(refused, { problems: [{ field: "address", says: "Give one." }] });
  assert.equal((await registry.find(id, "scim"))?.settings.address, "b");
  assert.equal(await registry.change(id, "nobody", {}, ground.by), "no-such-directory");
  await registry.setState(id, "scim", "closed", ground.by);
  await registry.setState(id, "scim", "closed", ground.by);
  await registry.setState(id, "scim", "open", ground.by);
  const events = await ground.db
    .selectFrom("audit_event")
    .select(["type", "detail"])
    .where("type", "like", "directory.%")
    .orderBy("number")
    .execute();
  assert.deepEqual(
    events.slice(1).map(({ type }) => type),
    ["directory.added", "directory.changed", "directory.closed", "directory.opened"],
  );
  const told = JSON.stringify(events);
  assert.match(told, /categories position settings.address settings.note secret/);
  assert.doesNotMatch(told, /hidden|another/);
  assert.deepEqual(await registry.check(id, "scim"), []);
  assert.equal(await registry.check(id, "nobody"), "no-such-directory");
});

test("DIR-1 a secret that can't be opened, or a kind that is gone, is a problem to be read, not a fault", async () => {
  const { registry } = ground.directories;
  const { id } = ground.organisation;
  await add({ name: "moved", secret: "s" });
  await ground.db
    .updateTable("directory")
    .set({ secret: Buffer.alloc(60) })
    .where("name", "=", "moved")
    .execute();
  const moved = await registry.check(id, "moved");
  assert.ok("problems" in Object(moved), JSON.stringify(moved));
  await ground.db.updateTable("directory").set({ kind: "gone" }).where("name", "=", "moved").execute();
  assert.deepEqual(await registry.check(id, "moved"), {
    problems: [{ field: "", says: 'It can\'t be used: there is no kind "gone"' }],
  });
});
