import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { days, hours, minutes, plus, seconds } from "../../src/kernel/time.ts";
import { phoneIds } from "../doubles/graph/methods.ts";
import { type GraphGround, openGraphGround, subjectOf } from "../grounds/graph.ts";

// The real adapter before Graph's double: what a reset does, to whom it may, and what it leaves.

let ground: GraphGround;
before(async () => {
  ground = await openGraphGround();
});
beforeEach(() => {
  ground.use({});
  ground.waits.length = 0;
  Object.assign(ground.graph.behaviour, { ...usual, troubles: [] });
});
after(() => ground.stop());
const usual = {
  lag: 0,
  pageSize: 100,
  nextLinkTo: null,
  tellsCreation: true,
  defaultWords: 0,
  allowsPasses: true,
  throttle: null,
} as const;

const typesOf = (methods: readonly { type: string }[]) => methods.map(({ type }) => type);
const of = (method: string) => ground.graph.log.filter((entry) => entry.method === method);

describe("DIR-1 a reset", () => {
  for (const words of [0, 1] as const)
    test(`removes what there is, the default one last (Microsoft's sentence ${words + 1}), and ends sessions`, async () => {
      ground.graph.behaviour.defaultWords = words;
      const user = ground.addPerson(`all${words}@koivula.example`);
      const { progress, finish } = ground.begin(user);
      const carried = await finish();
      assert.deepEqual(carried, { result: "done", progress: { removed: 5, of: 5 }, left: [] });
      assert.deepEqual(user.methods, []);
      assert.deepEqual(
        user.removed.map(({ type, id }) => (type === "phone" ? id : type)),
        ["fido2", "softwareOath", phoneIds.alternateMobile, phoneIds.mobile, "microsoftAuthenticator"],
      );
      assert.equal(user.sessionsEndedAt.length, 1);
      assert.deepEqual(
        progress.map((one) => one?.removed ?? 0),
        progress.map((one) => one?.removed ?? 0).toSorted((a, b) => a - b),
        "it never goes back",
      );
    });

  test("of a disabled account, and of one with no methods, is done", async () => {
    const user = ground.graph.addUser({ userPrincipalName: "none@koivula.example", accountEnabled: false });
    assert.deepEqual(await ground.begin(user).finish(), {
      result: "done",
      progress: { removed: 0, of: 0 },
      left: [],
    });
    assert.equal(user.sessionsEndedAt.length, 1);
  });

  test("names what Graph refuses to remove, and does the rest", async () => {
    const user = ground.addPerson("new-default@koivula.example");
    const task = ground.begin(user);
    ground.clock.advance(seconds(5));
    ground.graph.link(user, "fido2");
    const carried = await task.finish();
    assert.deepEqual(carried, { result: "done", progress: { removed: 4, of: 4 }, left: ["Microsoft Authenticator"] });
    assert.equal(user.sessionsEndedAt.length, 1);
    assert.deepEqual(typesOf(user.methods), ["microsoftAuthenticator", "fido2"]);
  });

  test("leaves kinds that the settings leave and kinds that nobody knows, by name; never a password", async () => {
    ground.use({ leave: ["windowsHelloForBusiness"] });
    const user = ground.graph.addUser({ userPrincipalName: "leave@koivula.example" });
    for (const type of ["windowsHelloForBusiness", "qrCodePin", "email", "platformCredential"])
      ground.graph.link(user, type, type === "email" ? { emailAddress: "home@example.net" } : {});
    const carried = await ground.begin(user).finish();
    assert.ok(carried.result === "done");
    assert.deepEqual(carried.left.toSorted(), ["Windows Hello for Business", "unknown kind of method (qrCodePin)"]);
    assert.deepEqual(typesOf(user.methods), ["windowsHelloForBusiness", "qrCodePin"]);
    assert.ok(ground.graph.log.every(({ path }) => !path.includes("passwordMethods")));
  });

  test("removes hardware tokens by the beta version, where the settings say so", async () => {
    const user = ground.graph.addUser({ userPrincipalName: "token@koivula.example" });
    ground.graph.link(user, "hardwareOath");
    assert.equal((await ground.begin(user).finish()).result, "done");
    assert.equal(user.methods.length, 1);
    ground.use({ hardwareTokens: true });
    assert.equal((await ground.begin(user).finish()).result, "done");
    assert.equal(user.methods.length, 0);
  });

  test("reads lists page by page, at the same address only", async () => {
    ground.graph.behaviour.pageSize = 2;
    const user = ground.addPerson("pages@koivula.example");
    assert.equal((await ground.begin(user).finish()).result, "done");
    assert.deepEqual(user.methods, []);
    ground.graph.behaviour.nextLinkTo = "https://graph.microsoft.com.evil.example/v1.0/users";
    const failed = await ground.begin(ground.addPerson("foreign@koivula.example")).finish();
    assert.ok(failed.result === "failed" && failed.reason.includes("not followed"));
  });
});

describe("DIR-2 T80 what came later", () => {
  test("is not removed, however late the first attempt is; what can't be told from it is left and named", async () => {
    for (const tellsCreation of [true, false]) {
      ground.graph.behaviour.tellsCreation = tellsCreation;
      const user = ground.addPerson(`late-${tellsCreation}@koivula.example`);
      user.defaultMethodId = null;
      const task = ground.begin(user);
      ground.clock.advance(minutes(11));
      const key = ground.graph.link(user, "fido2");
      const carried = await task.finish();
      assert.ok(carried.result === "done");
      assert.equal(carried.left.length, tellsCreation ? 0 : 5, carried.left.join());
      assert.equal(user.removed.length, tellsCreation ? 5 : 0);
      assert.ok(user.methods.some(({ id }) => id === key.id));
    }
  });

  test("is told by Graph's own clock, when that is three minutes behind ours", async () => {
    const ours = () => plus(ground.clock.now(), minutes(3));
    const user = ground.addPerson("clock@koivula.example");
    const madeAt = ours();
    ground.clock.advance(minutes(2));
    const key = ground.graph.link(user, "fido2");
    user.defaultMethodId = key.id;
    assert.ok(key.createdAt < madeAt, "it looks older than the reset");
    const task = ground.begin(user, { task: "reset", madeAt }, ours);
    assert.equal((await task.finish()).result, "done");
    assert.deepEqual(
      user.methods.map(({ id }) => id),
      [key.id],
    );
  });

  test("a number that has changed by the same id stays, and the same number linked anew stays too", async () => {
    const user = ground.addPerson("numbers@koivula.example");
    user.defaultMethodId = null;
    ground.graph.behaviour.troubles = [
      { on: /^DELETE .*phoneMethods/u, times: 1, how: { status: 429, retryAfter: hours(1) } },
    ];
    const task = ground.begin(user);
    assert.equal((await task.attempt()).result, "later");
    ground.clock.advance(minutes(59));
    ground.graph.linkPhone(user, "mobile", "+358 409999999");
    ground.graph.linkPhone(user, "alternateMobile", "+358 501234567");
    ground.clock.advance(minutes(1));
    assert.equal((await task.finish()).result, "done");
    assert.deepEqual(
      user.methods.map(({ phoneNumber }) => phoneNumber),
      ["+358 409999999", "+358 501234567"],
    );
    assert.deepEqual(ground.graph.violations, []);
    assert.ok(!task.memory()?.includes("401234567"), "numbers are remembered as hashes");
  });

  test("the same number linked anew while lists lag is not deleted again", async () => {
    ground.graph.behaviour.lag = minutes(2);
    ground.graph.behaviour.tellsCreation = false;
    const user = ground.graph.addUser({ userPrincipalName: "again@koivula.example" });
    ground.graph.linkPhone(user, "mobile", "+358 401234567");
    const task = ground.begin(user);
    assert.equal((await task.attempt()).result, "later");
    ground.graph.linkPhone(user, "mobile", "+358 401234567");
    assert.equal((await task.finish()).result, "done");
    assert.equal(user.removed.length, 1);
    assert.equal(user.methods.length, 1);
  });
});

describe("DIR-1 a Temporary Access Pass", () => {
  beforeEach(() => ground.use({ issuePass: { on: true, lifetimeInMinutes: 30 } }));

  test("is issued when all is proved gone; an old one is revoked first", async () => {
    const user = ground.addPerson("pass@koivula.example");
    ground.graph.link(user, "temporaryAccessPass", { createdAt: plus(ground.clock.now(), -days(1)) });
    const task = ground.begin(user);
    const carried = await task.finish();
    assert.ok(carried.result === "done" && carried.pass);
    assert.deepEqual(carried.pass.expiresAt, plus(ground.clock.now(), minutes(30)));
    assert.equal(user.removed[0]?.type, "temporaryAccessPass");
    assert.deepEqual(typesOf(user.methods), ["temporaryAccessPass"]);
    assert.deepEqual([user.methods[0]?.isUsableOnce, user.methods[0]?.lifetimeInMinutes], [true, 30]);
    assert.ok(!task.memory()?.includes(carried.pass.value));
  });

  test("whose answer was lost is replaced by another; one of somebody else's is left", async () => {
    const user = ground.addPerson("lost@koivula.example");
    ground.graph.behaviour.troubles = [{ on: /^POST .*Pass/u, times: 1, how: { status: 504, after: true } }];
    const lost = ground.begin(user);
    assert.equal((await lost.attempt()).result, "later");
    assert.equal(user.methods.length, 1);
    ground.clock.advance(hours(1));
    const carried = await lost.finish();
    assert.ok(carried.result === "done" && carried.pass);
    assert.equal(user.methods.length, 1, "one is usable");

    const other = ground.addPerson("helped@koivula.example");
    const task = ground.begin(other);
    ground.clock.advance(seconds(30));
    const theirs = ground.graph.link(other, "temporaryAccessPass");
    const done = await task.finish();
    assert.ok(done.result === "done" && !done.pass);
    assert.deepEqual(
      other.methods.map(({ id }) => id),
      [theirs.id],
    );
  });

  test("that the tenant's policy forbids, or our permissions, is not issued, and says so: all else is done, once", async () => {
    ground.graph.behaviour.allowsPasses = false;
    const user = ground.addPerson("forbidden@koivula.example");
    const carried = await ground.begin(user).attempt();
    assert.ok(carried.result === "done" && carried.noPass?.includes("policy") && !carried.pass);
    assert.deepEqual([user.methods, carried.left, carried.progress], [[], [], { removed: 5, of: 5 }]);
    const other = ground.addPerson("denied@koivula.example");
    ground.graph.behaviour.troubles = [{ on: /^POST .*Pass/u, times: 1, how: { status: 403 } }];
    const denied = await ground.begin(other).attempt();
    assert.ok(denied.result === "done" && denied.noPass?.includes("UserAuthenticationMethod.ReadWrite.All"));
  });
});

describe("DIR-1 an account's state", () => {
  test("is not touched unless the settings say so", async () => {
    const user = ground.addPerson("state@koivula.example");
    const closed = { ...subjectOf(user), isActive: false };
    const before = ground.graph.log.length;
    assert.equal((await ground.begin(closed, { task: "account" }).finish()).result, "done");
    assert.equal(ground.graph.log.length, before);
    ground.use({ manageAccountState: true });
    ground.graph.permissions.add("User.EnableDisableAccount.All");
    ground.graph.expireTokens();
    assert.equal((await ground.begin(closed, { task: "account" }).finish()).result, "done");
    assert.equal(user.accountEnabled, false);
    const patches = of("PATCH").length;
    await ground.begin(closed, { task: "account" }).finish();
    assert.equal(of("PATCH").length, patches, "what is as it should be is not written");
    assert.equal(user.methods.length, 5);
  });
});
