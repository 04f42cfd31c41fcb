import type { Actor } from "../../audit/index.ts";
import { deleteTemporary, endPassword } from "../../authenticators/password/index.ts";
import { loadOrganisation, raiseEpoch, setAccountState } from "../../organisations/index.ts";
import { beginsByPassword, makeHalves } from "./halves.ts";
import { type Invited, type InvitingDeps, sent } from "./invite.ts";
import { lockInvitation, renewInvitation } from "./store.ts";

export type SendAgainRefusal =
  | "no-such-invitation"
  | "already-activated"
  | "revoked"
  | "account-frozen"
  | "organisation-closed"
  /** A temporary password goes out by text message only. */
  | "no-phone";

/**
 * Sends an invitation again (ACT-2): new halves replace the old ones, waiting messages are taken back, misses and a lock
 * are lifted, the expiry is renewed. Journeys that the old ones began are over, and a password chosen in the place of a
 * temporary one: it may have been in other hands.
 */
export const makeSendAgain = (deps: InvitingDeps) => {
  const makeBoth = makeHalves(deps);
  return (invitationId: string, { actor }: { actor: Actor }): Promise<Invited | SendAgainRefusal> =>
    deps.db.transaction().execute(async (tx) => {
      const invitation = await lockInvitation(tx, invitationId);
      if (!invitation) return "no-such-invitation";
      if (invitation.state === "activated") return "already-activated";
      if (invitation.state === "revoked") return "revoked";
      const { id, account } = invitation;
      const organisation = await loadOrganisation(tx, account.organisationId);
      if (!organisation) throw new Error("an account lost its organisation");
      if (account.state === "closed") return "revoked";
      if (account.state === "frozen") return "account-frozen";
      if (organisation.state === "closed") return "organisation-closed";
      const byPassword = beginsByPassword(organisation);
      if (byPassword && account.phone === null) return "no-phone";
      const now = deps.clock.now();
      await raiseEpoch(tx, account.id);
      await deleteTemporary(tx, account.id);
      if (byPassword) {
        await endPassword(tx, account.id, now);
        await setAccountState(tx, account.id, { from: ["invited"], to: "activating", now });
        await deps.messages.withdraw(tx, account.id);
      }
      const [made] = await makeBoth(tx, organisation, [{ id, account }], { actor, now });
      if (!made) throw new Error("an invitation got no new halves");
      await renewInvitation(tx, id, made, now);
      await deps.messages.withdraw(tx, id);
      await deps.messages.enqueue(tx, made.letters);
      await deps.audit.record(tx, [sent(id, account, actor, true)]);
      return { invitationId: id, accountId: account.id, url: made.url };
    });
};
