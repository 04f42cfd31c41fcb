import { type RawBuilder, sql } from "kysely";
import type { Instant } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import {
  type Account,
  holdAccount,
  joinedAccount,
  joinedOrganisation,
  type Organisation,
  readJoinedAccount,
  readJoinedOrganisation,
} from "../organisations/index.ts";
import type { InvitationState, PinState } from "./domain/pin.ts";

/** An invitation as its link finds it. */
export type Invitation = PinState &
  Readonly<{
    id: string;
    /** The link is not the latest one. */
    replaced: boolean;
    pinHash: Buffer | null;
    pinSentAt: Instant | null;
    account: Account;
    organisation: Organisation;
  }>;

type Row = {
  id: string;
  replaced: boolean;
  state: InvitationState; // the column's check allows no other
  expires_at: Date;
  pin_hash: Buffer | null;
  pin_expires_at: Date | null;
  pin_misses: number;
  misses: number;
  pin_sent_at: Date | null;
  account: unknown;
  organisation: unknown;
};

/** The invitation of a link, with whose it is, in one statement. */
export const findInvitation = (db: Db | Tx, tokenHash: Buffer): Promise<Invitation | null> =>
  find(db, tokenHash, sql``);

/** The same, its account and its row held until the transaction ends: the account first, as everywhere. */
export async function lockInvitation(tx: Tx, tokenHash: Buffer): Promise<Invitation | null> {
  const account = sql`(select i.account_id from invitation_link l join invitation i on i.id = l.invitation_id
    where l.token_hash = ${tokenHash})`;
  await holdAccount(tx, account);
  return find(tx, tokenHash, sql`for update of i`);
}

async function find(db: Db | Tx, tokenHash: Buffer, lock: RawBuilder<unknown>): Promise<Invitation | null> {
  const { rows } = await sql<Row>`
    select i.id, l.replaced_at is not null as replaced, i.state, i.expires_at, i.pin_hash, i.pin_expires_at, i.pin_misses,
      i.misses, i.pin_sent_at, ${joinedAccount(sql`i.account_id`)} as account,
      ${joinedOrganisation(sql`i.organisation_id`)} as organisation
    from invitation_link l join invitation i on i.id = l.invitation_id
    where l.token_hash = ${tokenHash} ${lock}`.execute(db);
  const row = rows[0];
  const account = readJoinedAccount(row?.account ?? null);
  const organisation = readJoinedOrganisation(row?.organisation ?? null);
  if (!row || !account || !organisation) return null;
  return {
    id: row.id,
    replaced: row.replaced,
    state: row.state,
    expiresAt: row.expires_at,
    pinHash: row.pin_hash,
    pinExpiresAt: row.pin_expires_at,
    pinMisses: row.pin_misses,
    misses: row.misses,
    pinSentAt: row.pin_sent_at,
    account,
    organisation,
  };
}

export async function savePinState(tx: Tx, id: string, next: PinState): Promise<void> {
  await tx
    .updateTable("invitation")
    .set({ state: next.state, pin_misses: next.pinMisses, misses: next.misses })
    .where("id", "=", id)
    .execute();
}

/** Replaces the PIN by a new one, asked for on the page. */
export async function saveNewPin(
  tx: Tx,
  id: string,
  { pinHash, expiresAt, now }: { pinHash: Buffer; expiresAt: Instant; now: Instant },
): Promise<void> {
  await tx
    .updateTable("invitation")
    .set({ pin_hash: pinHash, pin_expires_at: expiresAt, pin_sent_at: now, pin_misses: 0 })
    .where("id", "=", id)
    .execute();
}

/** Marks the account's invitation activated, once; its PIN is good for nothing from then on. */
export async function saveActivated(tx: Tx, accountId: string, now: Instant): Promise<void> {
  await tx
    .updateTable("invitation")
    .set({ state: "activated", activated_at: now, pin_hash: null, pin_expires_at: null })
    .where("account_id", "=", accountId)
    .where("state", "!=", "activated")
    .execute();
}
