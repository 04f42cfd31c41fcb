import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Address, serverOptions, urlOf } from "./address.ts";
import { noBinaries, program } from "./binaries.ts";
import { asUser, explainFailure, serverEnvironment } from "./cluster.ts";
import { openLog, tailOf } from "./log-file.ts";
import type { Place } from "./place.ts";
import { isPostmasterOf } from "./process.ts";
import { waitUntilReady } from "./readiness.ts";

/** A server that runs: its process and how to reach it. */
export type Server = { pid: number; address: Address };

/** Small, safe and quiet. Errors are not logged here: their texts hold personal data, and the client gets them anyway. */
const settings = {
  shared_buffers: "32MB",
  max_connections: "60",
  max_wal_size: "256MB",
  min_wal_size: "32MB",
  io_method: "sync",
  max_logical_replication_workers: "0",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_checkpoints: "off",
};

/** The server that runs on this data, or undefined; then what a dead one left behind is removed. */
export function findServer(place: Place): Server | undefined {
  const file = join(place.data, "postmaster.pid");
  if (!statSync(file, { throwIfNoEntry: false })) return undefined;
  const [pid, , , port, sockets] = readFileSync(file, "utf8").split("\n");
  if (isPostmasterOf(Number(pid), place.data)) {
    const address: Address = sockets ? { by: "socket" } : { by: "loopback", port: Number(port) };
    return { pid: Number(pid), address };
  }
  // PostgreSQL itself would refuse to start if another process has this number by now, as happens in containers.
  rmSync(file, { force: true });
  rmSync(join(place.sockets, ".s.PGSQL.5432.lock"), { force: true });
  return undefined;
}

/** Starts the server in a session of its own, so that a Ctrl-C in the terminal is not for it, and waits until it answers. */
export async function launch(place: Place, address: Address, extra: Readonly<Record<string, string>>): Promise<Server> {
  for (let tries = 1; ; tries++) {
    const log = openLog(place.logFile);
    const logged = statSync(place.logFile).size;
    const options = Object.entries({ ...settings, ...serverOptions(address, place), ...extra });
    const child = spawn(
      program(place.binaries, "postgres"),
      ["-D", place.data, ...options.flatMap(([key, value]) => ["-c", `${key}=${value}`])],
      {
        detached: true,
        stdio: ["ignore", log, log],
        cwd: place.data,
        env: serverEnvironment,
        ...asUser(place),
      },
    );
    closeSync(log);
    const waiting = new AbortController();
    const result = await Promise.race([waitUntilReady(urlOf(address, place), waiting.signal), endOf(child)]);
    waiting.abort();
    if (result === "ready" && child.pid) {
      child.unref();
      return { pid: child.pid, address };
    }
    const output = tailOf(place.logFile, logged);
    // After a kill -9 of the server its last children need a moment to notice and let go of the memory that they share.
    if (tries === 20 || !/pre-existing shared memory|still in use/.test(output)) throw explainFailure(output, place);
    await sleep(100 * Math.min(tries, 5));
  }
}

const endOf = (child: ChildProcess) =>
  new Promise<"ended">((resolve, reject) => {
    child.once("exit", () => resolve("ended"));
    // The file is there, so ENOENT means that what loads it isn't: another C library, such as Alpine's.
    child.once("error", (error) => reject("code" in error && error.code === "ENOENT" ? noBinaries() : error));
  });

/** Ends the server: first fast (transactions under way are rolled back), then with less and less patience. */
export async function shutDown({ pid }: Pick<Server, "pid">, place: Place) {
  for (const [signal, patience] of [
    ["SIGINT", 20_000],
    ["SIGQUIT", 5000],
    ["SIGKILL", 5000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return; // gone already
    }
    for (let waited = 0; waited < patience; waited += 10) {
      if (!isPostmasterOf(pid, place.data)) return;
      await sleep(10);
    }
  }
}
