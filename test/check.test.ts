import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { withoutComments } from "../scripts/house-rules.ts";

const script = join(import.meta.dirname, "..", "scripts", "check.mjs");

for (const step of ["lint", "types", "arch", "rules"]) {
  test(`the code passes its own check: ${step}`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, `--only=${step}`], { encoding: "utf8" });
    assert.equal(status, 0, `${stdout}${stderr}`);
  });
}

test("a clock named in a comment is not a clock asked, and lines keep their numbers", () => {
  assert.equal(withoutComments('/* Date.now()\n */ a("http://x"); // Math.random'), '\n a("http://x"); ');
});
