import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { InboxMessage } from "../../src/adapters/demo-inbox/index.ts";
import { loadConfig } from "../../src/config.ts";
import { bankRegistration, brokerName } from "../../src/features/demo/bank/index.ts";
import type { Duration } from "../../src/kernel/time.ts";
import { compose, serve } from "../../src/main.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { testDatabase } from "./database.ts";
import { freePort } from "./free-port.ts";

type Environment = Readonly<Record<string, string>>;

/** All nodes of a test share it, so that one opens what another has sealed. */
const secret = "a secret of the tests that is good for nothing else";

const root = join(import.meta.dirname, "../..");

/** The machine's clock, which a test can move on. */
export function movableClock() {
  let moved = 0;
  return {
    now: () => new Date(Date.now() + moved),
    advance: (duration: Duration) => {
      moved += duration;
    },
  };
}

export type MovableClock = ReturnType<typeof movableClock>;

export type ServiceOptions = {
  env?: Environment;
  clock?: Clock;
  /** Another node's; else a database of its own. */
  databaseUrl?: string;
  /** Whether the demo's bank is open; otherwise pages offer what needs no broker. */
  bank?: boolean;
};

export type Service = Awaited<ReturnType<typeof startService>>;

/**
 * The whole service in this process, on a free port: demo mode on `http://localhost:<port>` unless `env` says otherwise.
 * `inbox` lists what the demo has sent, the latest first.
 */
export async function startService({ env = {}, clock, databaseUrl, bank = false }: ServiceOptions = {}) {
  const scratch = databaseUrl ? null : await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), "vahva-service-"));
  const port = Number(env.VAHVA_PORT ?? (await freePort()));
  const given = environmentFor({ databaseUrl: databaseUrl ?? scratch?.url ?? "", port, folder, env });
  const said: string[] = [];
  const composed = await compose({
    config: loadConfig(given),
    claim: true,
    log: (line) => said.push(line),
    ...(clock && { clock }),
  });
  if (composed.config.demo && !bank) await closeBank(composed);
  const served = await serve(composed).catch(async (error: unknown) => {
    await composed.close();
    throw error;
  });
  let closing: Promise<void> | undefined;
  return {
    url: served.url,
    port,
    env: given,
    db: composed.db,
    databaseUrl: given.DATABASE_URL ?? "",
    features: composed.features,
    clock: composed.clock,
    composed,
    demo: served.demo,
    inbox: async (): Promise<InboxMessage[]> => (await composed.senders.inbox?.list(500)) ?? [],
    close: () => {
      closing ??= (async () => {
        await served.close();
        await composed.close();
        await scratch?.drop();
        rmSync(folder, { recursive: true, force: true });
      })();
      return closing;
    },
  };
}

/** Before the demo opens it: what it finds closed it leaves so. */
async function closeBank(composed: Awaited<ReturnType<typeof compose>>): Promise<void> {
  const registration = await bankRegistration({ ...composed, publicUrl: composed.config.publicUrl });
  const closed = { ...registration, name: brokerName, state: "closed" } as const;
  await composed.features.identityBrokers.add(closed, { actor: "operator" });
}

const environmentFor = (at: { databaseUrl: string; port: number; folder: string; env: Environment }): Environment => ({
  DATABASE_URL: at.databaseUrl,
  VAHVA_PORT: String(at.port),
  VAHVA_DATA: at.folder,
  VAHVA_SECRET: secret,
  VAHVA_DATABASE_CONNECTIONS: "6",
  VAHVA_LOG_LEVEL: "error",
  ...(at.env.VAHVA_MODE === "production" && { VAHVA_PUBLIC_URL: `http://localhost:${at.port}`, VAHVA_METRICS: "main" }),
  ...at.env,
});

/** A node of its own: `bin/vahva start` as an operator starts it. Resolves once it is ready, or throws what it said. */
export async function spawnService({
  databaseUrl,
  port,
  env = {},
}: {
  databaseUrl: string;
  port?: number;
  env?: Environment;
}) {
  const at = port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), "vahva-node-"));
  const given = environmentFor({ databaseUrl, port: at, folder, env });
  const child = spawn(process.execPath, [join(root, "bin/vahva"), "start"], { env: clean(given), cwd: folder });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      log += chunk;
    });
  const url = given.VAHVA_PUBLIC_URL ?? `http://localhost:${at}`;
  const stop = async (signal: NodeJS.Signals) => {
    const code = await ended(child, signal);
    rmSync(folder, { recursive: true, force: true });
    return code;
  };
  try {
    await until(async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended: ${log}`);
      return (await fetch(`${url}/readyz`).catch(() => null))?.ok;
    }, "the node to be ready");
  } catch (error) {
    await stop("SIGKILL");
    throw error;
  }
  return {
    url,
    port: at,
    pid: child.pid,
    env: given,
    /** Everything it has printed so far. */
    log: () => log,
    /** Sends the signal; resolves to the exit code once it has ended, null when a signal ended it. */
    kill: (signal: NodeJS.Signals = "SIGTERM") => stop(signal),
  };
}

export type Node = Awaited<ReturnType<typeof spawnService>>;

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  // Closed, not only gone: what it said last is still on its way then.
  const closed = once(child, "close");
  child.kill(signal);
  await closed;
  return child.exitCode;
}

/** Runs `bin/vahva` with a service's environment; resolves to what it printed, throws when it fails. */
export async function runCommand({ env }: { env: Environment }, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [join(root, "bin/vahva"), ...args], { env: clean(env) });
  let [out, said] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`vahva ${args.join(" ")} ended with ${code}: ${said}`);
  return out;
}

/** Only what a fresh shell has: an unknown VAHVA_ name would be refused. */
const clean = (env: Environment): NodeJS.ProcessEnv => {
  const { PATH = "", HOME = "", NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), ...env };
};

/** Waits for `isSo`, generously: a busy machine is no failure. */
export async function until<T>(
  isSo: () => Promise<T> | T,
  what: string,
  limit = 60_000,
): Promise<Exclude<T, false | null | undefined>> {
  for (const end = Date.now() + limit; Date.now() < end; await sleep(40)) {
    const found = await isSo();
    // Whatever is true is none of the excluded, which the compiler can't tell of a generic type.
    if (found) return found as Exclude<T, false | null | undefined>;
  }
  throw new Error(`waited ${limit / 1000} s for ${what}`);
}
