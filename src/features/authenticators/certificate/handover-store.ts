import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";

export const handoverKinds = ["certificate", "certificate-link", "test"] as const;
export type HandoverKind = (typeof handoverKinds)[number];

export type NewHandover = Readonly<{
  pathHash: Buffer;
  browserHash: Buffer;
  /** Null: the test of a card. */
  journeyId: string | null;
  kind: HandoverKind;
  expiresAt: Instant;
}>;

export async function insertHandover(db: Db | Tx, handover: NewHandover): Promise<void> {
  await db
    .insertInto("certificate_handover")
    .values({
      path_hash: handover.pathHash,
      browser_hash: handover.browserHash,
      journey_id: handover.journeyId,
      kind: handover.kind,
      expires_at: handover.expiresAt,
    })
    .execute();
}

/** Uses a path up, if it is in time: one statement, once. Resolves to whether it was. */
export async function takePath(db: Db, pathHash: Buffer, now: Instant): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("certificate_handover")
    .set({ presented_at: now })
    .where("path_hash", "=", pathHash)
    .where("presented_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** What a path that can't be used (again) was made for. */
export async function findPath(db: Db, pathHash: Buffer): Promise<{ journeyId: string | null } | null> {
  const row = await db
    .selectFrom("certificate_handover")
    .select("journey_id as journeyId")
    .where("path_hash", "=", pathHash)
    .executeTakeFirst();
  return row ?? null;
}

/** Keeps what came by a path for the browser that brings the code. */
export async function saveShown(
  db: Db,
  { pathHash, codeHash, shown, until }: { pathHash: Buffer; codeHash: Buffer; shown: Buffer; until: Instant },
): Promise<void> {
  await db
    .updateTable("certificate_handover")
    .set({ code_hash: codeHash, shown, expires_at: until })
    .where("path_hash", "=", pathHash)
    .execute();
}

/** What a browser brought back, with the journey that it belongs to. */
export type UsedHandover = Readonly<{
  pathHash: Buffer;
  kind: HandoverKind;
  shown: Buffer;
  journeyId: string | null;
  /** Of the journey, where they are known. */
  organisationId: string | null;
  accountId: string | null;
}>;

/** Uses a code up, if this browser left for it and it is in time: one statement, once. */
export async function useCode(
  db: Db,
  { codeHash, browserHash }: { codeHash: Buffer; browserHash: Buffer },
  now: Instant,
): Promise<UsedHandover | null> {
  const row = await db
    .updateTable("certificate_handover as handover")
    .set({ used_at: now })
    .where("code_hash", "=", codeHash)
    .where("browser_hash", "=", browserHash)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .returning((eb) => [
      "path_hash as pathHash",
      "kind",
      "shown",
      "journey_id as journeyId",
      eb
        .selectFrom("journey")
        .select("journey.organisation_id")
        .whereRef("journey.id", "=", "handover.journey_id")
        .as("organisationId"),
      eb
        .selectFrom("journey")
        .select("journey.account_id")
        .whereRef("journey.id", "=", "handover.journey_id")
        .as("accountId"),
    ])
    .executeTakeFirst();
  return row?.shown ? { ...row, shown: row.shown, kind: row.kind as HandoverKind } : null; // the column's check
}

/** Whose code it was, for a way on when it can't be used (again). */
export async function findCode(
  db: Db,
  codeHash: Buffer,
): Promise<{ journeyId: string | null; kind: HandoverKind; browserHash: Buffer; usedAt: Instant | null } | null> {
  const row = await db
    .selectFrom("certificate_handover")
    .select(["journey_id as journeyId", "kind", "browser_hash as browserHash", "used_at as usedAt"])
    .where("code_hash", "=", codeHash)
    .executeTakeFirst();
  return row ? { ...row, kind: row.kind as HandoverKind } : null; // the column's check
}

/** Keeps what was shown until the person has said which account they mean. */
export async function keepWaiting(db: Db, pathHash: Buffer, until: Instant): Promise<void> {
  await db
    .updateTable("certificate_handover")
    .set({ waits: true, expires_at: until })
    .where("path_hash", "=", pathHash)
    .execute();
}

/** What this journey has shown that waits for a choice of account, if it is in time. */
export async function findWaiting(
  db: Db,
  journeyId: string,
  now: Instant,
): Promise<{ pathHash: Buffer; shown: Buffer } | null> {
  const row = await db
    .selectFrom("certificate_handover")
    .select(["path_hash as pathHash", "shown"])
    .where("journey_id", "=", journeyId)
    .where("waits", "=", true)
    .where("expires_at", ">", now)
    .orderBy("used_at", "desc")
    .executeTakeFirst();
  return row?.shown ? { ...row, shown: row.shown } : null;
}

/** It counts once. Resolves to whether it still waited. */
export async function useWaiting(tx: Tx, pathHash: Buffer): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("certificate_handover")
    .set({ waits: false })
    .where("path_hash", "=", pathHash)
    .where("waits", "=", true)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Forgets what is over, whatever came of it. */
export async function sweepHandovers(db: Db, now: Instant): Promise<number> {
  const gone = await db.deleteFrom("certificate_handover").where("expires_at", "<", now).executeTakeFirst();
  return Number(gone.numDeletedRows);
}
