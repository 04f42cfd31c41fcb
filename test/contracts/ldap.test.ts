import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { ldapKind } from "../../src/adapters/ldap/index.ts";
import type { DirectorySubject } from "../../src/ports/directory.ts";
import { makeTestCertificate } from "../doubles/certificate.ts";
import { startDeafProxy } from "../doubles/deaf-proxy.ts";
import { noSlapd, people, reader, startSlapd, suffix, type TestSlapd, vahva } from "../doubles/slapd.ts";
import { attempt, subject } from "../grounds/directory-kind.ts";

const dn = `uid=matti,${people}`;
const closed: DirectorySubject = { ...subject, isActive: false };
const settingsFor = (slapd: TestSlapd) => ({
  url: slapd.urls.tls,
  ca: slapd.ca,
  server: "openldap",
  bindDn: vahva.dn,
  baseDn: people,
  filter: "(&(objectClass=inetOrgPerson)(uid={userName}))",
});

function connect(settings: object, secret: string | null = vahva.password) {
  const parsed = ldapKind.parse(settings);
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  const directory = { name: "ldap", kind: "ldap", settings: parsed.settings, secret };
  return ldapKind.connect(directory, { publicUrl: "https://id.example.fi" });
}

describe("OpenLDAP", { skip: noSlapd() }, () => {
  let slapd: TestSlapd;
  before(async () => {
    slapd = await startSlapd();
  });
  after(() => slapd.stop());
  const added: string[] = [];
  afterEach(async () => {
    for (const one of added.splice(0)) await slapd.remove(one);
  });

  const add = async (attributes: Record<string, string | string[]> = {}, uid = "matti") => {
    const name = `uid=${uid},${people}`;
    const objectClass = ["inetOrgPerson", "account2"];
    await slapd.add(name, { objectClass, uid, cn: "M", sn: "M", userPassword: "old-password", ...attributes });
    added.push(name);
  };
  const directory = (settings: object = {}, secret?: string | null) =>
    connect({ ...settingsFor(slapd), ...settings }, secret);
  const account = async (settings: object = {}, who = subject) =>
    (await attempt(directory(settings), { task: "account" }, { subject: who })).carried;
  const valuesOf = async (attribute: string) => [(await slapd.read(dn))?.[attribute] ?? []].flat().map(String);
  const reasonOf = (carried: object): string => ("reason" in carried ? String(carried.reason) : "");

  test("DIR-2 attributes become what they are here, and told again nothing is asked for", async () => {
    await add({ mail: ["old@example.fi", "other@example.fi"], mobile: "+358409999999", title: "Dr" });
    const attributes = { mail: "email", mobile: "phone", givenName: "givenName", employeeType: "roles" };
    const told = { ...subject, phone: null };
    assert.deepEqual(await account({ attributes }, told), { result: "done", progress: null, left: [] });
    assert.deepEqual(await valuesOf("mail"), ["matti@example.fi"]);
    assert.deepEqual(await valuesOf("mobile"), []);
    assert.deepEqual(await valuesOf("employeeType"), ["teacher", "tutor"]);
    assert.deepEqual(await valuesOf("title"), ["Dr"]);
    const before = await valuesOf("entryCSN");
    assert.equal((await account({ attributes }, told)).result, "done");
    assert.deepEqual(await valuesOf("entryCSN"), before);
  });

  test("DIR-2 a closed account is locked by the directory's own policy, and opened again", async () => {
    await add();
    for (let times = 0; times < 2; times += 1) assert.equal((await account({}, closed)).result, "done");
    assert.deepEqual(await valuesOf("pwdAccountLockedTime"), ["000001010000Z"]);
    assert.equal(await slapd.canBind(dn, "old-password"), false);
    for (let times = 0; times < 2; times += 1) assert.equal((await account()).result, "done");
    assert.equal(await slapd.canBind(dn, "old-password"), true);
    await slapd.set(dn, "pwdAccountLockedTime", ["20990101000000Z"]);
    assert.equal((await account()).result, "done");
    assert.deepEqual(await valuesOf("pwdAccountLockedTime"), ["20990101000000Z"], "a lock of another meaning stays");
  });

  test("DIR-2 or marked by an attribute, or left alone", async () => {
    await add();
    const onClosed = { attribute: "accountState", value: "closed" };
    assert.equal((await account({ onClosed }, closed)).result, "done");
    assert.deepEqual(await valuesOf("accountState"), ["closed"]);
    assert.equal((await account({ onClosed })).result, "done");
    assert.deepEqual(await valuesOf("accountState"), []);
    assert.equal((await account({ onClosed: "nothing" }, closed)).result, "done");
    assert.equal(await slapd.canBind(dn, "old-password"), true);
  });

  const onReset = { expirePassword: true, clear: ["otpSeed", "mobile"] };
  const reset = (madeAt: Date, more: Parameters<typeof attempt>[2] = {}, settings: object = { onReset }) =>
    attempt(directory(settings), { task: "reset", madeAt }, more);

  test("DIR-2 a reset takes what is named, and makes the password one to be changed", async () => {
    await add({ otpSeed: ["seed-a", "seed-b"], mobile: "+358401111111" });
    const first = await reset(new Date());
    assert.deepEqual(first.carried, { result: "done", progress: { removed: 3, of: 3 }, left: [] });
    assert.deepEqual(await valuesOf("otpSeed"), []);
    assert.deepEqual(await valuesOf("mobile"), []);
    assert.deepEqual(await valuesOf("pwdReset"), ["TRUE"]);
    assert.doesNotMatch(first.memory ?? "", /seed-a|358/u);
    const before = await valuesOf("entryCSN");
    assert.equal((await reset(new Date(), { memory: first.memory })).carried.result, "done");
    assert.deepEqual(await valuesOf("entryCSN"), before, "told again nothing is asked for");
    assert.equal((await reset(new Date(), {}, {})).carried.result, "done", "nothing where nothing is configured");
  });

  test("T80 a late attempt leaves what was linked and chosen after the reset", async () => {
    await add({ otpSeed: ["seed-a", "seed-b"] });
    const madeAt = new Date();
    const first = await reset(madeAt, { onRemember: slapd.kill });
    assert.equal(first.carried.result, "later");
    await slapd.restart();
    // Meanwhile somebody there took an old one, and the person has linked a new one and chosen a password.
    await slapd.set(dn, "otpSeed", ["seed-b", "seed-new"]);
    await slapd.changeOwnPassword(dn, "old-password", "new-password");
    assert.equal((await reset(madeAt, { memory: first.memory })).carried.result, "done");
    assert.deepEqual(await valuesOf("otpSeed"), ["seed-new"]);
    assert.deepEqual(await valuesOf("pwdReset"), []);
    assert.equal(await slapd.canBind(dn, "new-password"), true);
  });

  test("T80 a reset that was done, though nobody said so, is done once", async () => {
    await add({ otpSeed: ["seed-a"] });
    const proxy = await startDeafProxy(Number(new URL(slapd.urls.tls).port));
    const url = `ldaps://localhost:${proxy.port}`;
    const madeAt = new Date();
    const first = await reset(madeAt, { onRemember: proxy.turnDeaf }, { onReset, url });
    assert.equal(first.carried.result, "later");
    assert.deepEqual(await valuesOf("pwdReset"), ["TRUE"]);
    proxy.hearAgain();
    const before = await valuesOf("entryCSN");
    assert.equal((await reset(madeAt, { memory: first.memory }, { onReset, url })).carried.result, "done");
    assert.deepEqual(await valuesOf("entryCSN"), before);
    proxy.stop();
  });

  test("T80 sixteen at once take the same, and nothing else", async () => {
    await add({ otpSeed: ["seed-a", "seed-b"] });
    const madeAt = new Date();
    const { memory } = await reset(madeAt, { onRemember: slapd.kill });
    await slapd.restart();
    await slapd.set(dn, "otpSeed", ["seed-new"], "add");
    const all = await Promise.all(Array.from({ length: 16 }, () => reset(madeAt, { memory })));
    for (const { carried } of all) assert.notEqual(carried.result, "failed", "whoever comes too late comes again");
    assert.equal((await reset(madeAt, { memory })).carried.result, "done");
    assert.deepEqual(await valuesOf("otpSeed"), ["seed-new"]);
  });

  test("T80 where nobody can tell new from old, somebody is asked, and then obeyed", async () => {
    await add({ otpSeed: ["seed-a"] });
    await slapd.changeOwnPassword(dn, "old-password", "new-password");
    const madeAt = new Date(Date.now() - 3_600_000);
    const first = await reset(madeAt);
    assert.equal(first.carried.result, "failed");
    assert.deepEqual("left" in first.carried && first.carried.left, onReset.clear);
    assert.deepEqual(await valuesOf("otpSeed"), ["seed-a"]);
    await slapd.set(dn, "otpSeed", ["seed-new"], "add");
    assert.equal((await reset(madeAt, { memory: first.memory })).carried.result, "done");
    assert.deepEqual(await valuesOf("otpSeed"), ["seed-new"]);
    assert.deepEqual(await valuesOf("pwdReset"), [], "the password is younger than the reset");
  });

  test("T80 a change of our own since the reset is no reason to ask", async () => {
    await add({ otpSeed: ["seed-a"] });
    assert.equal((await account({ attributes: { mail: "email" } })).result, "done");
    assert.equal((await reset(new Date(Date.now() - 3_600_000))).carried.result, "done");
    assert.deepEqual(await valuesOf("otpSeed"), []);
  });

  test("T80 an attribute without an equality rule can't be taken value by value, and it is said", async () => {
    await add({ otpNote: "x" });
    const { carried } = await reset(new Date(), {}, { onReset: { clear: ["otpNote"] } });
    assert.equal(carried.result, "failed");
    assert.match(reasonOf(carried), /equality/u);
  });

  test("DIR-2 nobody and several are refused, and people are not named", async () => {
    await add();
    await add({}, "maija");
    const failures: [object, DirectorySubject, RegExp][] = [
      [{}, { ...subject, userName: "ville" }, /No entry/u],
      [{ filter: "(|(uid={userName})(sn=M))" }, subject, /Several/u],
      [{ filter: "(mobile={phone})" }, { ...subject, phone: null }, /has no phone/u],
      [{ baseDn: `ou=gone,${suffix}` }, subject, /baseDn/u],
      [{ baseDn: "matti" }, subject, /DN/u],
      [{ attributes: { colour: "email" } }, subject, /doesn't know/u],
      [{ attributes: { carLicense: "email", uid: "email" } }, subject, /entry's name/u],
      [{ attributes: { dc: "email" } }, subject, /object classes/u],
    ];
    for (const [settings, who, says] of failures) {
      const carried = await account(settings, who);
      assert.equal(carried.result, "failed", JSON.stringify(settings));
      assert.match(reasonOf(carried), says);
      assert.doesNotMatch(reasonOf(carried), /matti|ville|example/u);
    }
  });

  test("T82 no name is more than a name, in filters and in DNs", async () => {
    await add({ mail: "untouched@example.fi" });
    const names = [
      "*",
      "*)(uid=*",
      "mat*",
      "matti)(|(uid=*",
      "\\6d\\61\\74\\74\\69",
      "matti\u0000",
      "{email}",
      "(",
      ")",
    ];
    for (const userName of names) {
      const carried = await account({ attributes: { mail: "email" } }, { ...subject, userName });
      assert.match(reasonOf(carried), /No entry/u, userName);
    }
    const baseDn = `uid={userName},${people}`;
    const inDn = { baseDn, filter: "(objectClass=*)", attributes: { mail: "email" } };
    for (const userName of ["matti+cn=M", `x,${people}`, `"matti"`, "\\", "#04", ";", "a\u0000"])
      assert.equal((await account(inDn, { ...subject, userName })).result, "failed", userName);
    assert.deepEqual(await valuesOf("mail"), ["untouched@example.fi"]);
    for (const uid of ['a,b+c="d"', "#;<>=\\e", " f ", "*()ä"]) {
      const found = { ...subject, userName: uid };
      await slapd.add(`cn=odd,${people}`, { objectClass: ["inetOrgPerson", "account2"], cn: "odd", sn: "M", uid });
      assert.equal((await account({ attributes: { mail: "email" } }, found)).result, "done", uid);
      await slapd.remove(`cn=odd,${people}`);
    }
    assert.equal((await account(inDn)).result, "done");
  });

  test("T83 encryption is by our authority and for the host that was meant, or nothing is said at all", async () => {
    await add();
    const { plain, tls } = slapd.urls;
    assert.equal((await account({ url: plain })).result, "done", "STARTTLS");
    assert.equal((await account({ url: tls.replace("localhost", "127.0.0.1") })).result, "done");
    for (const url of [plain, tls]) {
      const another = await account({ url, ca: makeTestCertificate().ca });
      assert.equal(another.result, "later");
      assert.match(reasonOf(another), /not trusted/u);
      assert.match(reasonOf(await account({ url, ca: undefined })), /not trusted/u);
      assert.match(
        reasonOf(await account({ url: url.replace("localhost", "127.0.0.2") })),
        /not trusted|No connection/u,
      );
    }
    const inPlain = await account({ url: plain, startTls: false });
    assert.equal(inPlain.result, "failed");
    assert.match(reasonOf(inPlain), /encryption/u);
  });

  test("T80 what somebody has to mend is said", async () => {
    await add({ otpSeed: ["seed-a"] });
    for (const secret of [null, ""]) {
      const { carried } = await attempt(directory({}, secret), { task: "account" });
      assert.match(reasonOf(carried), /no password/u);
    }
    const wrong = await attempt(directory({}, "wrong"), { task: "account" });
    assert.equal(wrong.carried.result, "failed");
    assert.match(reasonOf(wrong.carried), /bindDn or its password/u);
    const readOnly = connect({ ...settingsFor(slapd), bindDn: reader.dn, onReset }, reader.password);
    const { carried } = await attempt(readOnly, { task: "reset", madeAt: new Date() });
    assert.equal(carried.result, "failed");
    assert.match(reasonOf(carried), /right/u);
    assert.equal((await account({ url: "ldaps://localhost:1" })).result, "later");
  });

  test("DIR-2 a check says what works and what to do", async () => {
    const verdicts = async (settings: object, secret?: string) =>
      (await directory(settings, secret).check(new Date())).map(({ verdict }) => verdict);
    assert.deepEqual(await verdicts({}), ["pass", "pass", "pass"]);
    assert.deepEqual(await verdicts({}, "wrong"), ["fail"]);
    assert.deepEqual(await verdicts({ server: "active-directory" }), ["pass", "pass", "fail", "pass"]);
    assert.deepEqual(await verdicts({ baseDn: `ou=gone,${suffix}` }), ["pass", "pass", "fail"]);
    const inAMonth = new Date(Date.now() + 20 * 86_400_000);
    assert.equal((await directory().check(inAMonth))[1]?.verdict, "advice");
  });
});

describe("Active Directory's attributes", { skip: noSlapd() }, () => {
  let slapd: TestSlapd;
  before(async () => {
    slapd = await startSlapd({ activeDirectory: true });
  });
  after(() => slapd.stop());

  test("DIR-2 an account is disabled by its bit, and a password expires that is older than the reset", async () => {
    const directory = connect({
      ...settingsFor(slapd),
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
      assert.equal((await attempt(directory, task, { subject: closed })).carried.result, "done");
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
