import { timingSafeEqual } from "node:crypto";
import { hours, type Instant, plus } from "../../../../kernel/time.ts";
import type { Tx } from "../../../../platform/database/index.ts";
import type { Keyring } from "../../../../platform/seal/index.ts";
import type { Random } from "../../../../ports/random.ts";
import type { Actor } from "../../../audit/index.ts";
import type { Organisation } from "../../../organisations/index.ts";
import { foldTemporaryPassword, temporaryPasswordBytes, writeTemporaryPassword } from "../domain/temporary-password.ts";
import { saveTemporary } from "./store.ts";

/** A temporary password on its way to its person. It stands in their message and nowhere else. */
export type IssuedPassword = Readonly<{ accountId: string; password: string; expiresAt: Instant }>;

export type Issuing = Readonly<{ organisation: Organisation; orderedBy: Actor; now: Instant }>;

/**
 * Makes temporary passwords for accounts of one organisation, in the caller's transaction, one statement whatever their
 * number; the answers stand in the order of `accountIds`. Each takes the place of the account's earlier one. The caller
 * sends them, to the channel on record.
 */
export const makeIssuePasswords =
  ({ random, keyring }: { random: Random; keyring: Pick<Keyring, "hash"> }) =>
  async (
    tx: Tx,
    accountIds: readonly string[],
    { organisation, orderedBy, now }: Issuing,
  ): Promise<IssuedPassword[]> => {
    const expiresAt = plus(now, hours(organisation.policy.password.temporaryHours));
    const issued = accountIds.map((accountId) => ({
      accountId,
      password: writeTemporaryPassword(random.bytes(temporaryPasswordBytes)),
      expiresAt,
    }));
    const rows = issued.map(({ accountId, password }) => ({
      accountId,
      hash: hashTemporary(keyring, accountId, password),
      createdAt: now,
      expiresAt,
      orderedBy,
    }));
    await saveTemporary(tx, rows);
    return issued;
  };

/** A keyed hash, bound to the account: 64 random bits need no slow one (docs/decisions/0015). */
const hashTemporary = (keyring: Pick<Keyring, "hash">, accountId: string, typed: string): Buffer =>
  keyring.hash("temporary-password", `${accountId}:${foldTemporaryPassword(typed)}`);

const none = Buffer.alloc(32);

/** Whether `typed` is the account's temporary password. The same work whether it has one (`hash`) or not. */
export function isTemporary(
  keyring: Pick<Keyring, "hash">,
  accountId: string,
  hash: Buffer | null,
  typed: string,
): boolean {
  const matches = timingSafeEqual(hashTemporary(keyring, accountId, typed), hash ?? none);
  return matches && hash !== null;
}
