import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { migrate } from "../../src/platform/database/index.ts";
import { freePort } from "../../test/harness/free-port.ts";
import { removeDatabase } from "../../test/harness/server.ts";
import { median, short, table } from "../measure/numbers.ts";
import type { Postgres } from "../measure/postgres.ts";
import { proportionalOf, residentOf, secondsOf } from "../measure/process.ts";
import type { Plan } from "../plan.ts";

const program = join(import.meta.dirname, "..", "..", "bin", "vahva");

/** From the command to the sentence that says it is ready, and what it holds in memory then. */
export async function startSection(postgres: Postgres, plan: Plan): Promise<string> {
  const given = await postgres.database("bench_start");
  await migrate(given);
  const seen = { given: [] as Started[], first: [] as Started[], warm: [] as Started[] };
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), "vahva-bench-"));
    chmodSync(made, 0o711); // root's server runs as another user
    return made;
  };
  const kept = folder();
  try {
    await started({ VAHVA_DATA: kept });
    for (let round = 0; round < plan.starts; round += 1) {
      seen.given.push(await started({ VAHVA_DATA: kept, DATABASE_URL: given }));
      seen.warm.push(await started({ VAHVA_DATA: kept }));
      if (round >= 3) continue; // the slowest
      const fresh = folder();
      seen.first.push(await started({ VAHVA_DATA: fresh }));
      removeDatabase(fresh);
    }
  } finally {
    removeDatabase(kept);
  }
  const row = (name: string, all: readonly Started[]) => {
    const took = all.map(({ took }) => took);
    return [
      name,
      short(median(took)),
      `${short(Math.min(...took))}–${short(Math.max(...took))}`,
      short(median(all.map(({ cpu }) => cpu))),
      short(median(all.map(({ resident }) => resident))),
      short(median(all.map(({ postgres }) => postgres))),
    ];
  };
  return [
    "## Starting",
    "`bin/vahva start` in demo mode, from the command to the sentence that says it is ready; memory two seconds later, idle.",
    table(
      ["", "s", "least–most", "of it Node's CPU", "resident MB", "embedded PostgreSQL MB"],
      [
        row("PostgreSQL of one's own", seen.given),
        row("embedded, again", seen.warm),
        row("embedded, first ever", seen.first),
      ],
    ),
  ].join("\n\n");
}

type Started = { took: number; cpu: number; resident: number; postgres: number };

async function started(env: Record<string, string>): Promise<Started> {
  const { PATH = "", HOME = "" } = process.env;
  const from = performance.now();
  const child = spawn(process.execPath, [program, "start"], {
    env: { PATH, HOME, VAHVA_PORT: String(await freePort()), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    await said(child, "is ready");
    const took = (performance.now() - from) / 1000;
    const pid = child.pid ?? 0;
    const cpu = secondsOf(pid);
    await sleep(2000);
    const postgres = env.DATABASE_URL ? Number.NaN : proportionalOf(postmasterOf(env.VAHVA_DATA ?? ""));
    return { took, cpu, resident: residentOf(pid), postgres };
  } finally {
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    await exit;
  }
}

/** The embedded server's process; its data is elsewhere when the folder says so. */
function postmasterOf(folder: string): number {
  const pointer = join(folder, "postgres.location");
  const home = existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : join(folder, "postgres");
  const file = [join(home, "data", "postmaster.pid"), join(home, "postmaster.pid")].find((path) => existsSync(path));
  return file ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
}

function said(child: ChildProcess, words: string): Promise<void> {
  let all = "";
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        all += text;
        if (all.includes(words)) resolve();
      });
    child.once("exit", () => reject(new Error(`it ended: ${all}`)));
  });
}
