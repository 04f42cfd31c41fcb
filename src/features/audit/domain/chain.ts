import type { Instant } from "../../../kernel/time.ts";

/** An event as it is written. */
export type RecordedEvent = Readonly<{
  id: string;
  at: Instant;
  type: string;
  result: string;
  actor: string;
  accountId: string | null;
  network: string | null;
  reference: string | null;
  detail: Readonly<Record<string, unknown>>;
}>;

/** The end of a chain, as its row says it: how many events, the last one's mac, the last checkpoint's number. */
export type Head = Readonly<{ stream: string; head: number; mac: Buffer; checkpoint: number }>;

export type SealedHead = Head & Readonly<{ seal: Buffer }>;

export type Milestone = Readonly<{ stream: string; number: number; at: Instant; eventMac: Buffer }>;

/** The keyed hashes that hold the audit together. `hash` is HMAC-SHA-256 under a key per purpose. */
export type Chain = {
  /** Over everything that a row says, wherever it stands in its chain. */
  rowMac(stream: string, event: RecordedEvent): Buffer;
  /** Over the row and all before it; `previous` is empty for the first. */
  mac(rowMac: Buffer, previous: Buffer): Buffer;
  /** Over the head, so that nobody can make up a head for a shorter chain. */
  seal(head: Head): Buffer;
  /** Over a checkpoint and all before it in its chain; `previous` is empty for the first. */
  checkpointMac(milestone: Milestone, previous: Buffer): Buffer;
};

export function makeChain(hash: (purpose: string, value: string | Buffer) => Buffer): Chain {
  return {
    rowMac: (stream, event) => hash("audit-row", canonicalEvent(stream, event)),
    mac: (rowMac, previous) => hash("audit-chain", Buffer.concat([rowMac, previous])),
    seal: ({ stream, head, mac, checkpoint }) =>
      hash("audit-head", JSON.stringify([stream, head, mac.toString("hex"), checkpoint])),
    checkpointMac: ({ stream, number, at, eventMac }, previous) =>
      hash(
        "audit-checkpoint",
        JSON.stringify([stream, number, at.getTime(), eventMac.toString("hex"), previous.toString("hex")]),
      ),
  };
}

export const sealed = (head: Head, chain: Chain): SealedHead => ({ ...head, seal: chain.seal(head) });

/** Whether `head` is as we wrote it. */
export const isOurs = (head: SealedHead, chain: Chain): boolean => chain.seal(head).equals(head.seal);

/** One text per event and one event per text: an array in a fixed order, and `detail` by its sorted keys, since jsonb keeps no order. */
export const canonicalEvent = (stream: string, event: RecordedEvent): string =>
  JSON.stringify([
    1,
    stream,
    event.id,
    event.at.getTime(),
    event.type,
    event.result,
    event.actor,
    event.accountId,
    event.network,
    event.reference,
    Object.entries(event.detail).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  ]);
