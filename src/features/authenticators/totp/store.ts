import type { Instant } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { CodeParameters } from "./domain/code.ts";
import type { CodeState } from "./domain/judge-code.ts";

/** A token as it is stored: its key sealed, and which of its codes are spent. */
export type StoredToken = Readonly<{ id: string; secret: Buffer; parameters: CodeParameters; state: CodeState }>;

/** The tokens among `authenticatorIds`, each locked until the transaction ends: of many codes at once, one is judged first. */
export async function lockTokens(tx: Tx, authenticatorIds: readonly string[]): Promise<StoredToken[]> {
  if (authenticatorIds.length === 0) return [];
  const rows = await tx
    .selectFrom("totp")
    .selectAll()
    .where("authenticator_id", "in", [...authenticatorIds])
    .orderBy("authenticator_id")
    .forUpdate()
    .execute();
  return rows.map((row) => ({
    id: row.authenticator_id,
    secret: row.secret,
    // Only `insertToken` writes them.
    parameters: { algorithm: row.algorithm, digits: row.digits, period: row.period } as CodeParameters,
    state: {
      lastStep: row.last_step,
      spentSteps: row.spent_steps,
      failures: row.failures,
      blockedUntil: row.blocked_until,
      drift: row.drift,
    },
  }));
}

export async function saveTokenState(tx: Tx, authenticatorId: string, state: CodeState): Promise<void> {
  await tx.updateTable("totp").set(columnsOf(state)).where("authenticator_id", "=", authenticatorId).execute();
}

export async function insertToken(tx: Tx, { id, secret, parameters, state }: StoredToken): Promise<void> {
  await tx
    .insertInto("totp")
    .values({ authenticator_id: id, secret, ...parameters, ...columnsOf(state) })
    .execute();
}

const columnsOf = ({ lastStep, spentSteps, failures, blockedUntil, drift }: CodeState) => ({
  last_step: lastStep,
  spent_steps: [...spentSteps],
  failures,
  blocked_until: blockedUntil,
  drift,
});

export async function deleteToken(tx: Tx, authenticatorId: string): Promise<void> {
  await tx.deleteFrom("totp").where("authenticator_id", "=", authenticatorId).execute();
}

/** A key that was shown and not confirmed. */
export type Offer = Readonly<{ journeyId: string; secret: Buffer; spentSteps: readonly number[] }>;

/**
 * The key that this journey's page shows: the one it has already, or else `secret`, which takes the place of what
 * another journey of the account was shown, so that no two are live (A10).
 */
export async function offerToken(
  db: Db,
  offer: { accountId: string; journeyId: string; secret: Buffer },
  now: Instant,
): Promise<Buffer> {
  const values = { journey_id: offer.journeyId, secret: offer.secret, spent_steps: [], created_at: now };
  const made = await db
    .insertInto("totp_offer")
    .values({ account_id: offer.accountId, ...values })
    .onConflict((conflict) =>
      conflict.column("account_id").doUpdateSet(values).where("totp_offer.journey_id", "!=", offer.journeyId),
    )
    .returning("secret")
    .executeTakeFirst();
  if (made) return made.secret;
  const { secret } = await db
    .selectFrom("totp_offer")
    .select("secret")
    .where("account_id", "=", offer.accountId)
    .executeTakeFirstOrThrow();
  return secret;
}

/** What the account is offered just now, locked until the transaction ends. */
export async function lockOffer(tx: Tx, accountId: string): Promise<Offer | null> {
  const row = await tx
    .selectFrom("totp_offer")
    .select(["journey_id", "secret", "spent_steps"])
    .where("account_id", "=", accountId)
    .forUpdate()
    .executeTakeFirst();
  return row ? { journeyId: row.journey_id, secret: row.secret, spentSteps: row.spent_steps } : null;
}

/** Spends codes that were said to be right but early or late. */
export async function saveSpentSteps(tx: Tx, accountId: string, spentSteps: readonly number[]): Promise<void> {
  await tx
    .updateTable("totp_offer")
    .set({ spent_steps: [...spentSteps] })
    .where("account_id", "=", accountId)
    .execute();
}

export async function deleteOffer(tx: Tx, accountId: string): Promise<void> {
  await tx.deleteFrom("totp_offer").where("account_id", "=", accountId).execute();
}
