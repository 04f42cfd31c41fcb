import type { Level } from "../../../kernel/identity.ts";
import type { Instant } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";

/** An identification that goes on elsewhere. */
export type PendingRequest = Readonly<{
  stateHash: Buffer;
  broker: string;
  memory: Buffer;
  level: Level;
  sentAt: Instant;
  pending: Buffer;
}>;

/** Notes that the identification goes on elsewhere, to be asked for again until `until`. */
export async function savePending(
  db: Db,
  { stateHash, pending, until }: { stateHash: Buffer; pending: Buffer; until: Instant },
  now: Instant,
): Promise<void> {
  await db
    .updateTable("eid_request")
    .set({ pending, asked_at: now, expires_at: until })
    .where("state_hash", "=", stateHash)
    .execute();
}

/** The journey's identification that goes on elsewhere; null when there is none, or none any more. */
export async function findPending(db: Db, journeyId: string, now: Instant): Promise<PendingRequest | null> {
  const row = await db
    .selectFrom("eid_request")
    .select(["state_hash as stateHash", "broker", "memory", "level", "sent_at as sentAt", "pending"])
    .where("journey_id", "=", journeyId)
    .where("pending", "is not", null)
    .where("expires_at", ">", now)
    .orderBy("sent_at", "desc")
    .executeTakeFirst();
  return row?.pending ? { ...row, level: row.level as Level, pending: row.pending } : null; // the column's check
}

/** Takes a turn at asking the broker again; false when it was asked after `since`. */
export async function takeTurn(db: Db, stateHash: Buffer, since: Instant, now: Instant): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("eid_request")
    .set({ asked_at: now })
    .where("state_hash", "=", stateHash)
    .where("pending", "is not", null)
    .where("asked_at", "<=", since)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Ends the waiting, once: false when somebody else has. */
export async function endPending(db: Db, stateHash: Buffer): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("eid_request")
    .set({ pending: null })
    .where("state_hash", "=", stateHash)
    .where("pending", "is not", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The person has chosen another way. */
export async function dropPending(db: Db, journeyId: string): Promise<void> {
  await db.updateTable("eid_request").set({ pending: null }).where("journey_id", "=", journeyId).execute();
}
