import type { Actor } from "../../audit/index.ts";
import { deleteTemporary } from "../../authenticators/password/index.ts";
import { freeNames, raiseEpoch, setAccountState } from "../../organisations/index.ts";
import type { InvitingDeps } from "./invite.ts";
import { lockInvitation, revokeInvitation } from "./store.ts";

export type RevokeRefusal = "no-such-invitation" | "already-activated" | "already-revoked";

/**
 * Takes an invitation back (ACT-10): link and PIN, or a temporary password, are worthless at once, half-way journeys are over, waiting messages are
 * not sent. The account, never used, is closed and its names are free, so that the person can be invited anew.
 */
export const makeRevoke =
  (deps: Pick<InvitingDeps, "db" | "clock" | "audit" | "messages">) =>
  (invitationId: string, { actor }: { actor: Actor }): Promise<"revoked" | RevokeRefusal> =>
    deps.db.transaction().execute(async (tx) => {
      const invitation = await lockInvitation(tx, invitationId);
      if (!invitation) return "no-such-invitation";
      if (invitation.state === "activated") return "already-activated";
      if (invitation.state === "revoked") return "already-revoked";
      const { id, account } = invitation;
      const { id: accountId, organisationId } = account;
      await raiseEpoch(tx, accountId);
      await setAccountState(tx, accountId, {
        from: ["invited", "activating", "frozen"],
        to: "closed",
        now: deps.clock.now(),
      });
      await freeNames(tx, accountId);
      await revokeInvitation(tx, id);
      await deleteTemporary(tx, accountId);
      await deps.messages.withdraw(tx, id);
      await deps.audit.record(tx, [
        { type: "invitation.revoked", result: "done", actor, organisationId, accountId, detail: { invitation: id } },
      ]);
      return "revoked";
    });
