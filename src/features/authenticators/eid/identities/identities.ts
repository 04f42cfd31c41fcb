import * as z from "zod";
import { canonical, type Identity, identityTypes, type Level } from "../../../../kernel/identity.ts";
import type { Instant } from "../../../../kernel/time.ts";
import type { Db, Tx } from "../../../../platform/database/index.ts";
import type { Keyring } from "../../../../platform/seal/index.ts";
import {
  type FoundAccounts,
  findBoundAccounts,
  isBoundElsewhere,
  loadBlindIndex,
  loadBound,
  lockIdentity,
  releaseClosed,
  type SealedIdentity,
  saveBound,
  saveExpected,
} from "./store.ts";

/** Whose identity it is. */
export type Owned = Readonly<{ accountId: string; organisationId: string; identity: Identity }>;

export type BoundIdentity = Readonly<{ identity: Identity; level: Level; boundAt: Instant }>;

export type Binding = "bound" | "another-person" | "bound-elsewhere";

/** Who an account's person is: expected by an invitation, or bound once proved. */
export type Identities = Readonly<{
  /** What an identity is found by: a keyed hash, equal for equal identities alone. */
  blindIndex(identity: Identity): Buffer;
  /** Notes whom the accounts expect, in place of what they expected before; what is bound stays. Thousands at once. */
  expect(tx: Tx, rows: readonly Owned[], now: Instant): Promise<void>;
  /** The accounts that the identity is bound to, in one organisation or (null) in all; at most twenty. */
  find(db: Db | Tx, blindIndex: Buffer, organisationId: string | null): Promise<FoundAccounts>;
  /** The blind index of the identity that the account expects or has; null when any person will do. */
  expected(db: Db | Tx, accountId: string): Promise<Buffer | null>;
  /**
   * Binds the identity to the account, unless the account is `another-person`'s or the identity is another account's of
   * the organisation. What is bound already may be bound again. Whoever calls it holds the account's lock.
   */
  bind(tx: Tx, proved: Owned & Readonly<{ broker: string; level: Level }>, now: Instant): Promise<Binding>;
  /** The identity that is bound to the account, opened: only for whoever is entitled to it, or to be masked. */
  read(db: Db | Tx, accountId: string): Promise<BoundIdentity | null>;
}>;

const stored = z.object({ country: z.string(), type: z.enum(identityTypes), value: z.string() });
const place = (accountId: string) => ({ table: "identity", column: "sealed", row: accountId });

export function makeIdentities({ keyring }: { keyring: Pick<Keyring, "seal" | "open" | "hash"> }): Identities {
  const blindIndex = (identity: Identity) => keyring.hash("identity", canonical(identity));
  const sealed = ({ accountId, organisationId, identity }: Owned): SealedIdentity => ({
    accountId,
    organisationId,
    blindIndex: blindIndex(identity),
    sealed: keyring.seal(place(accountId), JSON.stringify(identity)),
  });
  return {
    blindIndex,
    expect: (tx, rows, now) => saveExpected(tx, rows.map(sealed), now),
    find: findBoundAccounts,
    expected: loadBlindIndex,
    async bind(tx, proved, now) {
      const row = sealed(proved);
      await lockIdentity(tx, row.blindIndex);
      const known = await loadBlindIndex(tx, row.accountId);
      if (known && !known.equals(row.blindIndex)) return "another-person";
      await releaseClosed(tx, row, now);
      if (await isBoundElsewhere(tx, row)) return "bound-elsewhere";
      await saveBound(tx, row, proved, now);
      return "bound";
    },
    async read(db, accountId) {
      const row = await loadBound(db, accountId);
      if (!row) return null;
      const { sealed, level, boundAt } = row;
      const identity = stored.parse(JSON.parse(keyring.open(place(accountId), sealed).toString()));
      return { identity, level, boundAt };
    },
  };
}
