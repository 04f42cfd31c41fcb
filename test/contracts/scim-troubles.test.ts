import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { scimKind } from "../../src/adapters/scim/index.ts";
import type { DirectorySubject } from "../../src/ports/directory.ts";
import { type ScimService, startScimService } from "../doubles/scim-service.ts";
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
const _enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const directory = (settings: object, secret: string | null = service.token) =>
  connectTo(scimKind, { baseUrl: service.baseUrl, ...settings }, secret);

const account = (settings: object, who: DirectorySubject = subject) =>
  attempt(directory(settings), { task: "account" }, { subject: who, now });
const userNamed = (userName: string) => [...service.users.values()].find((user) => user.userName === userName);

test("T80 whatever answers come, the account arrives once", async () => {
  service.fail("GET /Users", { status: 429, headers: { "retry-after": "7" } });
  const busy = (await account({ create: true })).carried;
  assert.deepEqual(busy, { result: "later", reason: "The SCIM service answered 429.", retryAfter: 7000 });

  service.fail("POST /Users", { status: 504, after: true });
  assert.equal((await account({ create: true })).carried.result, "later");
  assert.equal(service.users.size, 1, "it was made, though nobody said so");
  assert.equal((await account({ create: true })).carried.result, "done");
  assert.equal(service.users.size, 1);

  for (const hangUp of ["before", "after"] as const) {
    service.users.clear();
    service.fail("POST /Users", { hangUp });
    assert.equal((await account({ create: true })).carried.result, "later");
    assert.equal((await account({ create: true })).carried.result, "done");
    assert.equal(service.users.size, 1);
  }
});

test("T80 sixteen at once make one user", async () => {
  const all = await Promise.all(Array.from({ length: 16 }, () => account({ create: true })));
  assert.deepEqual([...new Set(all.map(({ carried }) => carried.result))], ["done"]);
  assert.equal(service.users.size, 1);
});

test("T80 503 and a late date wait as told, a proxy's page and a conflict of versions wait", async () => {
  service.add({ userName: "matti", externalId: subject.accountId });
  // Its clock is an hour behind ours.
  const theirs = (after: number) => new Date(now.getTime() - 3_600_000 + after).toUTCString();
  service.fail("GET /Users", { status: 503, headers: { "retry-after": theirs(90_000), date: theirs(0) } });
  assert.deepEqual((await account({})).carried, {
    result: "later",
    reason: "The SCIM service answered 503.",
    retryAfter: 90_000,
  });
  service.fail("GET /Users", { status: 200, body: "<html>Sign in</html>" });
  assert.equal((await account({})).carried.result, "later");
  service.fail("PATCH /Users", { status: 412 });
  assert.equal((await account({})).carried.result, "later");
  assert.equal((await account({})).carried.result, "done");
});

test("T80 what somebody has to mend is said, without names or the service's own words", async () => {
  service.add({ userName: "matti", externalId: subject.accountId });
  const words = { detail: "user matti@example.fi is not allowed" };
  service.fail("GET /Users", { status: 404 });
  assert.match(JSON.stringify((await account({})).carried), /baseUrl/u);
  for (const [status, says, scimType = "mutability"] of [
    [401, /token/u],
    [403, /right/u],
    [400, /400, mutability/u],
    [409, /else there has/u, "uniqueness"],
  ] as const) {
    service.fail("PATCH /Users", { status, body: { ...words, scimType } });
    const { carried } = await account({});
    assert.equal(carried.result, "failed", String(status));
    assert.match("reason" in carried ? carried.reason : "", says);
    assert.doesNotMatch(JSON.stringify(carried), /matti|example/u);
  }
  for (const secret of [null, "", "a b", "a\r\nx-other: 1"]) {
    const { carried } = await attempt(directory({}, secret), { task: "account" }, { subject, now });
    assert.equal(carried.result, "failed");
  }
  assert.equal((await attempt(directory({}, "wrong"), { task: "account" }, { subject, now })).carried.result, "failed");
});

test("T80 a service that says it can PATCH, and can't, is told by PUT; one that doesn't let us ask what it can do is told all the same", async () => {
  for (const status of [405, 501]) {
    service.users.clear();
    service.add({ userName: "old", externalId: subject.accountId });
    service.fail("PATCH /Users", { status });
    service.fail("GET /ServiceProviderConfig", { status: 403 });
    assert.equal((await account({})).carried.result, "done");
    assert.equal(service.asked().at(-1), "PUT /Users/…");
    assert.ok(userNamed("matti"));
  }
});

test("T80 where the service knows versions, a change is of the one that was looked at, and of no newer one", async () => {
  service.wantVersions(true);
  try {
    for (const patch of [true, false]) {
      service.users.clear();
      service.add({ userName: "old", externalId: subject.accountId }, new Date(now.getTime() - 1000));
      assert.equal((await account({ capabilities: { patch } })).carried.result, "done");
      assert.equal(service.asked().at(-1), `${patch ? "PATCH" : "PUT"} /Users/…`);
    }
    service.users.clear();
    const user = service.add({ userName: "old", externalId: subject.accountId }, now);
    service.fail("GET /Users", {
      status: 200,
      body: { Resources: [{ ...user, meta: { version: 'W/"1"' } }] },
    });
    const { carried } = await account({});
    assert.equal(carried.result, "later");
    assert.match(JSON.stringify(carried), /412/u);
    assert.equal((await account({})).carried.result, "done");
  } finally {
    service.wantVersions(false);
  }
});

test("T80 a user who goes away between the look and the change is looked for again, and made anew where we make them", async () => {
  for (const [patch, method] of [
    [true, "PATCH"],
    [false, "PUT"],
  ] as const) {
    service.users.clear();
    service.add({ userName: "old", externalId: subject.accountId });
    service.fail(`${method} /Users`, { status: 404 });
    assert.equal((await account({ create: true, capabilities: { patch } })).carried.result, "later");
    service.users.clear();
    assert.equal((await account({ create: true, capabilities: { patch } })).carried.result, "done");
    assert.ok(userNamed("matti"));
  }
});
