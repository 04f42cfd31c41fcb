import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filterFor } from "./find.ts";
import { scimKind } from "./index.ts";
import { parsePath, read, write } from "./path.ts";

const baseUrl = "https://scim.example.fi/v2";

test("T82 whatever a value holds, a filter is one comparison with it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      const filter = filterFor("userName", value);
      const literal = filter.slice("userName eq ".length);
      assert.match(literal, /^"(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[0-9a-f]{4}|[\u007f-\u009f])*"$/u);
      assert.equal(JSON.parse(literal), value);
    }),
  );
  assert.equal(filterFor("userName", '" or "1" eq "1'), 'userName eq "\\" or \\"1\\" eq \\"1"');
});

test("DIR-2 what is written at a path is read there, and beside it nothing changes", () => {
  const there = {
    userName: "a",
    name: { familyName: "B" },
    emails: [{ type: "home", value: "c" }],
    "urn:x:User": { d: 1 },
  };
  for (const text of [
    "userName",
    "name.givenName",
    'emails[type eq "work"].value',
    "urn:x:User:e",
    "urn:y:2.0:User:f.g",
  ]) {
    const path = parsePath(text) ?? assert.fail(text);
    const next = write(there, path, "new");
    assert.equal(read(next, path), "new", text);
    if (text !== "userName") assert.deepEqual(write(next, path, undefined), there, text);
  }
  for (const text of [
    "",
    "a b",
    'emails[type eq "x"]',
    'emails[value eq "x"].value',
    "a.b.c",
    "a[1]",
    "urn:x:",
    "__proto__.a",
  ])
    assert.equal(parsePath(text), null, text);
});

test("DIR-2 settings are filled in, and read again the same", () => {
  const first = scimKind.parse({ baseUrl: `${baseUrl}/` });
  assert.ok("settings" in first);
  assert.equal(first.settings.baseUrl, baseUrl);
  assert.deepEqual(scimKind.parse(first.settings), first);
});

test("DIR-2 settings that can't work are refused, field by field", () => {
  const fieldsOf = (settings: object) => {
    const parsed = scimKind.parse({ baseUrl, ...settings });
    return "problems" in parsed ? parsed.problems.map(({ field }) => field) : [];
  };
  assert.deepEqual(fieldsOf({ baseUrl: "http://scim.example.fi" }), ["baseUrl"]);
  assert.deepEqual(fieldsOf({ baseUrl: "https://u:p@scim.example.fi" }), ["baseUrl"]);
  assert.deepEqual(fieldsOf({ lookUp: "email", colour: 1 }), ["lookUp", "colour"]);
  assert.deepEqual(fieldsOf({ attributes: { userName: "userName" } }), ["attributes"]);
  for (const attributes of [{ Active: "email" }, { password: "email" }, { title: "identityCode" }, { "a b": "email" }])
    assert.equal(fieldsOf({ attributes: { externalId: "accountId", userName: "email", ...attributes } }).length, 1);
  const mobile = { op: "remove", path: 'PhoneNumbers[type eq "mobile"].value' };
  assert.deepEqual(fieldsOf({ onReset: [mobile] }), ["onReset.0.path"], "the account's number would come back");
  assert.deepEqual(fieldsOf({ onReset: [{ op: "replace", path: "userName", value: "x" }] }), ["onReset.0.path"]);
  assert.deepEqual(
    fieldsOf({
      onReset: [
        { op: "replace", path: "title", value: { a: ["x"] } },
        { op: "remove", path: "nickName" },
      ],
    }),
    [],
  );
});
