import { load } from "../measure/load.ts";
import { median, short, spread, table } from "../measure/numbers.ts";
import type { Postgres } from "../measure/postgres.ts";
import { measure, type Slice, tripsOf } from "../measure/slice.ts";
import type { Party } from "../parties/application.ts";
import { type Flows, makeFlows } from "../parties/flows.ts";
import { type Plan, turns } from "../plan.ts";

type Contender = { party: Party; flows: Flows };
type Result = { party: Party; slices: Slice[]; trips: number };

/** What applications ask of an OpenID provider: Vahva and the bare engine in turn, round after round. */
export async function openidSection(postgres: Postgres, ours: Party, bare: Party, plan: Plan): Promise<string> {
  const contenders: Contender[] = [];
  for (const party of [ours, bare]) contenders.push({ party, flows: await makeFlows(party, plan.workers) });
  const names = Object.keys(contenders[0]?.flows ?? {}) as (keyof Flows)[]; // their own keys
  const results = new Map<keyof Flows, Result[]>();
  for (const name of names) results.set(name, await compare(postgres, contenders, name, plan));
  for (const name of names) for (const result of results.get(name) ?? []) result.trips = await countTrips(result, name);

  const rows = names.flatMap((name) => (results.get(name) ?? []).map((result) => row(name, result)));
  const ratios = names.map((name) => ratioRow(name, results.get(name) ?? []));
  return [
    "## What applications ask for",
    `${plan.workers} connections, ${plan.rounds} rounds of ${plan.slice} ms each, medians. CPU in µs for each request.`,
    table(["flow", "", "a second", "p50 ms", "p99 ms", "Node µs", "PostgreSQL µs", "round trips", "log kB"], rows),
    "How many times as good as bare `oidc-provider`, round by round: median (least–most).",
    table(["flow", "rate", "CPU of Node", "CPU of Node + PostgreSQL"], ratios),
  ].join("\n\n");

  async function countTrips({ party }: Result, name: keyof Flows): Promise<number> {
    const flows = contenders.find((each) => each.party === party)?.flows;
    return flows ? (await tripsOf(party.peer, flows[name])).trips : Number.NaN;
  }
}

async function compare(postgres: Postgres, contenders: readonly Contender[], name: keyof Flows, plan: Plan) {
  const results = contenders.map(({ party }): Result => ({ party, slices: [], trips: Number.NaN }));
  // Unmeasured: what is slow at first is not what is asked about here.
  for (const { flows } of contenders) await load(flows[name], { ...plan, leadIn: 0 });
  for (const turn of turns(plan.rounds, contenders))
    for (const { party, flows } of turn) {
      const slice = await measure(postgres, party.peer, flows[name], plan);
      results.find((result) => result.party === party)?.slices.push(slice);
    }
  return results;
}

const middle = (slices: readonly Slice[], read: (slice: Slice) => number) => median(slices.map(read));

const row = (name: string, { party, slices, trips }: Result): string[] => [
  name,
  party.name,
  short(middle(slices, ({ rate }) => rate)),
  short(middle(slices, ({ p50 }) => p50)),
  short(middle(slices, ({ p99 }) => p99)),
  short(middle(slices, ({ node }) => node)),
  short(middle(slices, (slice) => slice.postgres)),
  String(trips),
  short(middle(slices, ({ wal }) => wal / 1000)),
];

/** Each round's pair, ours to the other: noise that lasts longer than a round falls out. */
function ratioRow(name: string, [ours, bare]: readonly Result[]): string[] {
  const pairs = (ours?.slices ?? []).flatMap((mine, round) => {
    const theirs = bare?.slices[round];
    return theirs ? [{ mine, theirs }] : [];
  });
  const both = ({ node, postgres }: Slice) => node + postgres;
  return [
    name,
    spread(pairs.map(({ mine, theirs }) => mine.rate / theirs.rate)),
    spread(pairs.map(({ mine, theirs }) => theirs.node / mine.node)),
    spread(pairs.map(({ mine, theirs }) => both(theirs) / both(mine))),
  ];
}
