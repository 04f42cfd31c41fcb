import assert from "node:assert/strict";
import { test } from "node:test";
import { strengthOf } from "./strength.ts";

test("SIN-9 an acr that is not ours asks for nothing", () => {
  assert.equal(strengthOf("aal3"), 3);
  for (const acr of ["aal4", "AAL2", "urn:x:aal2", ""]) assert.equal(strengthOf(acr), null);
});
