// npm leaves out of package-lock.json the optional packages of other platforms that the registry at hand could not give,
// and `npm ci` then refuses the lock file everywhere. Run this after `npm install`: it puts them back by name and version.
// `--check` only says whether any are missing. Plain JavaScript for Node 20 and up.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const path = join(dirname(fileURLToPath(import.meta.url)), "..", "package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8"));
const systems = /\b(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)\b/;
const processors = /\b(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32|x64)\b/;
const exact = /^\d+\.\d+\.\d+[\w.+-]*$/;

/** Whether npm would find `name` from the package at `from`: in its own node_modules or in one further out. */
function isLocked(name, from) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    if (lock.packages[`${at ? `${at}/` : ""}node_modules/${name}`]) return true;
    if (!at.includes("/node_modules/")) return Boolean(lock.packages[`node_modules/${name}`]);
  }
}

/** An entry that only a machine of that platform ever fetches. */
function entry(name, version, { dev }) {
  const system = systems.exec(name)?.[1];
  const processor = processors.exec(name)?.[1];
  return {
    version,
    ...(processor && { cpu: [processor] }),
    ...(dev && { dev }),
    optional: true,
    ...(system && { os: [system] }),
  };
}

const missing = Object.entries(lock.packages).flatMap(([from, owner]) =>
  Object.entries(owner.optionalDependencies ?? {})
    .filter(([name, version]) => exact.test(version) && !isLocked(name, from))
    .map(([name, version]) => [`node_modules/${name}`, entry(name, version, owner)]),
);

if (missing.length > 0 && process.argv.includes("--check")) {
  console.error(`package-lock.json lacks ${missing.length} optional packages. Run node scripts/complete-lock.mjs.`);
  process.exitCode = 1;
} else if (missing.length > 0) {
  const all = { ...lock.packages, ...Object.fromEntries(missing) };
  lock.packages = Object.fromEntries(Object.entries(all).sort(([a], [b]) => a.localeCompare(b, "en")));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`Put ${missing.length} optional packages back into package-lock.json.`);
}
