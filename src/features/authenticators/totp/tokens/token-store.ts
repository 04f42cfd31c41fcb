import { sql } from "kysely";
import type { Instant } from "../../../../kernel/time.ts";
import type { Db, Tx } from "../../../../platform/database/index.ts";
import type { CodeParameters } from "../domain/code.ts";

/** A hardware token in an organisation's stock; its secret is sealed. */
export type StockedToken = Readonly<{ id: string; secret: Buffer; parameters: CodeParameters }>;

/** A token to be taken into stock. */
export type NewToken = StockedToken & Readonly<{ serial: string; manufacturer: string | null; model: string | null }>;

/** PostgreSQL takes 65,535 values in one statement. */
const batchSize = 1000;

const batches = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / batchSize) }, (_, at) =>
    list.slice(at * batchSize, (at + 1) * batchSize),
  );

/** Lets one import of an organisation at a time go on, until its transaction ends. */
export async function lockStock(tx: Tx, organisationId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`token:${organisationId}`}, 0))`.execute(tx);
}

/** Which of `serials` the organisation has already, each locked, and whether somebody has it linked now. */
export async function lockKnown(
  tx: Tx,
  organisationId: string,
  serials: readonly string[],
): Promise<Map<string, { isLinked: boolean }>> {
  const known = new Map<string, { isLinked: boolean }>();
  for (const part of batches(serials)) {
    const rows = await tx
      .selectFrom("token")
      .leftJoin("authenticator", "authenticator.id", "token.authenticator_id")
      .select(["token.serial", "authenticator.id as linked", "authenticator.removed_at"])
      .where("organisation_id", "=", organisationId)
      .where("retired_at", "is", null)
      .where("serial", "in", part)
      .orderBy("serial")
      .forUpdate("token")
      .execute();
    for (const { serial, linked, removed_at } of rows)
      known.set(serial, { isLinked: linked !== null && removed_at === null });
  }
  return known;
}

/** Takes tokens out of stock; by whom they were linked before stays on record. */
export async function retireTokens(
  tx: Tx,
  organisationId: string,
  serials: readonly string[],
  now: Instant,
): Promise<void> {
  for (const part of batches(serials))
    await tx
      .updateTable("token")
      .set({ retired_at: now, secret: null })
      .where("organisation_id", "=", organisationId)
      .where("retired_at", "is", null)
      .where("serial", "in", part)
      .execute();
}

/** Takes tokens into stock that are not in it. */
export async function insertTokens(
  tx: Tx,
  organisationId: string,
  tokens: readonly NewToken[],
  now: Instant,
): Promise<void> {
  const rows = tokens.map(({ parameters, ...token }) => ({
    ...token,
    ...parameters,
    organisation_id: organisationId,
    imported_at: now,
  }));
  for (const part of batches(rows)) await tx.insertInto("token").values(part).execute();
}

/** Whether the organisation has tokens that nobody has linked yet. */
export async function hasFreeTokens(db: Db, organisationId: string): Promise<boolean> {
  const row = await db
    .selectFrom("token")
    .select("id")
    .where("organisation_id", "=", organisationId)
    .where("authenticator_id", "is", null)
    .where("retired_at", "is", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The organisation's free token with this serial number, locked: of two people at once the second finds none. */
export async function lockFreeToken(tx: Tx, organisationId: string, serial: string): Promise<StockedToken | null> {
  const row = await tx
    .selectFrom("token")
    .select(["id", "secret", "algorithm", "digits", "period"])
    .where("organisation_id", "=", organisationId)
    .where("serial", "=", serial)
    .where("authenticator_id", "is", null)
    .where("retired_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (!row?.secret) return null;
  const { id, secret, algorithm, digits, period } = row;
  return { id, secret, parameters: { algorithm, digits, period } as CodeParameters }; // only `insertTokens` writes them
}

/** Links a token that is locked; its secret lies with the authenticator from now on. */
export async function takeToken(tx: Tx, id: string, authenticatorId: string): Promise<void> {
  await tx.updateTable("token").set({ authenticator_id: authenticatorId, secret: null }).where("id", "=", id).execute();
}
