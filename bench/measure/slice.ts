import { type Ask, breathe, type Load, load } from "./load.ts";
import type { Peer } from "./peer.ts";
import { between, type Postgres } from "./postgres.ts";

/** What one slice showed: per request the CPU of the server and of PostgreSQL (microseconds) and the log written (bytes). */
export type Slice = Load & { node: number; postgres: number; wal: number };

type Plan = { workers: number; slice: number; leadIn?: number };

/** Asks a server for a while, with its counters read before and after. */
export async function measure(postgres: Postgres, peer: Peer, ask: Ask, plan: Plan): Promise<Slice> {
  const read = async () => ({ usage: await peer.usage(), spent: await postgres.spent(peer.database) });
  let before = await read();
  let after = before;
  const seen = await load(ask, {
    ...plan,
    begin: async () => {
      before = await read();
    },
    end: async () => {
      after = await read();
    },
  });
  await breathe();
  const { cpu, wal } = between(before.spent, after.spent);
  return {
    ...seen,
    node: (after.usage.cpu - before.usage.cpu) / seen.count,
    postgres: cpu / seen.count,
    wal: wal / seen.count,
  };
}

/** The fewest round trips of five: what the server does besides (its outbox, its clock) is in some of them. */
export async function tripsOf(peer: Peer, ask: Ask): Promise<{ trips: number; texts: readonly string[] }> {
  let least = await peer.trips(() => ask(0));
  for (let more = 0; more < 4; more += 1) {
    const next = await peer.trips(() => ask(0));
    if (next.trips < least.trips) least = next;
  }
  return least;
}
