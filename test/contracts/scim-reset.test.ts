import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { scimKind } from "../../src/adapters/scim/index.ts";
import { factorsUrn, type ScimService, startScimService } from "../doubles/scim-service.ts";
import { attempt, connectTo, subject } from "../grounds/directory-kind.ts";

let service: ScimService;
before(async () => {
  service = await startScimService();
});
after(() => service.stop());
afterEach(() => {
  service.users.clear();
  service.requests.length = 0;
});

const now = new Date("2026-05-04T10:00:00Z");
const madeAt = now;
const resetAt = `${factorsUrn}:resetAt`;
const seeds = `${factorsUrn}:seeds`;

const onReset = [
  { op: "replace", path: resetAt, value: "{madeAt}" },
  { op: "remove", path: seeds },
];
const reset = (memory: string | null = null, at = now, settings: object = { onReset }) =>
  attempt(
    connectTo(scimKind, { baseUrl: service.baseUrl, ...settings }, service.token),
    { task: "reset", madeAt },
    { subject, now: at, memory },
  );
const early = new Date(madeAt.getTime() - 3_600_000);
const addPerson = (factors: object, lastModified = early) =>
  service.add({ userName: "matti", externalId: subject.accountId, [factorsUrn]: factors }, lastModified);

test("DIR-2 a reset does what is configured, and nothing where nothing is", async () => {
  const { id } = addPerson({ seeds: ["a", "b"] });
  assert.equal((await reset()).carried.result, "done");
  assert.deepEqual(service.users.get(id)?.[factorsUrn], { resetAt: madeAt.toISOString() });
  service.asked();
  assert.equal((await reset(null, now, {})).carried.result, "done");
  assert.deepEqual(service.asked(), []);
});

test("T80 a list with the same twice is as it was seen", async () => {
  const { id } = addPerson({ seeds: ["a", "a"] });
  await reset(null, now, { onReset: [{ op: "replace", path: seeds, value: ["none"] }] });
  assert.deepEqual(service.users.get(id)?.[factorsUrn], { seeds: ["none"] });
});

test("T80 a late attempt leaves what was linked after the reset", async () => {
  const { id } = addPerson({ seeds: ["a", "b"], resetAt: "never" });
  service.fail("PATCH /Users", { status: 503 });
  const first = await reset();
  assert.equal(first.carried.result, "later");
  assert.ok(first.memory);
  assert.doesNotMatch(first.memory, /"a"|never/u);
  // Meanwhile somebody there took an old one, and the person has linked a new one.
  service.users.set(id, {
    ...(service.users.get(id) ?? assert.fail("is gone")),
    [factorsUrn]: { seeds: ["b", "new"], resetAt: "by hand" },
  });
  assert.equal((await reset(first.memory)).carried.result, "done");
  assert.deepEqual(service.users.get(id)?.[factorsUrn], { seeds: ["new"], resetAt: "by hand" });
  assert.equal((await reset(first.memory)).carried.result, "done");
  assert.deepEqual(service.users.get(id)?.[factorsUrn], { seeds: ["new"], resetAt: "by hand" });
});

test("T80 a reset that was done, though nobody said so, is done once", async () => {
  const { id } = addPerson({ seeds: ["a"] });
  service.fail("PATCH /Users", { status: 504, after: true });
  const first = await reset();
  assert.equal(first.carried.result, "later");
  service.asked();
  assert.equal((await reset(first.memory)).carried.result, "done");
  assert.deepEqual(service.asked(), ["GET /ServiceProviderConfig", "GET /Users"]);
  assert.deepEqual(service.users.get(id)?.[factorsUrn], { resetAt: madeAt.toISOString() });
});

test("T80 where nobody can tell new from old, somebody is asked, and then obeyed", async () => {
  const { id } = addPerson({ seeds: ["a"] }, new Date(madeAt.getTime() + 600_000));
  const first = await reset();
  assert.equal(first.carried.result, "failed");
  assert.deepEqual("left" in first.carried && first.carried.left, [resetAt, seeds]);
  assert.deepEqual(service.users.get(id)?.[factorsUrn], { seeds: ["a"] });
  assert.equal((await reset(first.memory)).carried.result, "done");
  assert.deepEqual(service.users.get(id)?.[factorsUrn], { resetAt: madeAt.toISOString() });
});
