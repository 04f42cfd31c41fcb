// `npm run bench` measures everything in about five minutes, `npm run bench -- --quick` in one and a half;
// `--only=start,scale` those sections alone. Results on stdout, progress on stderr. README.md tells how to read them.
import { cpus, loadavg, release } from "node:os";
import { parseArgs } from "node:util";
import { hash } from "@node-rs/argon2";
import { short } from "./measure/numbers.ts";
import { type Postgres, startPostgres } from "./measure/postgres.ts";
import { password } from "./parties/application.ts";
import { startBare } from "./parties/bare.ts";
import { startVahva } from "./parties/vahva.ts";
import { type Plan, planOf } from "./plan.ts";
import { memorySection } from "./sections/memory.ts";
import { openidSection } from "./sections/openid.ts";
import { startSection } from "./sections/process.ts";
import { scaleSection } from "./sections/scale.ts";
import { cost, signInSection } from "./sections/sign-ins.ts";
import { stormSection } from "./sections/storm.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, only: { type: "string" } } });
const only = values.only?.split(",");
const wanted = (name: string) => !only || only.includes(name);
const began = performance.now();
const progress = (text: string) => console.error(`${short((performance.now() - began) / 1000)} s  ${text}`);
const load = () => loadavg().map(short).join(" ");

/** Those that Vahva and the bare engine are measured in side by side. */
async function compared(postgres: Postgres, plan: Plan): Promise<string[]> {
  if (!["openid", "sign-ins", "storm"].some(wanted)) return [];
  progress("starting the service and its peer");
  const ours = await startVahva(postgres, { name: "bench_vahva", accounts: plan.accounts, signingIn: plan.accounts });
  const bare = await startBare(postgres, await hash(password, cost));
  try {
    const idle = await Promise.all([ours, bare].map(({ peer }) => peer.usage()));
    const later: string[] = [];
    if (wanted("sign-ins")) progress("sign-ins");
    if (wanted("sign-ins")) later.push(await signInSection(postgres, ours, plan));
    if (wanted("storm")) progress("storm");
    if (wanted("storm")) later.push(await stormSection(ours, bare, plan));
    // Last, since counting round trips leaves the servers slower.
    if (wanted("openid")) progress("what applications ask for");
    const openid = wanted("openid") ? [await openidSection(postgres, ours, bare, plan)] : [];
    const held = await Promise.all(
      [ours, bare].map(async (party, index) => {
        const loaded = await party.peer.usage();
        return { party, idle: idle[index] ?? loaded, loaded };
      }),
    );
    return [...openid, ...later, memorySection(held)];
  } finally {
    await ours.stop();
    await bare.stop();
  }
}

const plan = planOf(values.quick);
const loadBefore = load();
const postgres = await startPostgres();
try {
  const sections = await compared(postgres, plan);
  if (wanted("scale")) progress("a sign-in among many accounts");
  if (wanted("scale")) sections.push(await scaleSection(postgres, plan));
  if (wanted("start")) progress("starting");
  if (wanted("start")) sections.push(await startSection(postgres, plan));
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${process.platform} ${release()}, Node ${process.versions.node}, PostgreSQL ${await postgres.version()} (embedded, fsync on), loopback, no TLS`;
  const when = `${new Date().toISOString().slice(0, 10)}${values.quick ? ", --quick" : ""}; load average ${loadBefore} before and ${load()} after; ${short((performance.now() - began) / 1000)} s in all`;
  console.log([`Machine: ${machine}.`, `When: ${when}.`, ...sections].join("\n\n"));
} finally {
  await postgres.stop();
}
