import type { Db, Tx } from "../../platform/database/index.ts";
import type { Verdict, VerifyOptions } from "./contract.ts";
import { type Chain, isOurs, type SealedHead } from "./domain/chain.ts";
import { type Fault, finish, startWalk, step } from "./domain/walk.ts";
import { nextStream, readChain, readCheckpoints, readHead } from "./store.ts";

const batch = 1000;
const faultsKept = 1000;

export const makeVerify =
  ({ chain }: { chain: Chain }) =>
  async (db: Db, { onProgress }: VerifyOptions = {}): Promise<Verdict> => {
    const verdict: Verdict = { streams: 0, events: 0, faults: [], faultCount: 0 };
    const report = (faults: readonly Fault[]) => {
      verdict.faultCount += faults.length;
      verdict.faults.push(...faults.slice(0, faultsKept - verdict.faults.length));
    };
    for (let stream = await nextStream(db, ""); stream !== null; stream = await nextStream(db, stream)) {
      const name = stream;
      verdict.streams += 1;
      // One snapshot, so that what is recorded meanwhile does not look like tampering.
      await db
        .transaction()
        .setIsolationLevel("repeatable read")
        .setAccessMode("read only")
        .execute(async (tx) => {
          const head = await readHead(tx, name);
          for await (const { faults, events } of walkEvents(tx, name, head, chain)) {
            report(faults);
            verdict.events += events;
            onProgress?.(verdict.events);
          }
          for await (const faults of walkCheckpoints(tx, name, head, chain)) report(faults);
        });
    }
    return verdict;
  };

/** More than anybody tampers with by chance, and soon read. */
const headsLookedAt = 20;

export const makeIsOfOurKey =
  ({ chain }: { chain: Chain }) =>
  async (db: Db): Promise<boolean> => {
    let seen = 0;
    let stream = await nextStream(db, "");
    while (stream !== null && seen < headsLookedAt) {
      const head = await readHead(db, stream);
      if (head && isOurs(head, chain)) return true;
      seen += 1;
      stream = await nextStream(db, stream);
    }
    return seen === 0;
  };

async function* walkEvents(tx: Tx, stream: string, head: SealedHead | undefined, chain: Chain) {
  let walk = startWalk(stream, head, chain);
  let after: number | undefined = Number.MIN_SAFE_INTEGER;
  while (after !== undefined) {
    const rows = await readChain(tx, stream, after, batch);
    const faults: Fault[] = [];
    for (const row of rows) {
      const next = step(walk, row, chain);
      walk = next.walk;
      faults.push(...next.faults);
    }
    yield { faults, events: rows.length };
    after = rows.at(-1)?.number;
  }
  yield { faults: finish(walk, head, chain), events: 0 };
}

async function* walkCheckpoints(tx: Tx, stream: string, head: SealedHead | undefined, chain: Chain) {
  let previous: Buffer = Buffer.alloc(0);
  let last = 0;
  let after: number | undefined = Number.MIN_SAFE_INTEGER;
  while (after !== undefined) {
    const rows = await readCheckpoints(tx, stream, after, batch);
    const faults: Fault[] = [];
    for (const row of rows) {
      const genuine = chain.checkpointMac(row, previous).equals(row.mac);
      if (!genuine || !row.rowMac?.equals(row.eventMac))
        faults.push({ stream, number: row.number, fault: "checkpoint", id: row.rowId });
      previous = row.mac;
      last = row.number;
    }
    yield faults;
    after = rows.at(-1)?.number;
  }
  // A head that knows a later checkpoint than there is, or an earlier one.
  const known = head?.checkpoint ?? 0;
  if (known !== last) yield [{ stream, number: Math.max(known, last), fault: "checkpoint" as const, id: null }];
}
