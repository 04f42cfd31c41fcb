import assert from "node:assert/strict";
import { test } from "node:test";
import { candourKind } from "./index.ts";
import { parseSettings, setUp } from "./settings.ts";

test("OPS-2 settings that can't be right are named, field by field", () => {
  const wrong = [
    [{}, "clientId"],
    [{ clientId: "a b" }, "clientId"],
    [{ clientId: "a", baseUrl: "http://candour.example/v1" }, "baseUrl"],
    [{ clientId: "a", baseUrl: "https://user:word@candour.example/v1" }, "baseUrl"],
    [{ clientId: "a", levels: {} }, "levels"],
    [{ clientId: "a", levels: { rfidApp: "low" } }, "levels.rfidApp"],
    [{ clientId: "a", levels: { rfidApp: "high", nfc: "high" } }, "levels.nfc"],
    [{ clientId: "a", tries: 0 }, "tries"],
    [{ clientId: "a", validMinutes: 600 }, "validMinutes"],
    [{ clientId: "a", documents: [] }, "documents"],
    [{ clientId: "a", statuses: { done: ["x"] } }, "statuses.done"],
    [{ clientId: "a", secret: "very-hidden" }, "secret"],
  ] as const;
  for (const [given, field] of wrong) {
    const parsed = candourKind.parse("candour", given);
    assert.ok("problems" in parsed, field);
    assert.deepEqual(
      parsed.problems.map((problem) => problem.field),
      [field],
    );
    assert.doesNotMatch(JSON.stringify(parsed), /hidden|word@/);
  }
  assert.deepEqual([candourKind.provesOnly, candourKind.onlyWhereNamed], [true, false]);
});

test("the sandbox is known in the test environment alone, and what is left out is filled in when it is used", () => {
  const parsed = parseSettings({ clientId: "a" });
  assert.deepEqual(parsed, { settings: { clientId: "a" } });
  const test = setUp({ clientId: "a" }, "test");
  assert.deepEqual([test.baseUrl, test.barred], ["https://rest-sandbox.candour.fi/v1", null]);
  assert.deepEqual(test.levels, { rfidApp: "substantial" });
  assert.equal(setUp({ clientId: "a" }, "production").barred, "no-base-url");
  const real = parseSettings({ clientId: "a", baseUrl: "https://rest.candour.example/v1/" });
  assert.ok("settings" in real);
  const production = setUp(real.settings, "production");
  assert.deepEqual([production.baseUrl, production.barred], ["https://rest.candour.example/v1", null]);
  assert.deepEqual(production.invitationHosts, ["rest.candour.example"]);
});
