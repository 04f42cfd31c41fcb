import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { hours, minutes, seconds } from "../../src/kernel/time.ts";
import type { Carried } from "../../src/ports/directory.ts";
import { makeRsaCertificate } from "../doubles/certificate.ts";
import { usualPermissions } from "../doubles/graph/index.ts";
import type { Trouble } from "../doubles/graph/troubles.ts";
import { type GraphGround, openGraphGround, subjectOf } from "../grounds/graph.ts";
import { eventually } from "../harness/eventually.ts";

// The real adapter before Graph's double when things go wrong: throttled, away, half done, forbidden, or somebody else's.

let ground: GraphGround;
let count = 0;
before(async () => {
  ground = await openGraphGround();
});
beforeEach(() => {
  ground.use({});
  ground.waits.length = 0;
  ground.graph.violations.length = 0;
  ground.graph.log.length = 0;
  Object.assign(ground.graph.behaviour, { lag: 0, throttle: null, troubles: [] });
  ground.graph.permissions.clear();
  for (const permission of usualPermissions) ground.graph.permissions.add(permission);
});
after(() => ground.stop());

const addPerson: GraphGround["addPerson"] = (name, more) => {
  count += 1;
  return ground.addPerson(name ?? `person${count}@koivula.example`, more);
};
const trouble = (on: RegExp, how: Trouble["how"], times = 1) => {
  ground.graph.behaviour.troubles.push({ on, times, how });
};
const reasonOf = (carried: Carried): string => ("reason" in carried ? carried.reason : "");

describe("DIR-2 T80 a reset converges", () => {
  test("though every second call is refused, and never comes back earlier than told", async () => {
    for (const retryAfter of [seconds(5), seconds(40)]) {
      ground.graph.behaviour.throttle = { every: 2, retryAfter };
      const user = addPerson();
      assert.equal((await ground.begin(user).finish()).result, "done");
      assert.equal(user.removed.length, 5, "each once");
      assert.deepEqual([user.methods, ground.graph.violations], [[], []]);
    }
  });

  test("an attempt waits for what is short, and leaves what is long to the next", async () => {
    trouble(/^GET .*methods$/u, { status: 429, retryAfter: seconds(20) });
    trouble(/^DELETE /u, { status: 503, retryAfter: hours(1) });
    const carried = await ground.begin(addPerson()).attempt();
    assert.deepEqual(ground.waits, [seconds(20)]);
    assert.deepEqual(carried, {
      result: "later",
      reason: "Graph is in trouble (503)",
      retryAfter: hours(1),
    });
  });

  for (const on of [
    /^DELETE /u,
    /^GET .*methods$/u,
    /revokeSignInSessions/u,
    /^GET .*directoryRole/u,
    /^GET \/users$/u,
  ])
    test(`after a time-out of ${on.source}, done or not`, async () => {
      for (const after of [true, false]) {
        trouble(on, { status: 504, after });
        const user = addPerson();
        const task = ground.begin(user);
        assert.equal((await task.attempt()).result, "later");
        assert.deepEqual(await task.finish(), { result: "done", progress: { removed: 5, of: 5 }, left: [] });
        assert.deepEqual(user.methods, []);
        assert.equal(user.removed.length, 5, "each once");
      }
    });

  for (const how of ["reset", "redirect", "bad-json"] as const)
    test(`after a ${how} at each call`, async () => {
      const user = addPerson();
      const task = ground.begin(user);
      for (const on of [/^GET \/users$/u, /Role/u, /methods$/u, /^POST .*revoke/u]) trouble(on, how);
      assert.equal((await task.finish()).result, "done");
      assert.deepEqual(user.methods, []);
      assert.ok(ground.graph.log.every(({ path }) => !path.includes("elsewhere")));
    });

  test("while lists lag: it looks again after 2, 4 and 8 seconds, then by the next attempt, and deletes nothing twice", async () => {
    ground.graph.behaviour.lag = seconds(5);
    const user = addPerson();
    assert.equal((await ground.begin(user).finish()).result, "done");
    assert.deepEqual(ground.waits, [seconds(2), seconds(4)]);
    ground.graph.behaviour.lag = minutes(1);
    const slow = addPerson();
    const task = ground.begin(slow);
    assert.match(reasonOf(await task.attempt()), /still lists/u);
    assert.equal((await task.finish()).result, "done");
    const deletes = ground.graph.log.filter((entry) => entry.user === slow.id && entry.method === "DELETE");
    assert.equal(deletes.filter(({ status }) => status === 204).length, 5);
    assert.ok(deletes.every(({ status }) => status !== 404));
  });

  test("what somebody else has removed since the list is removed: 404 is as good as 204", async () => {
    ground.graph.behaviour.lag = seconds(5);
    const user = addPerson();
    user.removed = user.methods.splice(0).map((method) => ({ ...method, goneAt: ground.clock.now() }));
    assert.deepEqual(await ground.begin(user).finish(), { result: "done", progress: { removed: 5, of: 5 }, left: [] });
    assert.ok(ground.graph.log.some(({ method, status }) => method === "DELETE" && status === 404));
  });

  test("a token that Graph no longer takes is fetched once more, for all who need it", async () => {
    await ground.begin(addPerson()).finish();
    const tokens = () => ground.graph.log.filter(({ path }) => path === "/token").length;
    assert.equal(tokens(), 1);
    ground.graph.expireTokens();
    const people = [addPerson(), addPerson(), addPerson()];
    const carried = await Promise.all(people.map((user) => ground.begin(user).finish()));
    assert.ok(carried.every(({ result }) => result === "done"));
    assert.equal(tokens(), 2);
    ground.clock.advance(hours(2));
    await ground.begin(addPerson()).finish();
    assert.equal(tokens(), 3, "and before it ends");
  });

  test("an attempt that is told to end does, at once, and says so", async () => {
    trouble(/methods$/u, "hang");
    const end = new AbortController();
    const task = ground.begin(addPerson());
    const attempt = task.attempt(end.signal);
    await eventually(() => assert.ok(ground.graph.log.some(({ status }) => status === 0)));
    end.abort();
    assert.match(reasonOf(await attempt), /took too long/u);
    assert.equal((await task.finish()).result, "done");
  });
});

describe("T81 a reset refuses", () => {
  const refuses = async (user: Parameters<GraphGround["begin"]>[0], says: RegExp) => {
    const carried = await ground.begin(user).finish();
    assert.ok(carried.result === "failed", JSON.stringify(carried));
    assert.match(carried.reason, says);
    assert.ok(!ground.graph.log.some(({ method }) => method === "DELETE" || method === "PATCH"));
    return carried;
  };

  test("REC-5 guests, and members who were guests", async () => {
    const name = "tero_home.example#EXT#@koivula.onmicrosoft.com";
    for (const more of [
      { userType: "Guest" },
      { userPrincipalName: name },
      { userPrincipalName: name, userType: "Guest" },
    ] as const) {
      count += 1;
      const user = addPerson(`guest${count}@koivula.example`, { mail: `guest${count}@home.example`, ...more });
      ground.use({ lookUp: { property: "mail", from: "email" } });
      await refuses(user, /guest/u);
      assert.equal(user.methods.length, 5);
    }
  });

  test("holders of directory roles, unless the role is harmless or the settings allow them", async () => {
    const role = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
    const admin = addPerson(undefined, { roles: [role] });
    await refuses(admin, /directory role/u);
    const eligible = addPerson(undefined, { eligible: [role] });
    ground.use({ roleSources: ["memberships", "eligibilities"] });
    await refuses(eligible, /RoleManagement\.Read\.Directory/u);
    ground.graph.permissions.add("RoleManagement.Read.Directory");
    ground.graph.expireTokens();
    await refuses(eligible, /directory role/u);
    ground.use({ harmlessRoles: [role.toUpperCase()] });
    assert.equal((await ground.begin(admin).finish()).result, "done");
    ground.use({ privilegedRoles: "allow" });
    assert.equal((await ground.begin(addPerson(undefined, { roles: [role] })).finish()).result, "done");
  });

  test("members of groups that roles can be assigned to, where the settings say so", async () => {
    const member = addPerson(undefined, { groups: [{ id: "admins", isAssignableToRole: true }] });
    const others = addPerson(undefined, { groups: [{ id: "choir", isAssignableToRole: false }] });
    ground.use({ roleSources: ["memberships", "groups"] });
    await refuses(member, /GroupMember\.Read\.All/u);
    ground.graph.permissions.add("GroupMember.Read.All");
    ground.use({ roleSources: ["memberships", "groups"] });
    await refuses(member, /directory role/u);
    assert.equal((await ground.begin(others).finish()).result, "done");
  });

  test("whoever isn't there, and whoever isn't one", async () => {
    const nobody = subjectOf({ userPrincipalName: "nobody@koivula.example", mail: null });
    await refuses(nobody, /Nobody there has this account's userName/u);
    addPerson("one@koivula.example", { employeeId: "7" });
    addPerson("two@koivula.example", { employeeId: "7" });
    ground.use({ lookUp: { property: "employeeId" } });
    await refuses({ ...nobody, userName: "7" }, /More than one/u);
  });

  test("T82 names that would be more than a name: each finds its own account or nobody", async () => {
    addPerson("victim@koivula.example");
    const names = [
      "' or 1 eq 1 or ''='",
      "o'brien@koivula.example",
      "x' or userPrincipalName eq 'victim@koivula.example",
      "a&$filter=b#%27?/..",
      "𝒳\uD800",
    ];
    for (const by of ["filter", "id"]) {
      ground.use({ lookUp: { by } });
      for (const name of names) await refuses(subjectOf({ userPrincipalName: name, mail: null }), /Nobody there/u);
      await refuses(subjectOf({ userPrincipalName: "a\u0000b", mail: null }), /no userName/u);
    }
    ground.use({});
    assert.equal((await ground.begin(addPerson("d'arc@koivula.example")).finish()).result, "done");
  });

  test("without a permission, and names it; what nothing could be done about fails", async () => {
    for (const [permission, says] of [
      ["UserAuthenticationMethod.ReadWrite.All", /UserAuthenticationMethod\.ReadWrite\.All/u],
      ["User.Read.All", /User\.Read\.All/u],
    ] as const) {
      ground.graph.permissions.delete(permission);
      ground.use({});
      await refuses(addPerson(), says);
      ground.graph.permissions.add(permission);
    }
    ground.use({});
    const user = addPerson(undefined, { isProtected: true });
    const carried = await ground.begin(user).finish();
    assert.ok(carried.result === "failed" && carried.left.length === 5);
    user.isProtected = false;
    ground.graph.permissions.delete("User.RevokeSessions.All");
    ground.use({});
    const task = ground.begin(user);
    assert.match(reasonOf(await task.finish()), /User\.RevokeSessions\.All/u);
    ground.graph.permissions.add("User.RevokeSessions.All");
    ground.use({});
    assert.equal((await task.finish()).result, "done", "sent again, it goes on from there");
    assert.equal(user.removed.length, 5);
  });

  test("a key that is not the certificate's, one that Entra ID doesn't know, and no key", async () => {
    const other = makeRsaCertificate("other");
    ground.use({}, other.privateKey);
    await refuses(addPerson(), /not the certificate's/u);
    ground.use({ certificate: other.certificate }, other.privateKey);
    await refuses(addPerson(), /AADSTS700027/u);
    ground.use({}, null);
    await refuses(addPerson(), /missing/u);
  });
});

test("AUD-4 no reason and no name of what is left tells of a person", async () => {
  const user = addPerson("secret.person@koivula.example", { isProtected: true });
  trouble(/methods$/u, { status: 403 });
  const task = ground.begin(user);
  const said = [await task.finish(), await ground.begin(user).finish()];
  assert.ok(!/secret\.person|40123|koivula/u.test(JSON.stringify(said)));
  assert.ok(!JSON.stringify(said).includes(user.id));
});
