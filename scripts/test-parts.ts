// Sees to it that the real programs which some tests drive are there; says which tests are skipped without. Never fails.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { lookAgain, missingParts } from "../test/harness/parts.ts";

const apt = "/usr/bin/apt-get";
const wanted = [...new Set(missingParts().flatMap(({ packages }) => packages))];

if (wanted.length > 0 && process.getuid?.() === 0 && existsSync(apt)) {
  console.log(`Installing what some tests drive (apt-get install ${wanted.join(" ")}) …`);
  withoutDaemons(() => {
    aptGet("update", "-qq");
    // One package that this distribution lacks must not keep the others away.
    const [all, ...rest] = [wanted, ...(wanted.length > 1 ? wanted.map((one) => [one]) : [])];
    if (all && !install(all)) rest.forEach(install);
  });
  lookAgain();
}
for (const { name, packages, tests } of missingParts()) {
  console.log(`No ${name} here (Debian: ${packages.join(" ")}); skipped: ${tests}.`);
}

function install(packages: readonly string[]): boolean {
  return aptGet("install", "-y", "-qq", "--no-install-recommends", ...packages);
}

function aptGet(...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const { status, stderr } = spawnSync(apt, ["-o", "DPkg::Lock::Timeout=600", ...args], { env, encoding: "utf8" });
  if (status !== 0) console.log(stderr?.trim().split("\n").slice(-3).join("\n"));
  return status === 0;
}

/** Installs without starting servers: 101 is a policy's "no". A policy that the machine has already stays. */
function withoutDaemons(act: () => void) {
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  try {
    if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    act();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}
