import { median, short, spread, table } from "../measure/numbers.ts";
import { type Postgres, scansOf, withClient } from "../measure/postgres.ts";
import { measure, type Slice, tripsOf } from "../measure/slice.ts";
import { startVahva } from "../parties/vahva.ts";
import { type Plan, turns } from "../plan.ts";

/** A small and a large service in turn: what a sign-in costs PostgreSQL may not grow with who else has an account. */
export async function scaleSection(postgres: Postgres, plan: Plan): Promise<string> {
  const sizes: { accounts: number; vahva: Awaited<ReturnType<typeof startVahva>>; slices: Slice[] }[] = [];
  for (const accounts of [plan.small, plan.large]) {
    const vahva = await startVahva(postgres, { name: `bench_${accounts}`, accounts, signingIn: plan.small });
    sizes.push({ accounts, vahva, slices: [] });
  }
  try {
    for (const turn of turns(plan.rounds, sizes))
      for (const { vahva, slices } of turn)
        slices.push(
          await measure(postgres, vahva.peer, vahva.signIn, { workers: 4, slice: plan.signInSlice, leadIn: 300 }),
        );
    const [small, large] = sizes;
    const rows = sizes.map(({ accounts, slices }) => [
      accounts.toLocaleString("en"),
      short(median(slices.map((slice) => slice.postgres))),
      short(median(slices.map(({ node }) => node))),
      short(median(slices.map(({ p50 }) => p50))),
      short(median(slices.map(({ wal }) => wal / 1000))),
    ]);
    const growth = (small?.slices ?? []).flatMap((slice, round) => {
      const other = large?.slices[round];
      return other ? [other.postgres / slice.postgres] : [];
    });
    return [
      "## A sign-in among many accounts",
      `4 people at once, ${plan.rounds} rounds in turn, medians.`,
      table(["accounts", "PostgreSQL µs", "Node µs", "p50 ms", "log kB"], rows),
      `PostgreSQL's share at ${plan.large.toLocaleString("en")} accounts is ${spread(growth)} times that at ${plan.small.toLocaleString("en")}.`,
      large ? await explained(large.vahva) : "",
    ].join("\n\n");
  } finally {
    for (const { vahva } of sizes) await vahva.stop();
  }
}

/**
 * How PostgreSQL plans each statement of a sign-in, in the large service: of large tables it may read no whole one, and
 * of those that are small yet, none when it is told to avoid it, so that they may grow.
 */
async function explained({ peer, signIn }: Awaited<ReturnType<typeof startVahva>>): Promise<string> {
  const { trips, texts } = await tripsOf(peer, signIn);
  const statements = [...new Set(texts.map((text) => text.slice(2)))].filter((text) => !/^(begin|commit)/.test(text));
  return withClient(peer.database, async (client) => {
    await client.query("analyze");
    const scans = new Set<string>();
    for (const [least, seqscan] of [
      [5000, "on"],
      [100, "off"],
    ] as const) {
      await client.query(`set enable_seqscan = ${seqscan}`);
      const { rows } = await client.query<{ relname: string }>("select relname from pg_class where reltuples > $1", [
        least,
      ]);
      const tables = new Set(rows.map(({ relname }) => relname));
      for (const text of statements)
        for (const table of await scansOf(client, text, (name) => tables.has(name)))
          scans.add(`- reads all of \`${table}\`: \`${text.slice(0, 120)}\``);
    }
    const verdict =
      scans.size === 0 ? "every look-up is by an index (EXPLAIN)." : "these are not by an index (EXPLAIN):";
    return [
      `A sign-in is ${statements.length} different statements in ${trips} round trips; ${verdict}`,
      ...scans,
    ].join("\n");
  });
}
