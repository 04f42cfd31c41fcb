import { sql } from "kysely";
import * as z from "zod";
import { type Instant, minutes, plus } from "../../kernel/time.ts";
import { type Db, jsonText, type Tx } from "../../platform/database/index.ts";
import type { EndedSession, Session, SessionProof } from "./session.ts";
import { sessionIdHash } from "./session-id.ts";

const proofsSchema = z.array(
  z.object({ kind: z.string(), authenticatorId: z.string().nullable(), shownAt: z.coerce.date() }),
);
const providerSchema = z.object({
  authorizations: z.record(z.string(), z.object({ sid: z.string().nullish() })).default({}),
});

/** How stale `last_used_at` may be: a write for every page would cost more than it tells. */
const touchEvery = minutes(1);

export type NewSession = {
  id: string;
  uid: string;
  accountId: string;
  accountEpoch: number;
  proofs: readonly SessionProof[];
  acr: string;
  amr: readonly string[];
  authenticatedAt: Instant;
  expiresAt: Instant;
  idleSeconds: number;
  endsWithBrowser: boolean;
  browser: string;
  network: string;
};

/**
 * Signs a browser in. A session that it had (`replaces`, the cookie's value) ends: for the same account its row goes on
 * under the new id, with the applications it knows; for another account it is gone. Resolves to the row's uid.
 */
export async function startSession(
  tx: Tx,
  session: NewSession,
  replaces: string | null,
  now: Instant,
): Promise<string> {
  const values = {
    id_hash: sessionIdHash(session.id),
    account_id: session.accountId,
    account_epoch: session.accountEpoch,
    proofs: jsonText(session.proofs),
    acr: session.acr,
    amr: [...session.amr],
    authenticated_at: session.authenticatedAt,
    last_used_at: now,
    expires_at: session.expiresAt,
    idle_seconds: session.idleSeconds,
    ends_with_browser: session.endsWithBrowser,
    browser: session.browser,
    network: session.network,
  };
  if (replaces) {
    const renewed = await tx
      .updateTable("session")
      .set(values)
      .where("id_hash", "=", sessionIdHash(replaces))
      .where("account_id", "=", session.accountId)
      .where("account_epoch", "=", session.accountEpoch)
      .returning("uid")
      .executeTakeFirst();
    if (renewed) return renewed.uid;
    await tx.deleteFrom("session").where("id_hash", "=", sessionIdHash(replaces)).execute();
  }
  await tx
    .insertInto("session")
    .values({ ...values, uid: session.uid, created_at: now })
    .execute();
  return session.uid;
}

const live = (db: Db | Tx, now: Instant) =>
  db
    .selectFrom("session")
    .innerJoin("account", "account.id", "session.account_id")
    .whereRef("account.epoch", "=", "session.account_epoch")
    .where("account.state", "in", ["active"])
    .where("session.expires_at", ">", now)
    .where(sql<boolean>`session.last_used_at + make_interval(secs => session.idle_seconds) > ${now}`)
    .select([
      "session.uid",
      "session.account_id",
      "account.organisation_id",
      "session.proofs",
      "session.acr",
      "session.amr",
      "session.authenticated_at",
      "session.created_at",
      "session.last_used_at",
      "session.expires_at",
      "session.browser",
      "session.network",
      "session.provider",
    ]);

type Row = Awaited<ReturnType<ReturnType<typeof live>["executeTakeFirstOrThrow"]>>;

const toSession = (row: Row): Session => ({
  uid: row.uid,
  accountId: row.account_id ?? "",
  organisationId: row.organisation_id,
  proofs: proofsSchema.parse(row.proofs),
  acr: row.acr ?? "",
  amr: row.amr,
  authenticatedAt: row.authenticated_at ?? row.created_at,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  expiresAt: row.expires_at,
  browser: row.browser ?? "",
  network: row.network ?? "",
  applications: applicationsOf(row.provider),
});

const applicationsOf = (provider: unknown): Session["applications"] =>
  Object.entries(providerSchema.parse(provider).authorizations).map(([clientId, { sid }]) => ({
    clientId,
    sid: sid ?? null,
  }));

/** The live session whose cookie holds `id`, of an active account; notes that it was used. */
export async function findSession(db: Db, id: string, now: Instant): Promise<Session | null> {
  const row = await live(db, now).where("session.id_hash", "=", sessionIdHash(id)).executeTakeFirst();
  if (!row) return null;
  if (plus(row.last_used_at, touchEvery) <= now)
    await db.updateTable("session").set({ last_used_at: now }).where("uid", "=", row.uid).execute();
  return toSession(row);
}

/** Where an account is signed in, the latest used first. */
export async function listSessions(db: Db, accountId: string, now: Instant): Promise<Session[]> {
  const rows = await live(db, now)
    .where("session.account_id", "=", accountId)
    .orderBy("session.last_used_at", "desc")
    .limit(50)
    .execute();
  return rows.map(toSession);
}

const remove = (tx: Tx | Db, accountId: string) =>
  tx.deleteFrom("session").where("account_id", "=", accountId).returning(["uid", "account_id", "provider"]);

const toEnded = (row: { uid: string; account_id: string | null; provider: unknown }): EndedSession => ({
  uid: row.uid,
  accountId: row.account_id ?? "",
  applications: applicationsOf(row.provider),
});

/** Ends one session of the account; null if there is none. */
export async function endSession(tx: Tx | Db, accountId: string, uid: string): Promise<EndedSession | null> {
  const row = await remove(tx, accountId).where("uid", "=", uid).executeTakeFirst();
  return row ? toEnded(row) : null;
}

/** Ends every session of the account but `keep`; resolves to those that ended. */
export async function endOtherSessions(tx: Tx | Db, accountId: string, keep: string): Promise<EndedSession[]> {
  const rows = await remove(tx, accountId).where("uid", "!=", keep).execute();
  return rows.map(toEnded);
}

/**
 * Ends every session of the account, save the one whose cookie holds `keep`; resolves to those that ended. The caller
 * has raised the account's epoch in the same transaction (`organisations.raiseEpoch`), which ended them already: this
 * carries the kept one over and clears the rest.
 */
export async function endAllSessions(
  tx: Tx,
  accountId: string,
  { epoch, keep }: { epoch: number; keep: string | null },
): Promise<EndedSession[]> {
  const kept = keep === null ? null : sessionIdHash(keep);
  const rows = await remove(tx, accountId)
    .$if(kept !== null, (query) =>
      query.where((row) => row.or([row("id_hash", "!=", kept), row("account_epoch", "is distinct from", epoch - 1)])),
    )
    .execute();
  if (kept)
    await tx
      .updateTable("session")
      .set({ account_epoch: epoch })
      .where("id_hash", "=", kept)
      .where("account_id", "=", accountId)
      .execute();
  return rows.map(toEnded);
}

/** Deletes sessions that ended before `now`; resolves to how many. */
export async function sweepSessions(db: Db, now: Instant): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("session").where("expires_at", "<", now).executeTakeFirst();
  return Number(numDeletedRows);
}
