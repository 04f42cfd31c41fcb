import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlainError } from "../../kernel/plain-error.ts";
import { noBinaries, program } from "./binaries.ts";
import { makeFolder, type Place } from "./place.ts";

/** What the server's programs see of the environment: nothing of ours, and `PG…` variables least of all. */
export const serverEnvironment = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/**
 * Sees to it that there is a database cluster: creates one when there is none, and refuses in a sentence when it is of
 * another major version. It is made under another name and renamed, so that a half-made one never counts.
 */
export function prepareCluster(place: Place, log: (line: string) => void) {
  makeFolder(place.sockets, 0o700, place.runAs);
  if (existsSync(place.data)) return checkVersion(place);
  log(`Creating the database in ${place.home}.`);
  const unfinished = `${place.data}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  makeFolder(unfinished, 0o700, place.runAs);
  initdb(place, unfinished, writePassword(place));
  renameSync(unfinished, place.data);
}

function initdb(place: Place, folder: string, passwordFile: string) {
  const options = [
    "-D",
    folder,
    "-U",
    "vahva",
    `--pwfile=${passwordFile}`,
    "--auth-local=trust",
    "--auth-host=scram-sha-256",
  ];
  // The built-in provider sorts and folds Unicode the same on every machine, whatever locales it has.
  const locale = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const result = spawnSync(
    program(place.binaries, "initdb"),
    [...options, ...locale, "--data-checksums", "--no-instructions"],
    {
      cwd: folder,
      env: serverEnvironment,
      encoding: "utf8",
      ...asUser(place),
    },
  );
  if (result.error && "code" in result.error && result.error.code === "ENOENT") throw noBinaries();
  if (result.error) throw new Error("initdb could not be run", { cause: result.error });
  if (result.status !== 0) throw explainFailure(`${result.stdout}${result.stderr}`, place);
}

/** Who the children run as: nothing to say unless we are root. */
export const asUser = ({ runAs }: Place) => (runAs ? { uid: runAs.uid, gid: runAs.gid } : {});

const passwordPath = (place: Place) => join(place.home, "password");

function writePassword(place: Place): string {
  const path = passwordPath(place);
  rmSync(path, { force: true });
  writeFileSync(path, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  if (place.runAs) chownSync(path, place.runAs.uid, place.runAs.gid);
  return path;
}

/** The password of the database's only role; asked for on loopback only, since the socket's folder is closed to others. */
export const readPassword = (place: Place) => readFileSync(passwordPath(place), "utf8").trim();

function checkVersion({ data, directory, binaries }: Place) {
  const made = readFileSync(join(data, "PG_VERSION"), "utf8").trim();
  if (made === binaries.major) return;
  throw new PlainError(
    `The database in ${directory} was made by PostgreSQL ${made}, and this Vahva brings PostgreSQL ${binaries.major}. Go on with the Vahva that made it, or move the data to a PostgreSQL of your own and set DATABASE_URL.`,
  );
}

/** The error for what initdb or postgres said last: a sentence where we know the cause, else the words themselves. */
export function explainFailure(output: string, place: Place): Error {
  if (/No space left on device|Disk quota exceeded/.test(output)) {
    return new PlainError(
      `The disk of ${place.home} is full, so that the database can't start. Make room and start again.`,
    );
  }
  if (/could not look up effective user/.test(output)) {
    return new PlainError(
      "PostgreSQL runs only as a user with an entry in /etc/passwd. Run Vahva as such a user, or set DATABASE_URL to a PostgreSQL of your own.",
    );
  }
  const lines = output.trim().split("\n").slice(-8).join("\n");
  return new Error(`the embedded PostgreSQL did not start (${place.logFile}): ${lines}`);
}
