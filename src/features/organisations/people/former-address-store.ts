import { sql } from "kysely";
import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Account } from "../domain/organisation.ts";

/** Where an account's person was told of changes before, as it was on record. */
export type FormerAddress = Readonly<{ channel: "email" | "sms"; address: string; keptUntil: Instant }>;

/** Keeps addresses that were replaced; one that was kept before is kept as long as these. */
export async function keepFormer(tx: Tx, accountId: string, former: readonly FormerAddress[]): Promise<void> {
  if (former.length === 0) return;
  await tx
    .insertInto("former_address")
    .values(
      former.map(({ channel, address, keptUntil }) => ({
        account_id: accountId,
        channel,
        address,
        kept_until: keptUntil,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(["account_id", "channel", "address"])
        .doUpdateSet((eb) => ({ kept_until: eb.ref("excluded.kept_until") })),
    )
    .execute();
}

/**
 * The account's former addresses, the latest first; without those that it has again, and e-mail addresses that are
 * somebody's in its organisation now: these were given on, and whoever has one is another person.
 */
export async function listFormer(
  db: Db | Tx,
  { id, organisationId, email, phone }: Pick<Account, "id" | "organisationId" | "email" | "phone">,
  now: Instant,
): Promise<FormerAddress[]> {
  // An address as `parseEmail` leaves it is ASCII: in small letters it is its `nameKey`.
  const { rows } = await sql<{ channel: "email" | "sms"; address: string; kept_until: Date }>`
    select f.channel, f.address, f.kept_until from former_address f
    where f.account_id = ${id} and f.kept_until > ${now} and f.address not in (${email}, ${phone ?? ""})
      and not exists (
        select from account_name n
        where f.channel = 'email' and n.key = lower(f.address) and n.organisation_id = ${organisationId})
    order by f.kept_until desc, f.address limit 50`.execute(db);
  return rows.map(({ channel, address, kept_until: keptUntil }) => ({ channel, address, keptUntil }));
}

/** Deletes addresses that need not be kept any more; resolves to how many. */
export async function sweepFormerAddresses(db: Db, now: Instant): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("former_address").where("kept_until", "<=", now).executeTakeFirst();
  return Number(numDeletedRows);
}
