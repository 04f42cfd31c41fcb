import assert from "node:assert/strict";
import { test } from "node:test";
import { type Duration, minutes, plus, seconds } from "../../kernel/time.ts";
import { type Listed, readMethods } from "./methods.ts";
import { compare, type Entry, namesOfLeft, progressOf, takeSnapshot } from "./snapshot.ts";

const madeAt = new Date("2026-11-22T09:00:00Z");
const method = (id: string, created: Duration | null, more: Partial<Listed> = {}): Listed => ({
  kind: "fido2",
  id,
  name: id,
  mark: null,
  createdAt: created === null ? null : plus(madeAt, created),
  ...more,
});
const take = (listed: readonly Listed[], { after = 0, ahead = 0 }: { after?: Duration; ahead?: Duration } = {}) =>
  takeSnapshot(listed, { madeAt, now: plus(madeAt, after), ahead, leave: ["email"] });
const statesOf = (entries: readonly Entry[]) => entries.map(({ id, state }) => `${id} ${state}`);

test("DIR-1 what was made before the reset is in the snapshot, what was made later is not", () => {
  const listed = [method("old", -minutes(1)), method("same", 0), method("new", seconds(1)), method("undated", null)];
  assert.deepEqual(statesOf(take(listed)), ["old there", "same there", "undated there"]);
  assert.deepEqual(statesOf(take(listed, { after: minutes(10) })), ["old there", "same there", "undated there"]);
  assert.deepEqual(statesOf(take(listed, { after: minutes(11) })), ["old there", "same there", "undated left"]);
});

test("DIR-1 times are compared by their clock", () => {
  const listed = [method("old", minutes(4)), method("new", minutes(6))];
  assert.deepEqual(statesOf(take(listed, { ahead: minutes(5) })), ["old there"]);
  assert.deepEqual(statesOf(take([method("new", -minutes(4))], { ahead: -minutes(5) })), []);
});

test("DIR-1 what is to be left, or is of no known kind, is in it and stays", () => {
  const entries = take([method("mail", null, { kind: "email" }), method("odd", null, { kind: null })]);
  assert.deepEqual(statesOf(entries), ["mail left", "odd left"]);
  assert.deepEqual(namesOfLeft(entries), ["mail", "odd"]);
  assert.deepEqual(progressOf(entries), { removed: 0, of: 0 });
});

test("DIR-1 what is not listed any more is gone, and so is what is another by the same id", () => {
  const phone = (mark: string, created: Duration | null) => method("phone", created, { kind: "phone", mark });
  const entries = take([method("key", null), phone("a", -minutes(9))]);
  const after = (listed: readonly Listed[]) => statesOf(compare(entries, listed, madeAt).entries);
  assert.deepEqual(after([]), ["key gone", "phone gone"]);
  assert.deepEqual(after([method("key", null), phone("b", null)]), ["key there", "phone gone"]);
  assert.deepEqual(after([phone("a", -minutes(8))]), ["key gone", "phone gone"]);
  assert.deepEqual(after([phone("a", null)]), ["key gone", "phone there"]);
  assert.deepEqual(after([phone("a", -minutes(9))]), ["key gone", "phone there"]);
});

test("DIR-1 what lists show after it was removed is waited for; in the end it was never removed, or is linked anew", () => {
  const listed = [method("key", null), method("phone", null, { kind: "phone", mark: "a" })];
  const gone = take(listed).map((entry): Entry => ({ ...entry, state: "gone", goneAt: madeAt }));
  const soon = compare(gone, listed, plus(madeAt, minutes(5)));
  assert.deepEqual([statesOf(soon.entries), soon.isSettled], [["key gone", "phone gone"], false]);
  const late = compare(gone, listed, plus(madeAt, minutes(6)));
  assert.deepEqual([statesOf(late.entries), late.isSettled], [["key left", "phone gone"], true]);
  assert.deepEqual(compare(gone, [], madeAt).isSettled, true);
});

test("DIR-1 methods are read in the order of removal, without passwords and without numbers", () => {
  const given = (type: string, id: string, more: object = {}) => ({
    "@odata.type": `#microsoft.graph.${type}AuthenticationMethod`,
    id,
    ...more,
  });
  const read = readMethods("user", [
    given("phone", "3179e48a-750b-4051-897c-87b9720928f7", { phoneNumber: "+358 401234567" }),
    given("password", "28c10230-6103-485e-b985-444c60001490"),
    given("phone", "e37fc753-ff3b-4958-9484-eaa9425c82bc", { phoneNumber: "+358 91234567" }),
    given("microsoftAuthenticator", "app", { createdDateTime: null }),
    given("phone", "b6332ec1-7057-4abe-9331-3d72feddfe41", { phoneNumber: "+358 501234567" }),
    given("fido2", "key", { creationDateTime: "2020-08-10T06:44:09Z" }),
    given("temporaryAccessPass", "pass", { createdDateTime: "2026-11-22T09:00:00Z" }),
    given("somethingNew", "new"),
  ]);
  assert.deepEqual(
    read?.map(({ name }) => name),
    [
      "unknown kind of method (somethingNew)",
      "Temporary Access Pass",
      "FIDO2 security key or passkey",
      "Microsoft Authenticator",
      "phone number (alternate mobile)",
      "phone number (office)",
      "phone number (mobile)",
    ],
  );
  assert.deepEqual(read?.[2]?.createdAt, new Date("2020-08-10T06:44:09Z"));
  assert.ok(!JSON.stringify(read).includes("1234567"));
  const spaced = (number: string, user = "user") =>
    readMethods(user, [given("phone", "x", { phoneNumber: number })])?.[0]?.mark;
  assert.equal(spaced("+358 401234567"), spaced("+358401234567"));
  assert.notEqual(spaced("+358 401234567"), spaced("+358 401234568"));
  assert.notEqual(spaced("+358 401234567"), spaced("+358 401234567", "another"));
  assert.equal(readMethods("user", [{ id: "no type" }]), null);
});
