import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { PlainError } from "../../kernel/plain-error.ts";
import { type Binaries, copyBinaries, findBinaries, program } from "./binaries.ts";
import { canReach, canRun, chooseSystemUser, isRoot, type SystemUser, userName } from "./system-user.ts";

/** Where everything of one embedded database is. */
export type Place = {
  /** The folder that was asked for, as its real path. */
  directory: string;
  /** Ours alone: locks, the password, and the two folders below. In `directory`, unless the server's user can't get there. */
  home: string;
  data: string;
  sockets: string;
  logFile: string;
  binaries: Binaries;
  /** Whom the server runs as, when we are root. */
  runAs: SystemUser | undefined;
};

/** Where root keeps what PostgreSQL's user could not reach in the folder asked for. */
const elsewhere = "/var/lib/vahva";

/** Makes `directory` if need be. Refuses in a sentence when that can't be, or when nothing can be written there. */
export function openDirectory(directory: string): string {
  const path = resolve(directory);
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(path);
  } catch (cause) {
    throw Object.assign(new PlainError(`${whyNot(cause, path)} Choose another folder with VAHVA_DATA.`), { cause });
  }
}

function whyNot(cause: unknown, path: string): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : "";
  if (code === "ENOSPC" || code === "EDQUOT") return `The disk of the folder ${path} is full.`;
  if (code === "EEXIST" || code === "ENOTDIR")
    return `${path} is a file, where a folder for the database was expected.`;
  return `Vahva may not write in the folder ${path}.`;
}

/** Finds where the database of `directory` is, or decides where it shall be. Call it only while starting one at a time. */
export function findPlace(directory: string, log: (line: string) => void): Place {
  const home = knownHome(directory);
  const runAs = isRoot()
    ? ((home === undefined ? undefined : ownerOf(join(home, "data"))) ?? chooseSystemUser(log))
    : undefined;
  const place = home ?? makeHome(directory, runAs);
  const data = join(place, "data");
  const owner = existsSync(data) && ownerOf(data);
  if (owner && !runAs && owner.uid !== process.getuid?.()) throw belongsToAnother(directory, owner);
  if (runAs && !canReach(runAs, place)) {
    throw new PlainError(
      `PostgreSQL runs as the user ${runAs.name}, who can't reach ${place}. Let that user pass, or set VAHVA_DATA.`,
    );
  }
  const found = findBinaries();
  const binaries = runAs && !canRun(runAs, program(found, "postgres")) ? copyBinaries(found, openElsewhere()) : found;
  return {
    directory,
    home: place,
    data,
    sockets: join(place, "socket"),
    logFile: join(directory, "postgres.log"),
    binaries,
    runAs,
  };
}

const pointer = (directory: string) => join(directory, "postgres.location");

function knownHome(directory: string): string | undefined {
  const near = join(directory, "postgres");
  if (!existsSync(pointer(directory))) return existsSync(near) ? near : undefined;
  const far = readFileSync(pointer(directory), "utf8").trim();
  if (!isRoot()) throw belongsToAnother(directory, { name: "root" });
  if (existsSync(far)) return far;
  throw new PlainError(
    `${pointer(directory)} says that the database is in ${far}, which is not there. Put it back, or remove that file to begin with an empty database.`,
  );
}

function makeHome(directory: string, runAs: SystemUser | undefined): string {
  const near = join(directory, "postgres");
  if (!runAs || canReach(runAs, directory)) return makeFolder(near, runAs ? 0o711 : 0o700);
  const name = join(openElsewhere(), createHash("sha256").update(directory).digest("hex").slice(0, 16));
  const far = firstFree(name);
  writeFileSync(pointer(directory), `${far}\n`);
  return makeFolder(far, 0o711);
}

/** A folder removed and made anew gets a new database, and the old one stays where it was: nothing is lost by a mistake. */
function firstFree(name: string): string {
  for (let n = 1; ; n++) {
    const path = n === 1 ? name : `${name}-${n}`;
    if (!existsSync(path)) return path;
  }
}

const openElsewhere = () => makeFolder(openDirectory(elsewhere), 0o755);

/** Makes the folder `path` with exactly `mode`, whatever the umask, and gives it to `owner`. */
export function makeFolder(path: string, mode: number, owner?: SystemUser): string {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  if (owner) chownSync(path, owner.uid, owner.gid);
  return path;
}

function ownerOf(path: string): SystemUser | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && found.uid !== 0 ? { name: userName(found.uid), uid: found.uid, gid: found.gid } : undefined;
}

const belongsToAnother = (directory: string, { name }: { name: string }) =>
  new PlainError(
    `The database in ${directory} belongs to ${name}. Run Vahva as ${name}, or choose another folder with VAHVA_DATA.`,
  );
