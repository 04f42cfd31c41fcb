import type { Instant } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import { lockAccount } from "../../organisations/index.ts";

export type NewInvitation = {
  id: string;
  organisationId: string;
  accountId: string;
  /** Null where a temporary password went out in the place of a link. */
  tokenHash: Buffer | null;
  /** Null when the PIN goes out on request only. */
  pinHash: Buffer | null;
  expiresAt: Instant;
};

/** Inserts invitations with their links: two statements at most, whatever their number. */
export async function insertInvitations(tx: Tx, invitations: readonly NewInvitation[], now: Instant): Promise<void> {
  await tx
    .insertInto("invitation")
    .values(
      invitations.map(({ id, organisationId, accountId, pinHash, expiresAt }) => ({
        id,
        organisation_id: organisationId,
        account_id: accountId,
        state: "sent",
        pin_hash: pinHash,
        pin_expires_at: pinHash && expiresAt,
        pin_sent_at: pinHash && now,
        expires_at: expiresAt,
        created_at: now,
      })),
    )
    .execute();
  const links = invitations.flatMap(({ id, tokenHash }) =>
    tokenHash ? [{ token_hash: tokenHash, invitation_id: id, created_at: now }] : [],
  );
  if (links.length > 0) await tx.insertInto("invitation_link").values(links).execute();
}

/** The invitation, and its account, locked until the transaction ends: the account first, as everywhere. */
export async function lockInvitation(tx: Tx, id: string) {
  const whose = await tx.selectFrom("invitation").select("account_id").where("id", "=", id).executeTakeFirst();
  const account = whose && (await lockAccount(tx, whose.account_id));
  if (!account) return null;
  const row = await tx
    .selectFrom("invitation")
    .select(["id", "state"])
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return null;
  return { id: row.id, state: row.state, account };
}

export type Renewal = Pick<NewInvitation, "tokenHash" | "pinHash" | "expiresAt">;

/** Gives the invitation a new link and PIN, and a new start: the old links are replaced, the misses forgotten. */
export async function renewInvitation(tx: Tx, id: string, renewal: Renewal, now: Instant): Promise<void> {
  await replaceLinks(tx, id, now);
  if (renewal.tokenHash)
    await tx
      .insertInto("invitation_link")
      .values({ token_hash: renewal.tokenHash, invitation_id: id, created_at: now })
      .execute();
  await tx
    .updateTable("invitation")
    .set({
      state: "sent",
      pin_hash: renewal.pinHash,
      pin_expires_at: renewal.pinHash && renewal.expiresAt,
      pin_sent_at: renewal.pinHash && now,
      pin_misses: 0,
      misses: 0,
      expires_at: renewal.expiresAt,
      opened_at: null,
    })
    .where("id", "=", id)
    .execute();
}

async function replaceLinks(tx: Tx, id: string, now: Instant): Promise<void> {
  await tx
    .updateTable("invitation_link")
    .set({ replaced_at: now })
    .where("invitation_id", "=", id)
    .where("replaced_at", "is", null)
    .execute();
}

/**
 * Voids the link and the PIN of the account's invitation, which waits to be sent again then; resolves to its id, or to null
 * where no invitation is under way.
 */
export async function endHalves(tx: Tx, accountId: string, now: Instant): Promise<string | null> {
  const row = await tx
    .updateTable("invitation")
    .set({ pin_hash: null, pin_expires_at: null })
    .where("account_id", "=", accountId)
    .where("state", "not in", ["activated", "revoked"])
    .returning("id")
    .executeTakeFirst();
  if (!row) return null;
  await replaceLinks(tx, row.id, now);
  return row.id;
}

/** Takes the invitation back; its links stay, so that their page can say so. */
export async function revokeInvitation(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable("invitation")
    .set({ state: "revoked", pin_hash: null, pin_expires_at: null })
    .where("id", "=", id)
    .execute();
}

/** Invitations of earlier versions that hold whom they expect, sealed in their own row; locked, passing over what others hold. */
export async function lockExpected(
  tx: Tx,
  limit: number,
): Promise<{ id: string; accountId: string; organisationId: string; sealed: Buffer }[]> {
  const rows = await tx
    .selectFrom("invitation")
    .select(["id", "account_id as accountId", "organisation_id as organisationId", "expected_identity as sealed"])
    .where("expected_identity", "is not", null)
    .orderBy("id")
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map((row) => ({ ...row, sealed: row.sealed ?? Buffer.alloc(0) })); // the condition
}

/** Forgets what `lockExpected` gave: it is kept elsewhere from now on. */
export async function forgetExpected(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable("invitation")
    .set({ expected_identity: null })
    .where("id", "in", [...ids])
    .execute();
}
