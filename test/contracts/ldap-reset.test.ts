import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { startDeafProxy } from "../doubles/deaf-proxy.ts";
import { noSlapd, startSlapd, type TestSlapd } from "../doubles/slapd.ts";
import { attempt, reasonOf, subject } from "../grounds/directory-kind.ts";
import { dn, ldapGround } from "../grounds/ldap.ts";

describe("OpenLDAP", { skip: noSlapd() }, () => {
  let slapd: TestSlapd;
  let ground: ReturnType<typeof ldapGround>;
  before(async () => {
    slapd = await startSlapd();
    ground = ldapGround(slapd);
  });
  after(() => slapd.stop());
  afterEach(() => ground.clear());

  const onReset = { expirePassword: true, clear: ["otpSeed", "mobile"] };
  const reset = (madeAt: Date, more: Parameters<typeof attempt>[2] = {}, settings: object = { onReset }) =>
    attempt(ground.directory(settings), { task: "reset", madeAt }, more);

  test("DIR-2 a reset takes what is named, and makes the password one to be changed", async () => {
    await ground.add({ otpSeed: ["seed-a", "seed-b"], mobile: "+358401111111" });
    const first = await reset(new Date());
    assert.deepEqual(first.carried, { result: "done", progress: { removed: 3, of: 3 }, left: [] });
    assert.deepEqual(await ground.valuesOf("otpSeed"), []);
    assert.deepEqual(await ground.valuesOf("mobile"), []);
    assert.deepEqual(await ground.valuesOf("pwdReset"), ["TRUE"]);
    assert.doesNotMatch(first.memory ?? "", /seed-a|358/u);
    const before = await ground.valuesOf("entryCSN");
    assert.equal((await reset(new Date(), { memory: first.memory })).carried.result, "done");
    assert.deepEqual(await ground.valuesOf("entryCSN"), before, "told again nothing is asked for");
    assert.equal((await reset(new Date(), {}, {})).carried.result, "done", "nothing where nothing is configured");
  });

  test("T80 a late attempt leaves what was linked and chosen after the reset", async () => {
    await ground.add({ otpSeed: ["seed-a", "seed-b"] });
    const madeAt = new Date();
    const first = await reset(madeAt, { onRemember: slapd.kill });
    assert.equal(first.carried.result, "later");
    await slapd.restart();
    // Meanwhile somebody there took an old one, and the person has linked a new one and chosen a password.
    await slapd.set(dn, "otpSeed", ["seed-b", "seed-new"]);
    await slapd.changeOwnPassword(dn, "old-password", "new-password");
    assert.equal((await reset(madeAt, { memory: first.memory })).carried.result, "done");
    assert.deepEqual(await ground.valuesOf("otpSeed"), ["seed-new"]);
    assert.deepEqual(await ground.valuesOf("pwdReset"), []);
    assert.equal(await slapd.canBind(dn, "new-password"), true);
  });

  test("T80 a reset that was done, though nobody said so, is done once", async () => {
    await ground.add({ otpSeed: ["seed-a"] });
    const proxy = await startDeafProxy(Number(new URL(slapd.urls.tls).port));
    const url = `ldaps://localhost:${proxy.port}`;
    const madeAt = new Date();
    const first = await reset(madeAt, { onRemember: proxy.turnDeaf }, { onReset, url });
    assert.equal(first.carried.result, "later");
    assert.deepEqual(await ground.valuesOf("pwdReset"), ["TRUE"]);
    proxy.hearAgain();
    const before = await ground.valuesOf("entryCSN");
    assert.equal((await reset(madeAt, { memory: first.memory }, { onReset, url })).carried.result, "done");
    assert.deepEqual(await ground.valuesOf("entryCSN"), before);
    proxy.stop();
  });

  test("T80 sixteen at once take the same, and nothing else", async () => {
    await ground.add({ otpSeed: ["seed-a", "seed-b"] });
    const madeAt = new Date();
    const { memory } = await reset(madeAt, { onRemember: slapd.kill });
    await slapd.restart();
    await slapd.set(dn, "otpSeed", ["seed-new"], "add");
    const all = await Promise.all(Array.from({ length: 16 }, () => reset(madeAt, { memory })));
    for (const { carried } of all) assert.notEqual(carried.result, "failed", "whoever comes too late comes again");
    assert.equal((await reset(madeAt, { memory })).carried.result, "done");
    assert.deepEqual(await ground.valuesOf("otpSeed"), ["seed-new"]);
  });

  test("T80 where nobody can tell new from old, somebody is asked, and then obeyed", async () => {
    await ground.add({ otpSeed: ["seed-a"] });
    await slapd.changeOwnPassword(dn, "old-password", "new-password");
    const madeAt = new Date(Date.now() - 3_600_000);
    const first = await reset(madeAt);
    assert.equal(first.carried.result, "failed");
    assert.deepEqual("left" in first.carried && first.carried.left, onReset.clear);
    assert.deepEqual(await ground.valuesOf("otpSeed"), ["seed-a"]);
    await slapd.set(dn, "otpSeed", ["seed-new"], "add");
    assert.equal((await reset(madeAt, { memory: first.memory })).carried.result, "done");
    assert.deepEqual(await ground.valuesOf("otpSeed"), ["seed-new"]);
    assert.deepEqual(await ground.valuesOf("pwdReset"), [], "the password is younger than the reset");
  });

  test("T80 a change of our own since the reset is no reason to ask", async () => {
    await ground.add({ otpSeed: ["seed-a"] });
    assert.equal(
      (await attempt(ground.directory({ attributes: { mail: "email" } }), { task: "account" })).carried.result,
      "done",
    );
    assert.equal((await reset(new Date(Date.now() - 3_600_000))).carried.result, "done");
    assert.deepEqual(await ground.valuesOf("otpSeed"), []);
  });

  test("T80 an attribute without an equality rule can't be taken value by value, and it is said", async () => {
    await ground.add({ otpNote: "x" });
    const { carried } = await reset(new Date(), {}, { onReset: { clear: ["otpNote"] } });
    assert.equal(carried.result, "failed");
    assert.match(reasonOf(carried), /equality/u);
  });
});

describe("Active Directory's attributes", { skip: noSlapd() }, () => {
  let slapd: TestSlapd;
  before(async () => {
    slapd = await startSlapd({ activeDirectory: true });
  });
  after(() => slapd.stop());

  test("DIR-2 an account is disabled by its bit, and a password expires that is older than the reset", async () => {
    const directory = ldapGround(slapd).directory({
      server: "active-directory",
      filter: "(sAMAccountName={userName})",
      onReset: { expirePassword: true },
    });
    const state = async () => {
      const entry = await slapd.read(dn);
      return [entry?.userAccountControl, entry?.pwdLastSet];
    };
    const fileTime = (at: Date) => String((BigInt(at.getTime()) + 11_644_473_600_000n) * 10_000n);
    const madeAt = new Date();
    const before = fileTime(new Date(madeAt.getTime() - 86_400_000));
    const later = fileTime(new Date(madeAt.getTime() + 120_000));
    const objectClass = ["inetOrgPerson", "account2"];
    const numbers = { userAccountControl: "66048", pwdLastSet: before };
    await slapd.add(dn, { objectClass, uid: "matti", cn: "M", sn: "M", sAMAccountName: "matti", ...numbers });

    const task = { task: "account" } as const;
    for (let times = 0; times < 2; times += 1)
      assert.equal(
        (await attempt(directory, task, { subject: { ...subject, isActive: false } })).carried.result,
        "done",
      );
    assert.deepEqual(await state(), ["66050", before]);
    for (let times = 0; times < 2; times += 1)
      assert.equal((await attempt(directory, task, { subject })).carried.result, "done");
    assert.deepEqual(await state(), ["66048", before]);

    const reset = { task: "reset", madeAt } as const;
    const { memory } = await attempt(directory, reset);
    assert.deepEqual(await state(), ["66048", "0"]);
    for (const [pwdLastSet, noted] of [
      [later, memory],
      [later, null],
      [fileTime(madeAt), memory],
    ] as const) {
      await slapd.set(dn, "pwdLastSet", [pwdLastSet]);
      assert.equal((await attempt(directory, reset, { memory: noted })).carried.result, "done");
      assert.deepEqual(await state(), ["66048", pwdLastSet], "it was chosen after the reset");
    }
    assert.deepEqual(
      (await directory.check(new Date())).map(({ verdict }) => verdict),
      ["pass", "pass", "pass"],
    );
  });
});
