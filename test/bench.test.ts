import assert from "node:assert/strict";
import { test } from "node:test";
import { startVahva } from "../bench/parties/vahva.ts";
import { testDatabase } from "./harness/database.ts";

test("the benchmark still finds its way through a sign-in", async () => {
  const scratch = await testDatabase();
  const made = { name: "bench", accounts: 2, signingIn: 2 };
  const party = await startVahva({ database: () => Promise.resolve(scratch.url) }, made);
  try {
    assert.match(await party.signIn(), /vahva_session=/);
  } finally {
    await party.stop();
    await scratch.drop();
  }
});
