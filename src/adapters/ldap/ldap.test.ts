import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { EqualityFilter, FilterParser } from "ldapts";
import { startLdapAnswers } from "../../../test/doubles/ldap-answers.ts";
import { attempt } from "../../../test/grounds/directory-kind.ts";
import { ldapKind } from "./index.ts";
import { parseFileTime, parseTime } from "./reset.ts";
import { escapeDn, escapeFilter, isFilter } from "./template.ts";

const given = {
  url: "ldaps://ldap.example.fi",
  server: "openldap",
  bindDn: "cn=vahva,dc=example,dc=fi",
  baseDn: "ou=people,dc=example,dc=fi",
  filter: "(uid={userName})",
};

const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(...'\\*()\0,+"<>;=# aäå') }));

test("T82 whatever a value holds, a filter is one comparison with it", () => {
  fc.assert(
    fc.property(anyText, (value) => {
      const filter = `(uid=${escapeFilter(value)})`;
      assert.ok(isFilter(filter), "and it looks like one to us");
      const parsed = FilterParser.parseString(filter);
      assert.ok(parsed instanceof EqualityFilter);
      assert.equal(parsed.value, value.toWellFormed());
    }),
  );
  assert.equal(escapeFilter("*)(uid=*"), "\\2a\\29\\28uid=\\2a");
  assert.equal(escapeFilter("\0"), "\\00");
});

test("T82 whatever a value holds, it is one value of a DN", () => {
  const plain = (escaped: string) =>
    Buffer.concat(
      (escaped.match(/\\[0-9a-f]{2}|[^\\]+/gu) ?? []).map((part) =>
        part.startsWith("\\") ? Buffer.from(part.slice(1), "hex") : Buffer.from(part),
      ),
    ).toString();
  fc.assert(
    fc.property(anyText, (value) => {
      const escaped = escapeDn(value);
      assert.match(escaped, /^(?:(?![ #])|$)(?:[^"+,;<>=\\\p{Cc}]|\\[0-9a-f]{2})*(?<! )$/u);
      assert.equal(plain(escaped), value.toWellFormed());
    }),
  );
});

test("DIR-2 a filter is told from what is none", () => {
  const right = [
    "(uid=x)",
    "(&(a=b)(|(c=*)(d>=1))(!(e~=f)))",
    "(a:1.2.3:=x)",
    "(a:dn:=x)",
    "(a=\\2a)",
    "(a=)",
    "(a-b;x=ä)",
  ];
  const wrong = [
    "",
    "uid=x",
    "(uid=x",
    "(uid=x))",
    "(uid=x)(a=b)",
    "(&)",
    "(!(a=b)(c=d))",
    "(&a=b)",
    "(a=\\zz)",
    "(a=b\0)",
    "(a=(b))",
  ];
  for (const text of right) assert.ok(isFilter(text), text);
  for (const text of wrong) assert.ok(!isFilter(text), text);
});

test("DIR-2 settings are filled in, and read again the same", () => {
  const first = ldapKind.parse({ ...given, onReset: {} });
  assert.ok("settings" in first);
  assert.deepEqual(first.settings.onReset, { expirePassword: false, clear: [] });
  assert.equal(first.settings.startTls, true);
  assert.deepEqual(ldapKind.parse(first.settings), first);
});

test("DIR-2 settings that can't work are refused, field by field", () => {
  const fieldsOf = (settings: object) => {
    const parsed = ldapKind.parse({ ...given, ...settings });
    return "problems" in parsed ? parsed.problems.map(({ field }) => field) : [];
  };
  assert.deepEqual(fieldsOf({ url: "ldap://ldap.example.fi", startTls: false }), ["startTls"]);
  assert.deepEqual(fieldsOf({ url: "ldap://127.0.0.1:389", startTls: false }), []);
  assert.deepEqual(fieldsOf({ url: "ldap://[::1]", startTls: false }), []);
  for (const url of ["http://x", "ldaps://u:p@x", "ldaps://x/dc=fi", "ldaps://"])
    assert.deepEqual(fieldsOf({ url }), ["url"], url);
  for (const bindDn of ["", "EXTERNAL", "=", "vahva"]) assert.deepEqual(fieldsOf({ bindDn }), ["bindDn"], bindDn);
  assert.deepEqual(fieldsOf({ bindDn: "vahva@ad.example.fi" }), []);
  assert.deepEqual(fieldsOf({ filter: "(uid=matti)" }), ["filter"]);
  assert.deepEqual(fieldsOf({ filter: "(uid={name})" }), ["filter"]);
  assert.deepEqual(fieldsOf({ filter: "(uid={userName}" }), ["filter"]);
  assert.deepEqual(fieldsOf({ filter: "(objectClass=person)", baseDn: "uid={userName},dc=fi" }), []);
  assert.deepEqual(fieldsOf({ ca: "nothing" }), ["ca"]);
  assert.deepEqual(fieldsOf({ server: "other", colour: 1 }), ["server", "colour"]);
  for (const name of ["userPassword", "USERACCOUNTCONTROL", "objectClass", "a b", "mail;binary"])
    assert.equal(fieldsOf({ attributes: { [name]: "email" } }).length, 1, name);
  assert.equal(fieldsOf({ attributes: { uid: "identityCode" } }).length, 1);
  assert.deepEqual(fieldsOf({ attributes: { Mobile: "phone" }, onReset: { clear: ["mobile"] } }), ["onReset.clear"]);
});

test("DIR-2 times as directories write them", () => {
  assert.equal(parseTime("20260504100000Z")?.toISOString(), "2026-05-04T10:00:00.000Z");
  assert.equal(parseTime("20260504100000.5Z")?.toISOString(), "2026-05-04T10:00:00.000Z");
  assert.equal(parseTime("000001010000Z"), null);
  assert.equal(parseFileTime("116444736000000000")?.toISOString(), "1970-01-01T00:00:00.000Z");
  assert.equal(parseFileTime("0"), null);
});

async function told(
  t: TestContext,
  answers: Parameters<typeof startLdapAnswers>[0],
  settings: object = {},
  signal?: AbortSignal,
  words?: string,
) {
  const server = await startLdapAnswers(answers, words);
  t.after(server.stop);
  const parsed = ldapKind.parse({ ...given, url: server.url, startTls: false, ...settings });
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  const directory = { name: "ldap", kind: "ldap", settings: parsed.settings, secret: "secret" };
  const connected = ldapKind.connect(directory, { publicUrl: "https://id.example.fi" });
  const { carried } = await attempt(connected, { task: "account" }, signal ? { signal } : {});
  return { carried, server };
}

test("T80 a directory that is busy, starting or at its limits is asked again; one that refuses is not", async (t) => {
  for (const code of [1, 3, 11, 51, 52, 80]) {
    assert.equal((await told(t, { bind: code })).carried.result, "later", String(code));
    assert.equal((await told(t, { search: code })).carried.result, "later", String(code));
  }
  for (const code of [2, 8, 10, 13, 17, 32, 34, 48, 49, 50, 53, 99])
    assert.equal((await told(t, { search: code })).carried.result, "failed", String(code));
});

test("DIR-1 an administrator is told what Active Directory says of a bind that it refuses, and nothing else of its words", async (t) => {
  const reasonFor = async (data: string) => {
    const words = `80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data ${data}, v4563`;
    const { carried } = await told(t, { bind: 49 }, {}, undefined, words);
    assert.equal(carried.result, "failed");
    return "reason" in carried ? carried.reason : "";
  };
  assert.match(await reasonFor("532"), /password of bindDn has expired/u);
  assert.match(await reasonFor("775"), /locked/u);
  assert.equal(await reasonFor("52e"), "The directory refuses bindDn or its password: correct them.");
  assert.doesNotMatch(await reasonFor("matti"), /matti|DSID/u);
});

test("DIR-1 a directory that refuses STARTTLS is told from one that is busy", async (t) => {
  for (const [code, result] of [
    [2, "failed"],
    [52, "later"],
  ] as const) {
    const { carried } = await told(t, { extended: code }, { startTls: true });
    assert.equal(carried.result, result);
    assert.match("reason" in carried ? carried.reason : "", /STARTTLS.*certificate.*ldaps:/u);
  }
});

test("T80 silence ends with the attempt", async (t) => {
  assert.equal((await told(t, { bind: "silence" }, {}, AbortSignal.timeout(300))).carried.result, "later");
});

test("T83 a connection that broke off is not made anew, without encryption and without having bound", async (t) => {
  const { carried, server } = await told(t, { search: "hang-up" });
  assert.equal(carried.result, "later");
  assert.equal(server.connections(), 1);
});

test("T83 where encryption is promised and doesn't come, no password is sent", async (t) => {
  const { carried, server } = await told(t, {}, { startTls: true });
  assert.equal(carried.result, "later");
  assert.deepEqual([...new Set(server.heard)], ["extended", "something else"]);
  const refused = await told(t, { extended: 2 }, { startTls: true });
  assert.equal(refused.carried.result, "failed");
  assert.deepEqual(refused.server.heard, ["extended"]);
});
