import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { PlainError } from "../../kernel/plain-error.ts";

/** The user that the server runs as. */
export type SystemUser = { name: string; uid: number; gid: number };

export const isRoot = () => process.getuid?.() === 0;

/**
 * PostgreSQL refuses to run as root, so root runs it as `vahva`, made if the machine can make users, else as `postgres`
 * or `nobody`.
 */
export function chooseSystemUser(log: (line: string) => void): SystemUser {
  const user = findUser("vahva") ?? makeUser(log) ?? findUser("postgres") ?? findUser("nobody");
  if (!user)
    throw new Error("root needs a system user to run PostgreSQL as, and there is none: vahva, postgres, nobody");
  return user;
}

function makeUser(log: (line: string) => void): SystemUser | undefined {
  spawnSync("useradd", [
    "--system",
    "--no-create-home",
    "--home-dir",
    "/var/lib/vahva",
    "--shell",
    "/usr/sbin/nologin",
    "vahva",
  ]);
  const made = findUser("vahva");
  if (made) log("Made the system user vahva for PostgreSQL, which does not run as root.");
  return made;
}

function findUser(name: string): SystemUser | undefined {
  const fields = passwd().find((line) => line[0] === name);
  return fields && { name, uid: Number(fields[2]), gid: Number(fields[3]) };
}

/** What to call the owner of a file. */
export const userName = (uid: number): string => passwd().find((line) => line[2] === String(uid))?.[0] ?? `user ${uid}`;

function passwd(): string[][] {
  try {
    return readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"));
  } catch {
    return [];
  }
}

/** Whether `user` may list `folder` and everything on the way to it. The kernel is asked, so that every kind of access list counts. */
export const canReach = (user: SystemUser, folder: string): boolean => holds(user, 'cd "$1" && test -x .', folder);

/** Whether `user` may run `file`. */
export const canRun = (user: SystemUser, file: string): boolean => holds(user, 'test -r "$1" && test -x "$1"', file);

function holds({ uid, gid }: SystemUser, question: string, path: string): boolean {
  const { status, error } = spawnSync("/bin/sh", ["-c", question, "sh", path], { uid, gid, cwd: "/" });
  if (error && "code" in error && error.code === "EPERM") {
    throw new PlainError(
      "Vahva runs as root but may not become another user here, and PostgreSQL refuses root. Run Vahva as an ordinary user, or set DATABASE_URL.",
    );
  }
  return status === 0;
}
