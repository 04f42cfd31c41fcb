import * as z from "zod";
import type { Instant } from "../../kernel/time.ts";
import { type Db, jsonText, type Tx } from "../../platform/database/index.ts";
import { type CaseKind, type CaseState, caseKinds, caseStates } from "./domain/case.ts";

const factsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** What an agent may know of how a case came about. Never a secret, an identity code or a date of birth. */
export type CaseFacts = Readonly<z.infer<typeof factsSchema>>;

/** A case as lists show it, without what is sealed. */
export type Case = Readonly<{
  id: string;
  reference: string;
  organisationId: string;
  accountId: string;
  /** Of the account, when it was opened. */
  epoch: number;
  kind: CaseKind;
  state: CaseState;
  facts: CaseFacts;
  journeyId: string | null;
  /** Until when the address can be confirmed, the document approved, or the approval used. */
  expiresAt: Instant | null;
  openedAt: Instant;
  confirmedAt: Instant | null;
  decidedAt: Instant | null;
  /** An actor of the audit. */
  decidedBy: string | null;
}>;

export type Sealed = Readonly<{ email: Buffer; message: Buffer | null; reason: Buffer | null }>;

const columns = [
  "id",
  "reference",
  "organisation_id",
  "account_id",
  "epoch",
  "kind",
  "state",
  "facts",
  "journey_id",
  "expires_at",
  "opened_at",
  "confirmed_at",
  "decided_at",
  "decided_by",
] as const;

const select = (db: Db | Tx) => db.selectFrom("support_case").select(columns);

type Row = Awaited<ReturnType<ReturnType<typeof select>["executeTakeFirstOrThrow"]>>;

const toCase = (row: Row): Case => ({
  id: row.id,
  reference: row.reference,
  organisationId: row.organisation_id,
  accountId: row.account_id,
  epoch: row.epoch,
  kind: z.enum(caseKinds).parse(row.kind),
  state: z.enum(caseStates).parse(row.state),
  facts: factsSchema.parse(row.facts),
  journeyId: row.journey_id,
  expiresAt: row.expires_at,
  openedAt: row.opened_at,
  confirmedAt: row.confirmed_at,
  decidedAt: row.decided_at,
  decidedBy: row.decided_by,
});

export type NewRow = Omit<Case, "confirmedAt" | "decidedAt" | "decidedBy"> &
  Readonly<{ email: Buffer; message: Buffer | null; tokenHash: Buffer | null }>;

export async function insertCase(tx: Tx, row: NewRow): Promise<void> {
  await tx
    .insertInto("support_case")
    .values({
      id: row.id,
      reference: row.reference,
      organisation_id: row.organisationId,
      account_id: row.accountId,
      epoch: row.epoch,
      kind: row.kind,
      state: row.state,
      email: row.email,
      message: row.message,
      facts: jsonText(row.facts),
      journey_id: row.journeyId,
      token_hash: row.tokenHash,
      expires_at: row.expiresAt,
      opened_at: row.openedAt,
    })
    .execute();
}

/** The account's case of that kind that waits for an agent. */
export async function findOpen(db: Db | Tx, accountId: string, kind: CaseKind): Promise<Case | null> {
  const row = await select(db)
    .where("account_id", "=", accountId)
    .where("kind", "=", kind)
    .where("state", "=", "open")
    .executeTakeFirst();
  return row ? toCase(row) : null;
}

export async function findByReference(db: Db | Tx, reference: string): Promise<Case | null> {
  const row = await select(db).where("reference", "=", reference).executeTakeFirst();
  return row ? toCase(row) : null;
}

export async function findByToken(db: Db | Tx, tokenHash: Buffer): Promise<Case | null> {
  const row = await select(db).where("token_hash", "=", tokenHash).executeTakeFirst();
  return row ? toCase(row) : null;
}

/** The latest case that came of a journey. */
export async function findByJourney(db: Db | Tx, journeyId: string): Promise<Case | null> {
  const row = await select(db).where("journey_id", "=", journeyId).orderBy("opened_at", "desc").executeTakeFirst();
  return row ? toCase(row) : null;
}

/** The case, locked until the transaction ends; whoever locks it has locked its account before. */
export async function lockCase(tx: Tx, id: string): Promise<Case | null> {
  const row = await select(tx).where("id", "=", id).forUpdate().executeTakeFirst();
  return row ? toCase(row) : null;
}

export async function loadSealed(db: Db | Tx, id: string): Promise<Sealed> {
  return db
    .selectFrom("support_case")
    .select(["email", "message", "reason"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
}

export type CaseChange = Readonly<{
  state: CaseState;
  expiresAt?: Instant | null;
  confirmedAt?: Instant;
  decided?: Readonly<{ at: Instant; by: string; reason: Buffer }>;
}>;

export async function saveCase(tx: Tx, id: string, { state, expiresAt, confirmedAt, decided }: CaseChange) {
  await tx
    .updateTable("support_case")
    .set({
      state,
      ...(expiresAt !== undefined && { expires_at: expiresAt }),
      ...(confirmedAt && { confirmed_at: confirmedAt }),
      ...(decided && { decided_at: decided.at, decided_by: decided.by, reason: decided.reason }),
    })
    .where("id", "=", id)
    .execute();
}

/**
 * Uses up the approval that a journey waits for, if it is this account's, in time, and nothing has changed: one
 * statement, once.
 */
export async function useApproval(
  tx: Tx,
  { journeyId, account }: { journeyId: string; account: Readonly<{ id: string; epoch: number }> },
  now: Instant,
): Promise<Case | null> {
  const row = await tx
    .updateTable("support_case")
    .set({ state: "closed" })
    .where("journey_id", "=", journeyId)
    .where("account_id", "=", account.id)
    .where("epoch", "=", account.epoch)
    .where("kind", "=", "document")
    .where("state", "=", "approved")
    .where("expires_at", ">", now)
    .returning(columns)
    .executeTakeFirst();
  return row ? toCase(row) : null;
}

export type CaseQuery = Readonly<{
  organisationId?: string | undefined;
  accountId?: string | undefined;
  /** `undecided`: those that wait for an agent or their person. */
  state?: CaseState | "undecided" | undefined;
  limit?: number | undefined;
}>;

/** Cases, those that have waited longest first. */
export async function listCases(db: Db | Tx, query: CaseQuery): Promise<Case[]> {
  const { organisationId, accountId, state, limit = 100 } = query;
  let found = select(db);
  if (organisationId) found = found.where("organisation_id", "=", organisationId);
  if (accountId) found = found.where("account_id", "=", accountId);
  if (state) found = found.where("state", "in", state === "undecided" ? ["open", "approved"] : [state]);
  return (await found.orderBy("opened_at").limit(limit).execute()).map(toCase);
}

/** Takes back what its person has yet to confirm: the link went to an address that is theirs no more. */
export async function endUnconfirmed(tx: Tx, accountId: string): Promise<void> {
  await tx.deleteFrom("support_case").where("account_id", "=", accountId).where("state", "=", "unconfirmed").execute();
}

/** Deletes what nobody confirmed before `instant`; resolves to how many. */
export async function sweepUnconfirmed(db: Db, instant: Instant): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("support_case")
    .where("state", "=", "unconfirmed")
    .where("expires_at", "<", instant)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
