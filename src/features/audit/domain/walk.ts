import { type Chain, isOurs, type RecordedEvent, type SealedHead } from "./chain.ts";

/**
 * - `changed`: the row says something else than was written.
 * - `inserted`: the row was never written by us, or not there.
 * - `removed`: rows are missing, from `number` on.
 * - `reordered`: a genuine row that does not follow the one before it.
 * - `tail-cut`: the last rows are missing, from `number` on.
 * - `head`: the chain's head is missing, was changed by another hand, or is an older copy.
 * - `checkpoint`: a signed milestone is missing, was changed, or says otherwise than the row.
 */
export type FaultKind = "changed" | "inserted" | "removed" | "reordered" | "tail-cut" | "head" | "checkpoint";

/** One thing that is not as it was written. `id` is the row's, where there is a row. */
export type Fault = { stream: string; number: number; fault: FaultKind; id: string | null };

export type ChainRow = RecordedEvent & Readonly<{ number: number; rowMac: Buffer; mac: Buffer }>;

/** A row that does not follow the one before it, or says something else; the next row tells what happened. */
type Doubt = Readonly<{ number: number; id: string; mac: Buffer; genuine: boolean }>;

/** Where a walk along a chain is. */
export type Walk = Readonly<{
  stream: string;
  /** The number of the last row, as the head has it. */
  end: number;
  last: number;
  /** The macs that the next row may follow: one, unless there were rows in doubt. */
  tips: readonly Buffer[];
  doubt: Doubt | null;
  faulty: boolean;
}>;

/** How far back a row may reach past rows in doubt. */
const reach = 8;

export function startWalk(stream: string, head: SealedHead | undefined, chain: Chain): Walk {
  const end = head && isOurs(head, chain) ? head.head : Number.POSITIVE_INFINITY;
  return { stream, end, last: 0, tips: [Buffer.alloc(0)], doubt: null, faulty: false };
}

/** Goes on by one row, in the order of their numbers. */
export function step(walk: Walk, row: ChainRow, chain: Chain): { walk: Walk; faults: Fault[] } {
  const { stream, doubt, last } = walk;
  const genuine = chain.rowMac(stream, row).equals(row.rowMac);
  const follows = walk.tips.findLast((tip) => chain.mac(row.rowMac, tip).equals(row.mac));
  const gap = row.number > last + 1;
  const faults: Fault[] = [];
  if (doubt) faults.push(settle(walk, doubt, follows));
  if (gap) faults.push({ stream, number: last + 1, fault: "removed", id: null });

  // After a gap, or a row in doubt, nobody can say what this one followed: its own words must do.
  const sound = genuine && row.number >= 1 && (follows !== undefined || gap || doubt !== null);
  return {
    faults,
    walk: {
      ...walk,
      last: Math.max(row.number, 0),
      tips: sound && !doubt ? [row.mac] : [...walk.tips, row.mac].slice(-reach),
      doubt: sound ? null : { number: row.number, id: row.id, mac: row.mac, genuine },
      faulty: walk.faulty || faults.length > 0,
    },
  };
}

/** What happened to a row in doubt, now that the mac which the `next` row follows is known. */
function settle({ stream, end }: Walk, { number, id, mac, genuine }: Doubt, next: Buffer | undefined): Fault {
  const passedBy = next !== undefined && !next.equals(mac);
  if (number > end || (!genuine && passedBy)) return { stream, number, id, fault: "inserted" };
  if (!genuine) return { stream, number, id, fault: "changed" };
  return { stream, number, id, fault: next?.equals(mac) ? "removed" : "reordered" };
}

/** What the end of a chain shows: the row in doubt, a cut tail, a head by another hand or an old one. */
export function finish(walk: Walk, head: SealedHead | undefined, chain: Chain): Fault[] {
  const { stream, doubt, last } = walk;
  const faults = doubt ? [settle(walk, doubt, undefined)] : [];
  if (!head || !isOurs(head, chain)) {
    faults.push({ stream, number: head?.head ?? 0, fault: "head", id: null });
  } else if (head.head > last) {
    faults.push({ stream, number: last + 1, fault: "tail-cut", id: null });
  } else if (!walk.faulty && faults.length === 0 && !walk.tips.at(-1)?.equals(head.mac)) {
    faults.push({ stream, number: head.head, fault: "head", id: null });
  }
  return faults;
}
