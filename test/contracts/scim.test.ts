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
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const directory = (settings: object, secret: string | null = service.token) =>
  connectTo(scimKind, { baseUrl: service.baseUrl, ...settings }, secret);

const account = (settings: object, who: DirectorySubject = subject) =>
  attempt(directory(settings), { task: "account" }, { subject: who, now });
const userNamed = (userName: string) => [...service.users.values()].find((user) => user.userName === userName);

test("DIR-2 an account is made once, with what is ours and no more, and told again changes nothing", async () => {
  const create = { create: true, attributes: undefined };
  assert.deepEqual((await account(create)).carried, { result: "done", progress: null, left: [] });
  assert.deepEqual(service.asked(), ["GET /ServiceProviderConfig", "GET /Users", "POST /Users"]);
  const { id: _, meta: __, schemas: ___, ...user } = userNamed("matti") ?? assert.fail("was not made");
  assert.deepEqual(user, {
    externalId: subject.accountId,
    userName: "matti",
    active: true,
    name: { givenName: "Matti", familyName: "Meikäläinen" },
    displayName: "Matti Meikäläinen",
    emails: [{ type: "work", value: "matti@example.fi", primary: true }],
    phoneNumbers: [{ type: "mobile", value: "+358401234567", primary: true }],
    preferredLanguage: "fi",
  });
  assert.equal((await account(create)).carried.result, "done");
  assert.deepEqual(service.asked(), ["GET /ServiceProviderConfig", "GET /Users"]);
});

test("DIR-2 by PATCH or by PUT, what differs is changed and the rest stays", async () => {
  for (const patch of [true, false]) {
    service.users.clear();
    service.add({
      externalId: subject.accountId,
      userName: "matti",
      title: "Dr",
      emails: [{ type: "home", value: "m@home.example", primary: true }],
      phoneNumbers: [{ type: "mobile", value: "+358409999999" }],
      [enterprise]: { employeeNumber: "old", department: "IT" },
    });
    const attributes = {
      externalId: "accountId",
      userName: "userName",
      'emails[type eq "work"].value': "email",
      'phoneNumbers[type eq "mobile"].value': "phone",
      [`${enterprise}:employeeNumber`]: "category",
      roles: "roles",
    };
    const told = { ...subject, phone: null, userName: "matti2" };
    const { carried } = await account({ attributes, capabilities: { patch } }, told);
    assert.equal(carried.result, "done");
    assert.deepEqual(service.asked().at(-1), `${patch ? "PATCH" : "PUT"} /Users/…`);
    const user = userNamed("matti2") ?? assert.fail("was not renamed");
    assert.equal(user.title, "Dr");
    assert.equal(user.phoneNumbers, undefined);
    assert.deepEqual(user.emails, [
      { type: "home", value: "m@home.example", primary: true },
      { type: "work", value: "matti@example.fi" },
    ]);
    assert.deepEqual(user[enterprise], { employeeNumber: "staff", department: "IT" });
    assert.deepEqual(user.roles, [{ value: "teacher" }, { value: "tutor" }]);
    assert.equal((await account({ attributes, capabilities: { patch } }, told)).carried.result, "done");
    assert.deepEqual(service.asked().at(-1), "GET /Users", "nothing differs");
  }
});

test("DIR-2 an account that may not be used is deactivated, deleted or left, as configured", async () => {
  const closed = { ...subject, isActive: false };
  const ours = { externalId: subject.accountId, userName: "matti" };
  const { id } = service.add(ours);
  assert.equal((await account({ onClosed: "nothing" }, closed)).carried.result, "done");
  assert.equal(service.users.get(id)?.active, true);
  assert.equal((await account({ onClosed: "deactivate" }, closed)).carried.result, "done");
  assert.equal(service.users.get(id)?.active, false);
  assert.equal((await account({})).carried.result, "done");
  assert.equal(service.users.get(id)?.active, true, "and opened again");
  for (let times = 0; times < 2; times += 1)
    assert.equal((await account({ onClosed: "delete" }, closed)).carried.result, "done");
  assert.equal(service.users.size, 0);
  const noDelete = { onClosed: "delete", capabilities: { delete: false } };
  assert.equal((await account(noDelete, closed)).carried.result, "done", "there is nobody to delete");
  service.add(ours);
  assert.match(JSON.stringify((await account(noDelete, closed)).carried), /failed.*another onClosed/u);
  assert.equal((await directory(noDelete).check(now)).at(-1)?.verdict, "fail");
  service.fail("DELETE /Users", { status: 404 });
  assert.equal((await account({ onClosed: "delete" }, closed)).carried.result, "done", "somebody else has");
});

test("T80 a service that writes booleans as texts is not told again what it says already", async () => {
  for (const [active, changes] of [
    ["True", false],
    ["False", true],
  ] as const) {
    service.users.clear();
    await account({ create: true });
    const user = { ...userNamed("matti"), active };
    service.asked();
    service.fail("GET /Users", { status: 200, body: { Resources: [user] } });
    assert.equal((await account({})).carried.result, "done");
    assert.equal(service.asked().includes("PATCH /Users/…"), changes);
  }
});

test("T80 a user who is there already is adopted, unless it is another's", async () => {
  service.add({ userName: "matti" });
  assert.equal((await account({ create: true })).carried.result, "done");
  assert.equal(userNamed("matti")?.externalId, subject.accountId);

  service.users.clear();
  const { id } = service.add({ userName: "matti", externalId: "another" });
  for (const lookUp of ["externalId", "userName"]) {
    const { carried } = await account({ create: true, lookUp });
    assert.equal(carried.result, "failed");
    assert.match("reason" in carried ? carried.reason : "", /belongs to another account/u);
    assert.doesNotMatch(JSON.stringify(carried), /matti|another"/u);
  }
  assert.equal(service.users.get(id)?.externalId, "another");
});

test("DIR-2 a user who was renamed here is found by the name's fellow, and nobody is made without leave", async () => {
  service.add({ userName: "maija", externalId: subject.accountId });
  assert.equal((await account({ lookUp: "userName" })).carried.result, "done");
  assert.equal(userNamed("matti")?.externalId, subject.accountId);
  service.users.clear();
  assert.equal((await account({})).carried.result, "failed");
  assert.equal((await account({}, { ...subject, isActive: false })).carried.result, "done");
  assert.equal(service.users.size, 0);
});

test("T83 redirects are not followed", async () => {
  service.fail("GET /Users", { status: 307, headers: { location: "/scim/v2/Elsewhere" } });
  const { carried } = await account({});
  assert.equal(carried.result, "failed");
  assert.deepEqual(service.asked(), ["GET /ServiceProviderConfig", "GET /Users"]);
});

test("T82 a name that looks like a filter finds nobody else", async () => {
  const { id } = service.add({ userName: "victim" });
  for (const userName of [
    '" or "1" eq "1',
    'x" or userName sw "',
    'victim" and active eq "',
    "victim\u0000",
    '\\" or 1',
  ]) {
    const { carried } = await account({ lookUp: "userName" }, { ...subject, userName });
    assert.equal(carried.result, "failed", userName);
  }
  assert.equal(service.users.get(id)?.userName, "victim");
});

test("T82 a service that ignores filters, or can't filter, gives nobody else's user away", async () => {
  for (let index = 0; index < 120; index += 1) service.add({ userName: `other${index}` });
  service.fail("GET /Users", { status: 200, body: { Resources: [...service.users.values()].slice(0, 2) } });
  assert.equal((await account({})).carried.result, "failed");
  service.add({ userName: "matti", externalId: subject.accountId });
  service.asked();
  assert.equal((await account({ capabilities: { filter: false } })).carried.result, "done");
  assert.deepEqual(service.asked().slice(-4), [
    "GET /ServiceProviderConfig",
    "GET /Users",
    "GET /Users",
    "PATCH /Users/…",
  ]);
  service.fail("GET /Users", {
    status: 200,
    body: { Resources: [{ id: "../Groups", externalId: subject.accountId }] },
  });
  await account({});
  assert.equal(service.requests.at(-1)?.path, "/Users/..%2FGroups", "an id can't lead elsewhere");
});

test("DIR-2 what the service can do is asked once an hour", async () => {
  const connected = directory({});
  service.add({ userName: "matti", externalId: subject.accountId });
  for (const at of [now, new Date(now.getTime() + 3_599_000), new Date(now.getTime() + 3_600_000)])
    await attempt(connected, { task: "account" }, { subject, now: at });
  assert.equal(service.asked().filter((asked) => asked.includes("Config")).length, 2);
});

test("DIR-2 a check says what works and what to do", async () => {
  const checks = await directory({}).check(now);
  assert.deepEqual(
    checks.map(({ verdict }) => verdict),
    ["pass", "pass"],
  );
  service.fail("GET /ServiceProviderConfig", { status: 404 });
  assert.equal((await directory({}).check(now)).at(-1)?.verdict, "advice");
  assert.equal((await directory({}, "wrong").check(now))[0]?.verdict, "fail");
  assert.equal((await directory({ baseUrl: "http://127.0.0.1:1/scim" }).check(now))[0]?.verdict, "fail");
});
