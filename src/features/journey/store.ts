import { sql } from "kysely";
import * as z from "zod";
import { languages } from "../../kernel/language.ts";
import { strengths } from "../../kernel/strength.ts";
import type { Instant } from "../../kernel/time.ts";
import { type Db, jsonText, type Tx } from "../../platform/database/index.ts";
import type { Key } from "../../platform/i18n/index.ts";
import {
  holdAccount,
  joinedAccount,
  joinedOrganisation,
  readJoinedAccount,
  readJoinedOrganisation,
} from "../organisations/index.ts";
import { type PurposeName, purposeRules } from "./domain/rules.ts";
import type { Journey, Notice, Requested } from "./method.ts";

const requestedSchema = z.object({
  strength: z.literal(strengths).exactOptional(),
  notBefore: z.coerce.date().exactOptional(),
  loginHint: z.string().exactOptional(),
  uiLocales: z.array(z.string()).exactOptional(),
  applicationName: z.partialRecord(z.enum(languages), z.string()).exactOptional(),
  link: z.string().exactOptional(),
  remove: z.string().exactOptional(),
});
const noticeSchema = z.object({
  key: z.custom<Key>((value) => typeof value === "string").exactOptional(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
  tone: z.enum(["bad", "warn"]).exactOptional(),
  reference: z.string().nullish(),
});
const proofsSchema = z.array(
  z.object({ kind: z.string(), authenticatorId: z.string().nullable(), shownAt: z.coerce.date() }),
);
const authenticatorsSchema = z.array(
  z.object({
    id: z.string(),
    method: z.string(),
    name: z.string().nullable(),
    linkedAt: z.coerce.date(),
    lastUsedAt: z.coerce.date().nullable(),
  }),
);
export const resultSchema = z
  .object({ accountId: z.string(), acr: z.string(), amr: z.array(z.string()), authenticatedAt: z.coerce.date() })
  .nullable();
const knownSchema = z.array(z.object({ accountId: z.string(), method: z.string() }));

const isPurpose = (value: string): value is PurposeName => Object.hasOwn(purposeRules, value);

export type NewJourney = {
  id: string;
  purpose: PurposeName;
  browserHash: Buffer;
  organisationId: string | null;
  account: { id: string; epoch: number } | null;
  subjectId: string | null;
  method: string | null;
  application: string | null;
  returnTo: string | null;
  requested: Requested;
  proofs: readonly { kind: string; authenticatorId: string | null; shownAt: Instant }[];
  expiresAt: Instant;
};

export async function insertJourney(tx: Tx | Db, journey: NewJourney, now: Instant): Promise<void> {
  const begun = tx.insertInto("journey").values({
    id: journey.id,
    purpose: journey.purpose,
    browser_hash: journey.browserHash,
    organisation_id: journey.organisationId,
    account_id: journey.account?.id ?? null,
    account_epoch: journey.account?.epoch ?? null,
    subject_id: journey.subjectId,
    method: journey.method,
    application: journey.application,
    return_to: journey.returnTo,
    requested: jsonText(journey.requested),
    created_at: now,
    expires_at: journey.expiresAt,
  });
  if (journey.proofs.length === 0) {
    await begun.execute();
    return;
  }
  await tx
    .with("begun", () => begun.returning("id"))
    .insertInto("proof")
    .columns(["journey_id", "kind", "authenticator_id", "shown_at"])
    .expression((eb) =>
      eb
        .selectFrom("begun")
        .innerJoin(
          sql<{
            kind: string;
            authenticatorId: string | null;
            shownAt: Date;
          }>`jsonb_to_recordset(${jsonText(journey.proofs)}::jsonb)`.as<"shown">(
            sql`shown(kind text, "authenticatorId" uuid, "shownAt" timestamptz)`,
          ),
          (join) => join.onTrue(),
        )
        .select(["begun.id", "shown.kind", "shown.authenticatorId", "shown.shownAt"]),
    )
    .execute();
}

/**
 * The journey as it stands, in one statement: row, account, organisation, proofs, authenticators. `claimedBy` is whose
 * account an attempt would claim; `lock` holds the row until the transaction ends. Null unless it is this browser's.
 */
export async function loadJourney(
  db: Db | Tx,
  {
    id,
    browserHash,
    claimedBy = null,
    lock = false,
  }: { id: string; browserHash: Buffer; claimedBy?: string | null; lock?: boolean },
): Promise<Journey | null> {
  const account = sql`coalesce(j.account_id, ${claimedBy}::uuid)`;
  const { rows } = await sql<Row>`
    select j.id, j.purpose, j.organisation_id, j.account_id, j.account_epoch, j.subject_id, j.method, j.application, j.return_to,
      j.requested, j.notice, j.expires_at, j.ended_at, j.result,
      ${joinedAccount(account)} as account,
      ${joinedOrganisation(sql`coalesce(j.organisation_id, (select organisation_id from account where id = ${account}))`)} as organisation,
      (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'authenticatorId', authenticator_id, 'shownAt', shown_at) order by shown_at), '[]')
        from proof where journey_id = j.id) as proofs,
      (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'method', method, 'name', name, 'linkedAt', linked_at, 'lastUsedAt', last_used_at) order by linked_at), '[]')
        from authenticator where account_id = ${account} and removed_at is null) as authenticators,
      (select coalesce(jsonb_agg(jsonb_build_object('accountId', account_id, 'method', method) order by last_used_at desc), '[]')
        from known_browser where known_browser.browser_hash = ${browserHash}) as known
    from journey j
    where j.id = ${id} and j.browser_hash = ${browserHash} ${lock ? sql`for update of j` : sql``}`.execute(db);
  const row = rows[0];
  return row ? toJourney(row) : null;
}

type Row = {
  id: string;
  purpose: string;
  organisation_id: string | null;
  account_id: string | null;
  account_epoch: number | null;
  subject_id: string | null;
  method: string | null;
  application: string | null;
  return_to: string | null;
  requested: unknown;
  notice: unknown;
  expires_at: Date;
  ended_at: Date | null;
  result: unknown;
  account: unknown;
  organisation: unknown;
  proofs: unknown;
  authenticators: unknown;
  known: unknown;
};

function toJourney(row: Row): Journey {
  if (!isPurpose(row.purpose)) throw new Error(`unknown purpose ${row.purpose}`);
  const account = readJoinedAccount(row.account);
  const organisation = readJoinedOrganisation(row.organisation);
  return {
    id: row.id,
    purpose: row.purpose,
    organisation,
    organisationId: row.organisation_id,
    account,
    accountId: row.account_id,
    overtaken: (row.account_id !== null && account?.epoch !== row.account_epoch) || organisation?.state === "closed",
    subjectId: row.subject_id,
    method: row.method,
    application: row.application,
    returnTo: row.return_to,
    requested: requestedSchema.parse(row.requested),
    ...readNotice(row.notice),
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
    result: resultSchema.parse(row.result),
    proofs: proofsSchema.parse(row.proofs),
    authenticators: authenticatorsSchema.parse(row.authenticators),
    known: knownSchema.parse(row.known),
  };
}

function readNotice(value: unknown): Pick<Journey, "notice" | "reference"> {
  const { reference = null, key, ...rest } = noticeSchema.parse(value ?? {});
  return { notice: key === undefined ? null : { key, ...rest }, reference };
}

export type Change = {
  account?: { id: string; epoch: number; organisationId: string };
  method?: string | null;
  notice: Notice | null;
  proofs?: readonly { kind: string; authenticatorId: string | null }[];
  /** Kinds of proof to take back. */
  lapsed?: readonly string[];
  ended?: "done" | "unmet";
  result?: Journey["result"];
  returnTo?: string;
  /** Of the event that tells why the journey can't go on, for its page to show. */
  reference?: string | null;
};

const noticeText = ({ notice, reference }: Change): string | null =>
  notice || reference ? jsonText({ ...notice, reference }) : null;

/** Saves what came of a post: the journey's row and the proofs shown, in one statement. */
export async function saveChange(tx: Tx, journeyId: string, change: Change, now: Instant): Promise<void> {
  const moved = tx
    .updateTable("journey")
    .set({
      notice: noticeText(change),
      ...(change.account && {
        account_id: change.account.id,
        account_epoch: change.account.epoch,
        organisation_id: change.account.organisationId,
      }),
      ...(change.method !== undefined && { method: change.method }),
      ...(change.returnTo !== undefined && { return_to: change.returnTo }),
      ...(change.ended && { ended_at: now, outcome: change.ended }),
      ...(change.result && { result: jsonText(change.result) }),
    })
    .where("id", "=", journeyId);
  if (change.lapsed?.length)
    await tx.deleteFrom("proof").where("journey_id", "=", journeyId).where("kind", "in", change.lapsed).execute();
  if (!change.proofs?.length) {
    await moved.execute();
    return;
  }
  await tx
    .with("moved", () => moved)
    .insertInto("proof")
    .values(
      change.proofs.map(({ kind, authenticatorId }) => ({
        journey_id: journeyId,
        kind,
        authenticator_id: authenticatorId,
        shown_at: now,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(["journey_id", "kind"]).doUpdateSet((eb) => ({
        shown_at: eb.ref("excluded.shown_at"),
        authenticator_id: eb.ref("excluded.authenticator_id"),
      })),
    )
    .execute();
}

/**
 * The same under lock: first the account's row, then the journey's, so that everything read after it is what it will
 * be decided by. One round trip, since neither statement waits for the other's answer.
 */
export async function lockJourney(
  tx: Tx,
  { id, browserHash, claimedBy = null }: { id: string; browserHash: Buffer; claimedBy?: string | null },
): Promise<Journey | null> {
  const account = sql`coalesce((select account_id from journey where id = ${id}), ${claimedBy}::uuid)`;
  const [, journey] = await Promise.all([
    holdAccount(tx, account),
    loadJourney(tx, { id, browserHash, claimedBy, lock: true }),
  ]);
  return journey;
}

/** The journey that this browser has open for `subjectId` (an invitation), to go on with. */
export async function findOpenJourney(
  db: Db,
  { browserHash, subjectId, now }: { browserHash: Buffer; subjectId: string; now: Instant },
): Promise<string | null> {
  const row = await db
    .selectFrom("journey")
    .innerJoin("account", "account.id", "journey.account_id")
    .whereRef("account.epoch", "=", "journey.account_epoch")
    .where("journey.subject_id", "=", subjectId)
    .where("journey.browser_hash", "=", browserHash)
    .where("journey.ended_at", "is", null)
    .where("journey.expires_at", ">", now)
    .select("journey.id")
    .orderBy("journey.created_at", "desc")
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Lets the journey go on until `until`: somebody else has to look at what was shown. */
export async function lengthenJourney(tx: Tx, id: string, until: Instant): Promise<void> {
  await tx.updateTable("journey").set({ expires_at: until }).where("id", "=", id).execute();
}

/** Deletes journeys that ended or expired before `instant`; resolves to how many. */
export async function sweepJourneys(db: Db, instant: Instant): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("journey").where("expires_at", "<", instant).executeTakeFirst();
  return Number(numDeletedRows);
}
