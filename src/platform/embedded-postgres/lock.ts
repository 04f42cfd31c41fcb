import { existsSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { PlainError } from "../../kernel/plain-error.ts";

/**
 * A lock that the kernel holds and lets go of when its process ends, however it ends (`kill -9` too). Node has no
 * `flock`, but SQLite locks its files, and an empty database is as good a lock as any.
 */
export type Lock = { release(): void };

const statements = { exclusive: ["begin exclusive"], shared: ["begin", "select count(*) from sqlite_schema"] };

/** The lock on the file `path` (made if need be), or undefined while another process or caller holds it. */
export function tryLock(path: string, mode: "exclusive" | "shared"): Lock | undefined {
  // Readable by us alone: who can open a file can lock it. Never opened by other means than SQLite once it exists, since
  // the kernel drops a process's locks on a file when the process closes any of its handles.
  if (!existsSync(path)) writeFileSync(path, "", { flag: "a", mode: 0o600 });
  const file = new DatabaseSync(path);
  try {
    for (const statement of statements[mode]) file.exec(statement);
    return { release: () => file.isOpen && file.close() };
  } catch (error) {
    file.close();
    if (isBusy(error)) return undefined;
    throw new Error(`could not lock ${path}`, { cause: error });
  }
}

/** Runs `act` while nobody else runs anything under the same `path`; waits up to a minute for its turn. */
export async function oneAtATime<T>(path: string, act: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 2400; tries++) {
    const lock = tryLock(path, "exclusive");
    if (lock) {
      try {
        return await act();
      } finally {
        lock.release();
      }
    }
    await sleep(25);
  }
  throw new PlainError(
    `Another Vahva has been starting or stopping for a minute and still holds ${path}. Stop it first.`,
  );
}

const SQLITE_BUSY = 5;
const isBusy = (error: unknown) => error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
