import { setTimeout as sleep } from "node:timers/promises";
import { type Ask, keepBusy, type Load, load } from "../measure/load.ts";
import { median, short, spread, table } from "../measure/numbers.ts";
import type { Party } from "../parties/application.ts";
import { makeFlows } from "../parties/flows.ts";
import { type Plan, turns } from "../plan.ts";

const probes = ["client credentials", "refresh"] as const;
type Probe = (typeof probes)[number];
type Round = Record<Probe, Load> & { signIns: number };

/** How long an application waits for a token while many people sign in: two connections that ask beside the crowd. */
export async function stormSection(ours: Party, bare: Party, plan: Plan): Promise<string> {
  const parties: { party: Party; asks: Record<Probe, Ask>; rounds: Round[] }[] = [];
  for (const party of [ours, bare]) parties.push({ party, asks: await makeFlows(party, 1), rounds: [] });
  for (const turn of turns(plan.rounds, parties))
    for (const { party, asks, rounds } of turn) rounds.push(await storm(party, asks, plan));

  const rows = parties.flatMap(({ party, rounds }) =>
    probes.map((probe) => [
      probe,
      party.name,
      short(median(rounds.map((round) => round[probe].p50))),
      short(median(rounds.map((round) => round[probe].p99))),
      short(median(rounds.map(({ signIns }) => signIns))),
    ]),
  );
  const [mine, theirs] = parties;
  const ratio = (probe: Probe, read: (seen: Load) => number) =>
    spread(
      (mine?.rounds ?? []).flatMap((round, index) => {
        const other = theirs?.rounds[index];
        return other ? [read(other[probe]) / read(round[probe])] : [];
      }),
    );
  return [
    "## Tokens during a storm of sign-ins",
    `${plan.people} people sign in at once; beside them one connection for each flow, ${plan.rounds} rounds, medians.`,
    table(["flow", "", "p50 ms", "p99 ms", "sign-ins a second"], rows.toSorted(byFlow)),
    "How many times as quick as bare `oidc-provider`: median (least–most).",
    table(
      ["flow", "p50", "p99"],
      probes.map((probe) => [probe, ratio(probe, ({ p50 }) => p50), ratio(probe, ({ p99 }) => p99)]),
    ),
  ].join("\n\n");
}

const byFlow = ([one = ""]: readonly string[], [other = ""]: readonly string[]) => one.localeCompare(other);

async function storm(party: Party, asks: Record<Probe, Ask>, plan: Plan): Promise<Round> {
  const crowd = keepBusy(() => party.signIn(), plan.people);
  try {
    await crowd.meanwhile(sleep(700));
    const before = crowd.took.length;
    const began = performance.now();
    const probe = (name: Probe) => load(asks[name], { workers: 1, slice: plan.signInSlice, leadIn: 0 });
    const [cc, refresh] = await Promise.all([probe("client credentials"), probe("refresh")]);
    const signIns = ((crowd.took.length - before) * 1000) / (performance.now() - began);
    return { "client credentials": cc, refresh, signIns };
  } finally {
    await crowd.stop();
  }
}
