import { type Selectable, sql } from "kysely";
import { type Db, jsonText, type Tables, type Tx } from "../../platform/database/index.ts";
import type { Position } from "./contract.ts";
import type { Milestone, RecordedEvent, SealedHead } from "./domain/chain.ts";
import type { ChainRow } from "./domain/walk.ts";

const empty = Buffer.alloc(0);

const toHead = ({ stream, head, mac, checkpoint, seal }: Selectable<Tables["audit_stream"]>): SealedHead => ({
  stream,
  head,
  mac,
  checkpoint,
  seal,
});

/**
 * Locks the heads of `streams`, in one order everywhere; a chain that has none begins. With several, those that are
 * missing are made before any is locked: made after, they would be taken out of order, and deadlock.
 */
export async function lockHeads(tx: Tx, streams: readonly string[]): Promise<SealedHead[]> {
  const lock = () =>
    tx
      .selectFrom("audit_stream")
      .selectAll()
      .where("stream", "in", [...streams])
      .orderBy("stream")
      .forUpdate()
      .execute();
  const begin = () =>
    tx
      .insertInto("audit_stream")
      .values([...streams].sort().map((stream) => ({ stream, head: 0, mac: empty, seal: empty })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  const only = streams.length === 1 ? await lock() : [];
  if (only.length === 1) return only.map(toHead);
  const [, heads] = await Promise.all([begin(), lock()]);
  return heads.map(toHead);
}

/** Appends `rows`, at most a thousand, to the chain whose head becomes `head`: one statement. */
export async function appendEvents(tx: Tx, head: SealedHead, rows: readonly ChainRow[]): Promise<void> {
  const values = rows.map(({ number, rowMac, mac, ...event }) => ({
    stream: head.stream,
    number,
    id: event.id,
    at: event.at,
    type: event.type,
    result: event.result,
    actor: event.actor,
    account_id: event.accountId,
    reference: event.reference,
    network: event.network,
    detail: jsonText(event.detail),
    row_mac: rowMac,
    mac,
  }));
  await tx
    .with("appended", (query) => query.insertInto("audit_event").values(values))
    .updateTable("audit_stream")
    .set({ head: head.head, mac: head.mac, checkpoint: head.checkpoint, seal: head.seal })
    .where("stream", "=", head.stream)
    .execute();
}

const toEvent = (row: Selectable<Tables["audit_event"]>): RecordedEvent => ({
  id: row.id,
  at: row.at,
  type: row.type,
  result: row.result,
  actor: row.actor,
  accountId: row.account_id,
  network: row.network,
  reference: row.reference,
  detail: row.detail as Record<string, unknown>, // only `appendEvents` writes it
});

/** At most `limit` rows of a chain after `number`, in order. */
export async function readChain(db: Db | Tx, stream: string, number: number, limit: number): Promise<ChainRow[]> {
  const rows = await db
    .selectFrom("audit_event")
    .selectAll()
    .where("stream", "=", stream)
    .where("number", ">", number)
    .orderBy("number")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...toEvent(row), number: row.number, rowMac: row.row_mac, mac: row.mac }));
}

/** The chain after `stream` in any of the three tables, since a tampered one may be missing from some. */
export async function nextStream(db: Db | Tx, stream: string): Promise<string | null> {
  const { rows } = await sql<{ next: string | null }>`
    select least(
      (select min(stream) from audit_stream where stream > ${stream}),
      (select min(stream) from audit_event where stream > ${stream}),
      (select min(stream) from audit_checkpoint where stream > ${stream})
    ) as next`.execute(db);
  return rows[0]?.next ?? null;
}

export async function readHead(db: Db | Tx, stream: string): Promise<SealedHead | undefined> {
  const row = await db.selectFrom("audit_stream").selectAll().where("stream", "=", stream).executeTakeFirst();
  return row && toHead(row);
}

/** Chains that moved since their last checkpoint. */
export async function movedStreams(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("audit_stream")
    .select("stream")
    .whereRef("head", ">", "checkpoint")
    .orderBy("stream")
    .execute();
  return rows.map(({ stream }) => stream);
}

/** The mac of the checkpoint at `number`; empty for 0, where every chain begins. */
export async function checkpointMacAt(tx: Tx, stream: string, number: number): Promise<Buffer | undefined> {
  if (number === 0) return empty;
  const row = await tx
    .selectFrom("audit_checkpoint")
    .select("mac")
    .where("stream", "=", stream)
    .where("number", "=", number)
    .executeTakeFirst();
  return row?.mac;
}

/** Adds a checkpoint and tells the head of it. */
export async function saveCheckpoint(tx: Tx, milestone: Milestone, mac: Buffer, head: SealedHead): Promise<void> {
  const { stream, number, at, eventMac } = milestone;
  await tx
    .with("signed", (query) =>
      query.insertInto("audit_checkpoint").values({ stream, number, at, event_mac: eventMac, mac }),
    )
    .updateTable("audit_stream")
    .set({ checkpoint: head.checkpoint, seal: head.seal })
    .where("stream", "=", stream)
    .execute();
}

/** A checkpoint beside the row that it speaks of. */
export type CheckpointRow = Milestone & Readonly<{ mac: Buffer; rowMac: Buffer | null; rowId: string | null }>;

/** At most `limit` checkpoints of a chain after `number`, in order. */
export async function readCheckpoints(
  db: Db | Tx,
  stream: string,
  number: number,
  limit: number,
): Promise<CheckpointRow[]> {
  const rows = await db
    .selectFrom("audit_checkpoint as c")
    .leftJoin("audit_event as e", (join) => join.onRef("e.stream", "=", "c.stream").onRef("e.number", "=", "c.number"))
    .select(["c.stream", "c.number", "c.at", "c.event_mac as eventMac", "c.mac", "e.mac as rowMac", "e.id as rowId"])
    .where("c.stream", "=", stream)
    .where("c.number", ">", number)
    .orderBy("c.number")
    .limit(limit)
    .execute();
  return rows;
}

export async function listEvents(
  db: Db | Tx,
  { accountId, limit, before }: { accountId: string; limit: number; before?: Position | undefined },
): Promise<RecordedEvent[]> {
  const rows = await db
    .selectFrom("audit_event")
    .selectAll()
    .where("account_id", "=", accountId)
    .$if(before !== undefined, (query) => query.where(sql<boolean>`(at, id) < (${before?.at}, ${before?.id})`))
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map(toEvent);
}

export async function findByReference(db: Db | Tx, reference: string): Promise<RecordedEvent[]> {
  const rows = await db
    .selectFrom("audit_event")
    .selectAll()
    .where("reference", "=", reference)
    .orderBy("at")
    .limit(100)
    .execute();
  return rows.map(toEvent);
}
