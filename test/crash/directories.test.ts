import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { minutes } from "../../src/kernel/time.ts";
import { openDirectories } from "../grounds/directories.ts";
import { keyringSecret } from "../grounds/inviting.ts";
import { eventually } from "../harness/eventually.ts";

test("DIR-2 T80 OPS-4 kill -9 while directories are told: another node goes on from what was noted, and each is told once more at most", async () => {
  const ground = await openDirectories();
  const people = [await ground.person(), await ground.person(), await ground.person()];
  for (const person of people) await ground.tell(person, "reset");
  const script = join(import.meta.dirname, "directory-node.ts");
  const node = spawn(process.execPath, [script, ground.url, keyringSecret], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  node.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const begun = () => said.split("\n").filter(Boolean);
  await eventually(() => assert.equal(begun().length, 2));
  node.kill("SIGKILL");
  await new Promise((resolve) => node.once("exit", resolve));

  assert.equal(await ground.directories.deliverDue(), 0, "the dead node's leases hold, both of them");
  ground.clock.advance(minutes(3));
  ground.answers(({ hand, subject }) => {
    const noted = begun().includes(subject.accountId) ? `begun: ${subject.accountId}` : null;
    assert.equal(hand.memory, noted);
    return { result: "done", progress: { removed: 3, of: 3 }, left: [] };
  });
  await ground.directories.deliverDue();
  assert.deepEqual(ground.logged, []);
  const jobs = (await ground.jobs()).map(({ state, attempts, removed, memory }) => [state, attempts, removed, memory]);
  assert.deepEqual(jobs.toSorted(), [
    ["done", 1, 3, null],
    ["done", 2, 3, null],
    ["done", 2, 3, null],
  ]);
  assert.equal((await ground.audit.verify(ground.db)).faultCount, 0);
  await ground.close();
});
