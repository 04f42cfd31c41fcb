import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";

/** Whether the process `pid` lives and is the server on the folder `data`: numbers are used again, so the number alone proves nothing. */
export function isPostmasterOf(pid: number, data: string): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  return existsSync("/proc/self/cwd") ? worksIn(pid, data) : commandOf(pid).includes(data);
}

/** A server works in its data folder. A dead one that nobody has buried yet (a zombie) works nowhere. */
function worksIn(pid: number, folder: string): boolean {
  try {
    const [theirs, ours] = [statSync(`/proc/${pid}/cwd`), statSync(folder)];
    return theirs.ino === ours.ino && theirs.dev === ours.dev;
  } catch {
    return false;
  }
}

const commandOf = (pid: number): string =>
  spawnSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout ?? "";
