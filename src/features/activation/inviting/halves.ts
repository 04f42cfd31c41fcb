import { days, type Instant, plus } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Random } from "../../../ports/random.ts";
import type { Actor } from "../../audit/index.ts";
import { makeIssuePasswords } from "../../authenticators/password/index.ts";
import type { Outgoing } from "../../messages/index.ts";
import type { Account, Organisation } from "../../organisations/index.ts";
import { letters, makeSecrets, readyLetters } from "./letters.ts";

/** The two halves of an invitation, each worthless alone: what is kept of them, and the two messages that carry them. */
export type Halves = Readonly<{
  /** The activation link; null where the person signs in with a temporary password instead. */
  url: string | null;
  tokenHash: Buffer | null;
  pinHash: Buffer | null;
  expiresAt: Instant;
  letters: readonly Outgoing[];
}>;

type Deps = { random: Random; keyring: Keyring; publicUrl: string };

/** Whether people of the organisation begin with a temporary password instead of a link and a PIN (POL-1). */
export const beginsByPassword = ({ policy }: Organisation): boolean => policy.password.way === "temporary";

/**
 * Makes new halves for invitations to one organisation, one statement at most; the answers stand in their order. Link and
 * PIN (ACT-2), or user name and temporary password, as the organisation works.
 */
export const makeHalves = (deps: Deps) => {
  const issue = makeIssuePasswords(deps);
  return async <T extends { id: string; account: Account }>(
    tx: Tx,
    organisation: Organisation,
    invited: readonly T[],
    { actor, now }: { actor: Actor; now: Instant },
  ): Promise<(T & Halves)[]> => {
    if (beginsByPassword(organisation)) {
      const accountIds = invited.map(({ account }) => account.id);
      const issued = await issue(tx, accountIds, { organisation, orderedBy: actor, now });
      return invited.flatMap((one, index) => {
        const own = issued[index];
        if (!own) return [];
        const { expiresAt } = own;
        const carried = readyLetters(own, deps.publicUrl, { ...one, organisation, expiresAt });
        return [{ ...one, url: null, tokenHash: null, pinHash: null, expiresAt, letters: carried }];
      });
    }
    const expiresAt = plus(now, days(organisation.policy.invitation.days));
    return invited.map((one) => {
      const secrets = makeSecrets(deps, one.id, organisation);
      const { url, tokenHash, pinHash } = secrets;
      const carried = letters(secrets, { ...one, organisation, expiresAt });
      return { ...one, url, tokenHash, pinHash, expiresAt, letters: carried };
    });
  };
};
