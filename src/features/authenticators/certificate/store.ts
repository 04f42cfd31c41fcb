import { sql } from "kysely";
import type { LocalisedText } from "../../../kernel/language.ts";
import { days, type Instant, plus } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import { divideLinked, type Missed } from "../../journey/index.ts";

/** A linked card of an active account in an open organisation. */
export type LinkedCard = Readonly<{
  id: string;
  accountId: string;
  userName: string;
  organisationName: LocalisedText;
}>;

/** The accounts that a card signs in to, one at most in each organisation; those that it does no more are `missed`. */
export async function findLinked(
  db: Db,
  cardHash: Buffer,
  organisationId: string | null,
): Promise<{ linked: readonly LinkedCard[]; missed: readonly Missed[] }> {
  const rows = await db
    .selectFrom("certificate")
    .innerJoin("authenticator", "authenticator.id", "certificate.authenticator_id")
    .innerJoin("account", "account.id", "certificate.account_id")
    .innerJoin("organisation", "organisation.id", "account.organisation_id")
    .select([
      "certificate.authenticator_id as id",
      "account.id as accountId",
      "account.user_name as userName",
      "account.state as accountState",
      "organisation.id as organisationId",
      "organisation.name as organisationName",
      "organisation.state as organisationState",
      sql<boolean>`authenticator.removed_at is not null`.as("removed"),
    ])
    .where("certificate.card_hash", "=", cardHash)
    .$if(organisationId !== null, (query) => query.where("organisation.id", "=", organisationId))
    .execute();
  const named = rows.map((row) => ({ ...row, organisationName: row.organisationName as LocalisedText })); // its own store writes it
  return divideLinked(named, ["active"]);
}

/** Whose link this card's is in the organisation; null while it is nobody's. Held until the transaction ends. */
export async function lockCard(
  tx: Tx,
  { cardHash, organisationId }: { cardHash: Buffer; organisationId: string },
): Promise<{ id: string; accountId: string } | null> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${cardHash.toString("hex")}, 0))`.execute(tx);
  const row = await tx
    .selectFrom("certificate")
    .innerJoin("authenticator", "authenticator.id", "certificate.authenticator_id")
    .select(["certificate.authenticator_id as id", "certificate.account_id as accountId"])
    .where("card_hash", "=", cardHash)
    .where("organisation_id", "=", organisationId)
    .where("authenticator.removed_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

/** The account's other cards that end with a new one: the same holder's earlier ones, and those out of date. */
export async function findReplaced(
  tx: Tx,
  { accountId, holderHash }: { accountId: string; holderHash: Buffer | null },
  now: Instant,
): Promise<string[]> {
  const rows = await tx
    .selectFrom("certificate")
    .innerJoin("authenticator", "authenticator.id", "certificate.authenticator_id")
    .select("certificate.authenticator_id as id")
    .where("certificate.account_id", "=", accountId)
    .where("authenticator.removed_at", "is", null)
    .where((eb) => eb.or([eb("not_after", "<=", now), eb("holder_hash", "=", holderHash)]))
    .execute();
  return rows.map(({ id }) => id);
}

export type NewCertificate = Readonly<{
  id: string;
  accountId: string;
  organisationId: string;
  cardHash: Buffer;
  holderHash: Buffer | null;
  sealed: Buffer;
  notAfter: Instant;
}>;

/** Links a card, of which `lockCard` has said that it is nobody's. What was linked before and removed gives way. */
export async function insertCertificate(tx: Tx, certificate: NewCertificate): Promise<void> {
  const { cardHash, organisationId } = certificate;
  await tx
    .deleteFrom("certificate")
    .where("card_hash", "=", cardHash)
    .where("organisation_id", "=", organisationId)
    .execute();
  await tx
    .insertInto("certificate")
    .values({
      authenticator_id: certificate.id,
      account_id: certificate.accountId,
      organisation_id: organisationId,
      card_hash: cardHash,
      holder_hash: certificate.holderHash,
      sealed: certificate.sealed,
      not_after: certificate.notAfter,
    })
    .execute();
}

/** A card that expires in `days` at most, of which its person has not been told so yet; 0 when it has expired. */
export type Expiring = Readonly<{
  id: string;
  accountId: string;
  organisationId: string;
  notAfter: Instant;
  days: number;
}>;

/** Notes that people are told of cards that expire, each once a month before, a week before and at the end. */
export async function takeExpiring(tx: Tx, now: Instant, limit: number): Promise<Expiring[]> {
  const { rows } = await sql<Expiring>`
    with due as (
      select c.authenticator_id,
        case when c.not_after <= ${now} then 0 when c.not_after <= ${plus(now, days(7))} then 7 else 30 end as stage
      from certificate c
      join authenticator a on a.id = c.authenticator_id and a.removed_at is null
      join account on account.id = c.account_id and account.state = 'active'
      where c.not_after <= ${plus(now, days(30))}
    )
    update certificate c set told_days = due.stage from due
    where c.authenticator_id = due.authenticator_id and (c.told_days is null or c.told_days > due.stage)
      and c.authenticator_id in (
        select d.authenticator_id from due d join certificate u using (authenticator_id)
        where u.told_days is null or u.told_days > d.stage limit ${limit})
    returning c.authenticator_id as id, c.account_id as "accountId", c.organisation_id as "organisationId",
      c.not_after as "notAfter", due.stage as days`.execute(tx);
  return rows;
}
