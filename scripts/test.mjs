// Runs the tests against one PostgreSQL of their own. Arguments choose files, or are options of `node --test`.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { root, underNode24 } from "../bin/node24.mjs";

await underNode24();
process.chdir(root);
const { startTestServer } = await import("../test/harness/server.ts");

const chosen = process.argv.slice(2);
const options = chosen.filter((argument) => argument.startsWith("-") && argument !== "--");
const files = chosen.filter((argument) => !argument.startsWith("-"));
if (files.length === 0) files.push("src/**/*.test.ts", "test/**/*.test.ts");

// A signal goes on to the tests; we end when they have, and the server with us.
let child;
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    interrupted = true;
    child?.kill(signal);
  });
}

const given = process.env.VAHVA_TEST_POSTGRES;
const server = given ? undefined : await startTestServer();
try {
  process.exitCode = interrupted ? 1 : await runTests(server?.url ?? given);
} finally {
  await server?.stop();
}

/** Resolves to the exit code. */
function runTests(url) {
  // Every file is a process of its own that reads the whole service: what one has compiled, the next takes over.
  const compiled = join(root, "node_modules/.cache/compiled");
  const fixed = ["--test", "--test-concurrency=2", "--test-timeout=300000", "--test-reporter=spec"];
  child = spawn(process.execPath, [...fixed, ...options, ...files], {
    stdio: "inherit",
    env: { ...process.env, VAHVA_TEST_POSTGRES: url, NODE_COMPILE_CACHE: compiled },
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
