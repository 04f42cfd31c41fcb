import { existsSync, readdirSync, readFileSync } from "node:fs";

const read = (path: string): string | null => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null; // ended, or no Linux
  }
};

const kilobytes = (text: string | null, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text ?? "")?.[1] ?? Number.NaN);

/** CPU time of a process with one thread in microseconds, or NaN where there is no /proc. */
export const cpuOf = (pid: number): number =>
  Number(read(`/proc/${pid}/schedstat`)?.split(" ")[0] ?? Number.NaN) / 1000;

/** User and system time of a process in seconds, all threads, to a hundredth. */
export function secondsOf(pid: number): number {
  const fields = read(`/proc/${pid}/stat`)?.split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident memory in megabytes. */
export const residentOf = (pid: number): number => kilobytes(read(`/proc/${pid}/status`), "VmRSS") / 1024;

/** Memory of a process and its children in megabytes, what they share counted once. */
export function proportionalOf(pid: number): number {
  const parents = (existsSync("/proc/self") ? readdirSync("/proc") : [])
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({
      pid: Number(name),
      parent: Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${name}/status`) ?? "")?.[1]),
    }));
  const family = parents.filter((each) => each.pid === pid || each.parent === pid);
  return family.reduce((sum, each) => sum + kilobytes(read(`/proc/${each.pid}/smaps_rollup`), "Pss") / 1024, 0);
}
