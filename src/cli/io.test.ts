import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { text } from "node:stream/consumers";
import { test } from "node:test";

test("OPS-2 whoever reads no more of a command's answer, as head does, gets no fault from it", async () => {
  const command = spawn(process.execPath, ["bin/vahva", "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  command.stdout.destroy();
  const [said, [code]] = await Promise.all([text(command.stderr), once(command, "exit")]);
  assert.deepEqual([said, code], ["", 0]);
});
