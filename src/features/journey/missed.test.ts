import assert from "node:assert/strict";
import { test } from "node:test";
import { divideLinked, type LinkedRow, missOf } from "./missed.ts";

const row = (given: Partial<LinkedRow> = {}): LinkedRow => ({
  accountId: "aino",
  organisationId: "koivula",
  accountState: "active",
  organisationState: "open",
  removed: false,
  ...given,
});

const cases: readonly [Partial<LinkedRow>, string | null][] = [
  [{}, null],
  [{ accountState: "closed" }, "account-closed"],
  [{ accountState: "frozen" }, "account-frozen"],
  [{ accountState: "invited" }, "not-linked"],
  [{ organisationState: "closed" }, "organisation-closed"],
  [{ removed: true }, "removed"],
  [{ removed: null }, "not-linked"],
  [{ removed: true, accountState: "closed", organisationState: "closed" }, "account-closed"],
];
for (const [given, reason] of cases)
  test(`AUD-1 ${JSON.stringify(given)} is ${reason ?? "let in"}`, () => {
    const { linked, missed } = divideLinked([row(given)], ["active"]);
    assert.equal(linked.length, reason === null ? 1 : 0);
    assert.deepEqual(
      missed.map((each) => each.reason),
      reason === null ? [] : [reason],
    );
  });

test("AUD-1 of several accounts the one that is meant is named, and none where that is not known", () => {
  const { missed } = divideLinked(
    [row({ accountState: "closed" }), row({ accountId: "other", organisationId: "kuusela", removed: true })],
    ["active"],
  );
  assert.deepEqual(missOf(missed), { reason: "not-linked" });
  assert.deepEqual(missOf(missed, "nobody"), { reason: "not-linked" });
  const about = { accountId: "other", organisationId: "kuusela" };
  assert.deepEqual(missOf(missed, "other"), { reason: "removed", about });
  assert.deepEqual(missOf([]), { reason: "not-linked" });
});
