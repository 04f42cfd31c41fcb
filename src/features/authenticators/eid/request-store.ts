import { sql } from "kysely";
import type { Level } from "../../../kernel/identity.ts";
import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";

export type NewRequest = Readonly<{
  stateHash: Buffer;
  journeyId: string;
  kind: string;
  broker: string;
  memory: Buffer;
  level: Level;
  /** Sealed: what the broker is asked by again, without waiting for the browser to come back; null where it has to. */
  pending: Buffer | null;
  sentAt: Instant;
  expiresAt: Instant;
}>;

export async function insertRequest(tx: Tx, request: NewRequest): Promise<void> {
  await tx
    .insertInto("eid_request")
    .values({
      state_hash: request.stateHash,
      journey_id: request.journeyId,
      kind: request.kind,
      broker: request.broker,
      memory: request.memory,
      level: request.level,
      pending: request.pending,
      asked_at: request.pending && request.sentAt,
      sent_at: request.sentAt,
      expires_at: request.expiresAt,
    })
    .execute();
}

/** Keeps an answer that came as a form, for the browser to fetch: the first one only. Resolves to whether it was wanted. */
export async function keepPosted(
  db: Db,
  { stateHash, broker, posted }: { stateHash: Buffer; broker: string; posted: Buffer },
  now: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("eid_request")
    .set({ posted })
    .where("state_hash", "=", stateHash)
    .where("broker", "=", broker)
    .where("posted", "is", null)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** A request that its browser has come back from, with the journey that it belongs to. */
export type UsedRequest = Readonly<{
  journeyId: string;
  kind: string;
  memory: Buffer;
  level: Level;
  sentAt: Instant;
  posted: Buffer | null;
  /** Of the journey, where they are known. */
  organisationId: string | null;
  accountId: string | null;
  /** Whom the person has said to be. */
  loginHint: string | null;
}>;

/** Takes the request out of use, if this browser left with it to this broker and it is in time: one statement, once. */
export async function useRequest(
  db: Db,
  { stateHash, broker, browserHash }: { stateHash: Buffer; broker: string; browserHash: Buffer },
  now: Instant,
): Promise<UsedRequest | null> {
  const row = await db
    .updateTable("eid_request as request")
    .from("journey")
    .set({ used_at: now, pending: null })
    .whereRef("journey.id", "=", "request.journey_id")
    .where("request.state_hash", "=", stateHash)
    .where("request.broker", "=", broker)
    .where("journey.browser_hash", "=", browserHash)
    .where("request.used_at", "is", null)
    .where("request.expires_at", ">", now)
    .returning([
      "request.journey_id as journeyId",
      "request.kind",
      "request.memory",
      "request.level",
      "request.sent_at as sentAt",
      "request.posted",
      "journey.organisation_id as organisationId",
      "journey.account_id as accountId",
      sql<string | null>`journey.requested ->> 'loginHint'`.as("loginHint"),
    ])
    .executeTakeFirst();
  return row ? { ...row, level: row.level as Level } : null; // the column's check
}

/** Whose request a state was, for a way on when it can't be used (again). */
export async function findRequest(
  db: Db,
  stateHash: Buffer,
): Promise<{ journeyId: string; browserHash: Buffer; kind: string; usedAt: Instant | null } | null> {
  const row = await db
    .selectFrom("eid_request")
    .innerJoin("journey", "journey.id", "eid_request.journey_id")
    .select(["journey.id as journeyId", "journey.browser_hash as browserHash", "kind", "used_at as usedAt"])
    .where("eid_request.state_hash", "=", stateHash)
    .executeTakeFirst();
  return row ?? null;
}

/** Keeps who it was until the person has said which account they mean. */
export async function saveAnswer(
  db: Db,
  { stateHash, answer, until }: { stateHash: Buffer; answer: Buffer; until: Instant },
): Promise<void> {
  await db.updateTable("eid_request").set({ answer, expires_at: until }).where("state_hash", "=", stateHash).execute();
}

/** The answer of this journey that waits for a choice of account, if it is in time. */
export async function findAnswer(
  db: Db,
  journeyId: string,
  now: Instant,
): Promise<{ stateHash: Buffer; answer: Buffer } | null> {
  const row = await db
    .selectFrom("eid_request")
    .select(["state_hash as stateHash", "answer"])
    .where("journey_id", "=", journeyId)
    .where("answer", "is not", null)
    .where("expires_at", ">", now)
    .orderBy("sent_at", "desc")
    .executeTakeFirst();
  return row?.answer ? { stateHash: row.stateHash, answer: row.answer } : null;
}

/** Uses a kept answer up: it counts once. Resolves to whether it was still there. */
export async function useAnswer(tx: Tx, stateHash: Buffer): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("eid_request")
    .set({ answer: null })
    .where("state_hash", "=", stateHash)
    .where("answer", "is not", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Keeps what the broker's own session is ended by, for the session of ours that may come of this request. */
export async function saveBrokerSession(db: Db, stateHash: Buffer, brokerSession: Buffer): Promise<void> {
  await db
    .updateTable("eid_request")
    .set({ broker_session: brokerSession })
    .where("state_hash", "=", stateHash)
    .execute();
}

/** The broker's session that the journey's latest identification has left. */
export async function findBrokerSession(
  tx: Tx,
  journeyId: string,
): Promise<{ stateHash: Buffer; broker: string; brokerSession: Buffer } | null> {
  const row = await tx
    .selectFrom("eid_request")
    .select(["state_hash as stateHash", "broker", "broker_session as brokerSession"])
    .where("journey_id", "=", journeyId)
    .where("broker_session", "is not", null)
    .orderBy("sent_at", "desc")
    .executeTakeFirst();
  return row?.brokerSession ? { ...row, brokerSession: row.brokerSession } : null;
}
