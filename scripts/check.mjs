// Everything that a tool can say of the code without a database, and the tests of the domains.
// `--only=lint,types` runs those steps alone.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { root, underNode24 } from "../bin/node24.mjs";

await underNode24();
process.chdir(root);

const node = process.execPath;
const tool = (name, ...args) => [node, join("node_modules", name), ...args];

const steps = {
  lint: tool("@biomejs/biome/bin/biome", "check", "."),
  types: tool("typescript/bin/tsc", "--noEmit"),
  arch: tool("dependency-cruiser/bin/dependency-cruiser.mjs", "src", "--config", ".dependency-cruiser.mjs"),
  dead: tool("knip/bin/knip.js"),
  rules: [node, "scripts/house-rules.ts"],
  lock: [node, "scripts/complete-lock.mjs", "--check"],
  docs: ifThere("scripts/docs.ts", "--check"),
  schema: ifThere("scripts/schema.ts", "--check"),
  unit: [node, "--test", "--test-reporter=dot", "src/**/domain/*.test.ts"],
};

function ifThere(script, ...args) {
  return existsSync(script) ? [node, script, ...args] : undefined;
}

const only = process.argv
  .find((argument) => argument.startsWith("--only="))
  ?.slice("--only=".length)
  .split(",");
const unknown = only?.find((name) => !(name in steps));
if (unknown) {
  console.error(`There is no step "${unknown}"; the steps are ${Object.keys(steps).join(", ")}.`);
  process.exit(2);
}

// Under `node --test`, a nested one would report to it instead of running.
const { NODE_TEST_CONTEXT: _, ...env } = process.env;

const failed = Object.entries(steps)
  .filter(([name, command]) => command && (!only || only.includes(name)))
  .filter(([name, command]) => !passes(name, command));
process.exitCode = failed.length > 0 ? 1 : 0;

function passes(name, [program, ...args]) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8", maxBuffer: 1 << 28 });
  const took = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  console.log(`${status === 0 ? "✔" : "✖"} ${name} (${took})`);
  if (status !== 0) console.log(said(stdout, stderr));
  return status === 0;
}

/** dependency-cruiser misses TypeScript's compiler even when it has been told to use swc. */
function said(stdout, stderr) {
  return `${stdout.replace(/\n‼ missing-tsc-transpiler[\s\S]*/, "")}${stderr}`.trim();
}
