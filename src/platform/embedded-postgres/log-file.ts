import { Buffer } from "node:buffer";
import { closeSync, copyFileSync, fstatSync, openSync, readSync, statSync, truncateSync } from "node:fs";

const limit = 5 * 1024 * 1024;

/** Opens the server's log for it to write to. */
export function openLog(path: string): number {
  boundLog(path);
  return openSync(path, "a", 0o600);
}

/** Keeps the log and one older part within a few megabytes each. The server goes on writing to the same file. */
export function boundLog(path: string) {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < limit) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** What was logged after the first `start` bytes, or the last part of it. */
export function tailOf(path: string, start: number): string {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size - start, 4096));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8");
  } finally {
    closeSync(file);
  }
}
