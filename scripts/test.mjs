// Runs the tests against one PostgreSQL of their own. Arguments choose files, or are options of `node --test`.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { root, underNode24 } from "../bin/node24.mjs";

await underNode24();
process.chdir(root);
const { startTestServer } = await import("../test/server.ts");

const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith("-"));
const files = given.filter((argument) => !argument.startsWith("-"));
if (files.length === 0) files.push("src/**/*.test.ts", "test/**/*.test.ts");

const server = process.env.VAHVA_TEST_POSTGRES ? undefined : await startTestServer();
try {
  process.exitCode = await runTests(server?.url ?? process.env.VAHVA_TEST_POSTGRES);
} finally {
  await server?.stop();
}

/** Resolves to the exit code. A signal goes on to the tests; we end when they have. */
function runTests(url) {
  const fixed = ["--test", "--test-concurrency=2", "--test-timeout=300000", "--test-reporter=spec"];
  const child = spawn(process.execPath, [...fixed, ...options, ...files], {
    stdio: "inherit",
    env: { ...process.env, VAHVA_TEST_POSTGRES: url },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
