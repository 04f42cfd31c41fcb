import assert from "node:assert/strict";
import { test } from "node:test";
import { type Stands, standing } from "./standing.ts";

const now = new Date("2026-11-22T12:00:00Z");
const open: Stands = { state: "open", expiresAt: new Date(now.getTime() + 1), epoch: 2, accountEpoch: 2 };

test("REC-3 what the person's page shows of a document's case", () => {
  const table: readonly [Partial<Stands>, ReturnType<typeof standing>][] = [
    [{}, "waiting"],
    [{ state: "approved" }, "approved"],
    [{ state: "refused" }, "over"],
    [{ state: "closed" }, "over"],
    [{ state: "unconfirmed" }, "over"],
    [{ expiresAt: now }, "over"],
    [{ state: "approved", expiresAt: now }, "over"],
    [{ expiresAt: null }, "over"],
    [{ accountEpoch: 3 }, "over"],
    [{ state: "approved", accountEpoch: 3 }, "over"],
    [{ accountEpoch: null }, "over"],
  ];
  for (const [given, expected] of table)
    assert.equal(standing({ ...open, ...given }, now), expected, JSON.stringify(given));
});
