import { sql } from "kysely";
import { type Instant, plus } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Channel, MessageState } from "./contract.ts";

/** How long a claim holds. Whoever claimed must have ended its attempt by then; see `attemptLimit` in deliver.ts. */
const lease = 180_000;

/** PostgreSQL takes 65,535 parameters in a statement, and a row has 13. */
const rowsPerStatement = 1000;

export type NewMessage = {
  id: string;
  channel: Channel;
  template: string;
  organisationId: string;
  accountId: string | null;
  subjectId: string | null;
  language: string;
  expiresAt: Instant;
  /** Sealed, for a message that waits; or the reason why it will never be sent. */
  outcome: { contents: Buffer } | { failed: string };
};

/** Inserts `messages` and wakes the nodes when the transaction commits. */
export async function insertMessages(tx: Tx, messages: readonly NewMessage[], now: Instant): Promise<void> {
  for (let done = 0; done < messages.length; done += rowsPerStatement) {
    const values = messages.slice(done, done + rowsPerStatement).map((message) => ({
      id: message.id,
      channel: message.channel,
      template: message.template,
      organisation_id: message.organisationId,
      account_id: message.accountId,
      subject_id: message.subjectId,
      language: message.language,
      expires_at: message.expiresAt,
      created_at: now,
      ...("contents" in message.outcome
        ? { state: "waiting", contents: message.outcome.contents, next_attempt_at: now, reason: null }
        : { state: "failed", contents: null, next_attempt_at: null, reason: message.outcome.failed }),
    }));
    await tx
      .with("added", (query) => query.insertInto("message").values(values))
      .selectNoFrom(sql`pg_notify('vahva_message', '')`.as("notified"))
      .execute();
  }
}

/** Takes back what waits for `subjectId`. What is being sent at this very moment can't be called back. */
export async function withdrawWaiting(tx: Tx, subjectId: string): Promise<void> {
  await tx
    .updateTable("message")
    .set({ state: "withdrawn", contents: null, next_attempt_at: null })
    .where("subject_id", "=", subjectId)
    .where("state", "=", "waiting")
    .execute();
}

/** A message that one node has for itself until its lease ends. `attempt` tells this claim from a later one. */
export type Claim = {
  id: string;
  channel: Channel;
  template: string;
  organisationId: string | null;
  contents: Buffer;
  attempt: number;
  expiresAt: Instant;
  createdAt: Instant;
};

/** Claims at most `limit` due messages of a channel, the longest waiting first, passing over what others are claiming. */
export async function claimDue(db: Db, channel: Channel, now: Instant, limit: number): Promise<Claim[]> {
  const rows = await db
    // Materialised, so that the choice is made once: a plan that ran it again would claim more than `limit`.
    .with(
      (cte) => cte("due").materialized(),
      (query) =>
        query
          .selectFrom("message")
          .select("id")
          .where("state", "=", "waiting")
          .where("channel", "=", channel)
          .where("next_attempt_at", "<=", now)
          .orderBy("next_attempt_at")
          .limit(limit)
          .forUpdate()
          .skipLocked(),
    )
    .updateTable("message")
    .set({ next_attempt_at: plus(now, lease), attempts: sql<number>`attempts + 1` })
    .where("id", "in", (query) => query.selectFrom("due").select("id"))
    .returning([
      "id",
      "template",
      "organisation_id as organisationId",
      "contents",
      "attempts as attempt",
      "expires_at as expiresAt",
      "created_at as createdAt",
    ])
    .execute();
  return rows.map((row) => ({ ...row, channel, contents: row.contents ?? Buffer.alloc(0) }));
}

/** What became of a claim. `attempted: false` gives the attempt back: nothing was sent. */
export type Result =
  | { state: "delivered" | "expired" }
  | { state: "failed"; reason: string }
  | { state: "waiting"; nextAttemptAt: Instant; reason: string; attempted: boolean };

/** Saves `result`, unless the claim's lease ran out and somebody else has it, or it was withdrawn meanwhile. */
export async function settleClaim(db: Db, claim: Claim, result: Result, now: Instant): Promise<void> {
  const change =
    result.state === "waiting"
      ? {
          next_attempt_at: result.nextAttemptAt,
          reason: result.reason,
          attempts: result.attempted ? claim.attempt : claim.attempt - 1,
        }
      : {
          state: result.state,
          contents: null,
          next_attempt_at: null,
          ...(result.state === "delivered" && { delivered_at: now, reason: null }),
          ...(result.state === "failed" && { reason: result.reason }),
        };
  await db
    .updateTable("message")
    .set(change)
    .where("id", "=", claim.id)
    .where("state", "=", "waiting")
    .where("attempts", "=", claim.attempt)
    .execute();
}

export async function readStates(db: Db | Tx, subjectIds: readonly string[]): Promise<Map<string, MessageState[]>> {
  if (subjectIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("message")
    .select(["subject_id", "id", "channel", "template", "state", "reason", "attempts"])
    .select(["next_attempt_at", "created_at", "delivered_at", "expires_at"])
    .where("subject_id", "in", [...subjectIds])
    .orderBy("created_at", "desc")
    .execute();
  const bySubject = Map.groupBy(rows, (row) => row.subject_id ?? "");
  return new Map([...bySubject].map(([subject, found]) => [subject, found.map(toState)]));
}

const toState = (row: {
  id: string;
  channel: string;
  template: string;
  state: string;
  reason: string | null;
  attempts: number;
  next_attempt_at: Date | null;
  created_at: Date;
  delivered_at: Date | null;
  expires_at: Date;
}): MessageState => ({
  id: row.id,
  channel: row.channel as Channel, // the column's check
  template: row.template,
  state: row.state as MessageState["state"], // the column's check
  reason: row.reason,
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  createdAt: row.created_at,
  deliveredAt: row.delivered_at,
  expiresAt: row.expires_at,
});
