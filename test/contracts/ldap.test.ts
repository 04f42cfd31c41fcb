import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import type { DirectorySubject } from "../../src/ports/directory.ts";
import { makeTestCertificate } from "../doubles/certificate.ts";
import { noSlapd, people, reader, startSlapd, suffix, type TestSlapd } from "../doubles/slapd.ts";
import { attempt, reasonOf, subject } from "../grounds/directory-kind.ts";
import { dn, ldapGround } from "../grounds/ldap.ts";

const closed: DirectorySubject = { ...subject, isActive: false };

describe("OpenLDAP", { skip: noSlapd() }, () => {
  let slapd: TestSlapd;
  let ground: ReturnType<typeof ldapGround>;
  before(async () => {
    slapd = await startSlapd();
    ground = ldapGround(slapd);
  });
  after(() => slapd.stop());
  afterEach(() => ground.clear());
  const account = async (settings: object = {}, who = subject) =>
    (await attempt(ground.directory(settings), { task: "account" }, { subject: who })).carried;

  test("DIR-2 attributes become what they are here, and told again nothing is asked for", async () => {
    await ground.add({ mail: ["old@example.fi", "other@example.fi"], mobile: "+358409999999", title: "Dr" });
    const attributes = { mail: "email", mobile: "phone", givenName: "givenName", employeeType: "roles" };
    const told = { ...subject, phone: null };
    assert.deepEqual(await account({ attributes }, told), { result: "done", progress: null, left: [] });
    assert.deepEqual(await ground.valuesOf("mail"), ["matti@example.fi"]);
    assert.deepEqual(await ground.valuesOf("mobile"), []);
    assert.deepEqual(await ground.valuesOf("employeeType"), ["teacher", "tutor"]);
    assert.deepEqual(await ground.valuesOf("title"), ["Dr"]);
    const before = await ground.valuesOf("entryCSN");
    assert.equal((await account({ attributes }, told)).result, "done");
    assert.deepEqual(await ground.valuesOf("entryCSN"), before);
  });

  test("DIR-2 a closed account is locked by the directory's own policy, and opened again", async () => {
    await ground.add();
    for (let times = 0; times < 2; times += 1) assert.equal((await account({}, closed)).result, "done");
    assert.deepEqual(await ground.valuesOf("pwdAccountLockedTime"), ["000001010000Z"]);
    assert.equal(await slapd.canBind(dn, "old-password"), false);
    for (let times = 0; times < 2; times += 1) assert.equal((await account()).result, "done");
    assert.equal(await slapd.canBind(dn, "old-password"), true);
    await slapd.set(dn, "pwdAccountLockedTime", ["20990101000000Z"]);
    assert.equal((await account()).result, "done");
    assert.deepEqual(
      await ground.valuesOf("pwdAccountLockedTime"),
      ["20990101000000Z"],
      "a lock of another meaning stays",
    );
  });

  test("DIR-2 or marked by an attribute, or left alone", async () => {
    await ground.add();
    const onClosed = { attribute: "accountState", value: "closed" };
    assert.equal((await account({ onClosed }, closed)).result, "done");
    assert.deepEqual(await ground.valuesOf("accountState"), ["closed"]);
    assert.equal((await account({ onClosed })).result, "done");
    assert.deepEqual(await ground.valuesOf("accountState"), []);
    assert.equal((await account({ onClosed: "nothing" }, closed)).result, "done");
    assert.equal(await slapd.canBind(dn, "old-password"), true);
  });

  test("DIR-2 nobody and several are refused, and people are not named", async () => {
    await ground.add();
    await ground.add({}, "maija");
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
    await ground.add({ mail: "untouched@example.fi" });
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
    assert.deepEqual(await ground.valuesOf("mail"), ["untouched@example.fi"]);
    for (const uid of ['a,b+c="d"', "#;<>=\\e", " f ", "*()ä"]) {
      const found = { ...subject, userName: uid };
      await slapd.add(`cn=odd,${people}`, { objectClass: ["inetOrgPerson", "account2"], cn: "odd", sn: "M", uid });
      assert.equal((await account({ attributes: { mail: "email" } }, found)).result, "done", uid);
      await slapd.remove(`cn=odd,${people}`);
    }
    assert.equal((await account(inDn)).result, "done");
  });

  test("T83 encryption is by our authority and for the host that was meant, or nothing is said at all", async () => {
    await ground.add();
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
    await ground.add({ otpSeed: ["seed-a"] });
    for (const secret of [null, ""]) {
      const { carried } = await attempt(ground.directory({}, secret), { task: "account" });
      assert.match(reasonOf(carried), /no password/u);
    }
    const wrong = await attempt(ground.directory({}, "wrong"), { task: "account" });
    assert.equal(wrong.carried.result, "failed");
    assert.match(reasonOf(wrong.carried), /bindDn or its password/u);
    const readOnly = ground.directory({ bindDn: reader.dn, onReset: { clear: ["otpSeed"] } }, reader.password);
    const { carried } = await attempt(readOnly, { task: "reset", madeAt: new Date() });
    assert.equal(carried.result, "failed");
    assert.match(reasonOf(carried), /right/u);
    assert.equal((await account({ url: "ldaps://localhost:1" })).result, "later");
  });

  test("DIR-2 a check says what works and what to do", async () => {
    const verdicts = async (settings: object, secret?: string) =>
      (await ground.directory(settings, secret).check(new Date())).map(({ verdict }) => verdict);
    assert.deepEqual(await verdicts({}), ["pass", "pass", "pass"]);
    assert.deepEqual(await verdicts({}, "wrong"), ["fail"]);
    assert.deepEqual(await verdicts({ server: "active-directory" }), ["pass", "pass", "fail", "pass"]);
    assert.deepEqual(await verdicts({ baseDn: `ou=gone,${suffix}` }), ["pass", "pass", "fail"]);
    const inAMonth = new Date(Date.now() + 20 * 86_400_000);
    assert.equal((await ground.directory().check(inAMonth))[1]?.verdict, "advice");
  });
});
