import { sql } from "kysely";
import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import { divideLinked, type Missed } from "../../journey/index.ts";
import type { KnownPasskey, MadePasskey } from "./domain/passkey.ts";

/** The handle by which authenticators know the account: `made`, unless it has one already. */
export async function userHandle(db: Db, accountId: string, made: Buffer): Promise<Buffer> {
  const { handle } = await db
    .insertInto("passkey_user")
    .values({ account_id: accountId, handle: made })
    .onConflict((conflict) =>
      conflict.column("account_id").doUpdateSet((eb) => ({ handle: eb.ref("passkey_user.handle") })),
    )
    .returning("handle")
    .executeTakeFirstOrThrow();
  return handle;
}

/** The account's passkeys that are not removed. */
export async function listPasskeys(db: Db, accountId: string): Promise<KnownPasskey[]> {
  return db
    .selectFrom("passkey")
    .innerJoin("authenticator", "authenticator.id", "passkey.authenticator_id")
    .select(["passkey.credential_id as credentialId", "passkey.transports"])
    .where("passkey.account_id", "=", accountId)
    .where("authenticator.removed_at", "is", null)
    .orderBy("authenticator.linked_at")
    .execute();
}

/** Whether anybody has ever made one. */
export async function hasPasskeys(db: Db): Promise<boolean> {
  const row = await db.selectFrom("passkey").select("authenticator_id").limit(1).executeTakeFirst();
  return row !== undefined;
}

/** A passkey that may sign in, and whose it is. */
export type FoundPasskey = Readonly<{
  id: string;
  accountId: string;
  organisationId: string;
  publicKey: Buffer;
  backupEligible: boolean;
}>;

/** `accountId` and `organisationId` where they are known already. */
export type Sought = Readonly<{
  credentialId: Buffer;
  handle: Buffer | null;
  accountId: string | null;
  organisationId: string | null;
}>;

/**
 * The passkey of an active account of an open organisation, by its credential's id and by what the authenticator says
 * of whose it is; one that signs in no more is `missed`. An authenticator may leave out whose it is (`handle` null) where
 * it was told whose passkeys are wanted.
 */
export async function findPasskey(
  db: Db,
  { credentialId, handle, accountId, organisationId }: Sought,
): Promise<{ linked: readonly FoundPasskey[]; missed: readonly Missed[] }> {
  if (handle === null && accountId === null) return { linked: [], missed: [] };
  const rows = await db
    .selectFrom("passkey")
    .innerJoin("passkey_user", "passkey_user.account_id", "passkey.account_id")
    .innerJoin("authenticator", "authenticator.id", "passkey.authenticator_id")
    .innerJoin("account", "account.id", "passkey.account_id")
    .innerJoin("organisation", "organisation.id", "account.organisation_id")
    .select([
      "passkey.authenticator_id as id",
      "account.id as accountId",
      "account.organisation_id as organisationId",
      "account.state as accountState",
      "organisation.state as organisationState",
      sql<boolean>`authenticator.removed_at is not null`.as("removed"),
      "passkey.public_key as publicKey",
      "passkey.backup_eligible as backupEligible",
    ])
    .where("passkey.credential_id", "=", credentialId)
    .$if(handle !== null, (query) => query.where("passkey_user.handle", "=", handle))
    .$if(accountId !== null, (query) => query.where("account.id", "=", accountId))
    .$if(organisationId !== null, (query) => query.where("organisation.id", "=", organisationId))
    .execute();
  return divideLinked(rows, ["active"]);
}

/** How far the passkey has counted, locked until the transaction ends; null when it is gone. */
export async function lockPasskey(
  tx: Tx,
  authenticatorId: string,
): Promise<{ counter: number; copyToldAt: Instant | null } | null> {
  const row = await tx
    .selectFrom("passkey")
    .select(["counter", "copy_told_at as copyToldAt"])
    .where("authenticator_id", "=", authenticatorId)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

export async function saveCounter(tx: Tx, authenticatorId: string, counter: number): Promise<void> {
  await tx.updateTable("passkey").set({ counter }).where("authenticator_id", "=", authenticatorId).execute();
}

/** Notes that the person is told of a copy. */
export async function saveCopyTold(tx: Tx, authenticatorId: string, now: Instant): Promise<void> {
  await tx.updateTable("passkey").set({ copy_told_at: now }).where("authenticator_id", "=", authenticatorId).execute();
}

/** Whether the credential is anybody's passkey, or was. */
export async function isTaken(tx: Tx, credentialId: Buffer): Promise<boolean> {
  const row = await tx
    .selectFrom("passkey")
    .select("authenticator_id")
    .where("credential_id", "=", credentialId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Two accounts that take one credential at the same moment: the second statement fails, as a fault. */
export async function insertPasskey(
  tx: Tx,
  { id, accountId, ...passkey }: MadePasskey & { id: string; accountId: string },
): Promise<void> {
  await tx
    .insertInto("passkey")
    .values({
      authenticator_id: id,
      account_id: accountId,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      backup_eligible: passkey.backupEligible,
      transports: [...passkey.transports],
    })
    .execute();
}
