import { days, plus } from "../../../kernel/time.ts";
import type { Actor } from "../../audit/index.ts";
import { loadOrganisation, raiseEpoch } from "../../organisations/index.ts";
import { type Invited, type InvitingDeps, sent } from "./invite.ts";
import { letters, makeSecrets } from "./letters.ts";
import { lockInvitation, renewInvitation } from "./store.ts";

export type SendAgainRefusal = "no-such-invitation" | "already-activated" | "revoked" | "organisation-closed";

/**
 * Sends an invitation again (ACT-2): a new link and PIN replace the old ones, waiting messages are taken back, misses
 * and a lock are lifted, the expiry is renewed. Journeys that the old link began are over: it may have been in other hands.
 */
export const makeSendAgain =
  (deps: InvitingDeps) =>
  (invitationId: string, { actor }: { actor: Actor }): Promise<Invited | SendAgainRefusal> =>
    deps.db.transaction().execute(async (tx) => {
      const invitation = await lockInvitation(tx, invitationId);
      if (!invitation) return "no-such-invitation";
      if (invitation.state === "activated") return "already-activated";
      if (invitation.state === "revoked") return "revoked";
      const { id, account } = invitation;
      const organisation = await loadOrganisation(tx, account.organisationId);
      if (!organisation) throw new Error("an account lost its organisation");
      if (account.state === "closed") return "revoked";
      if (organisation.state === "closed") return "organisation-closed";
      const now = deps.clock.now();
      const expiresAt = plus(now, days(organisation.policy.invitation.days));
      const secrets = makeSecrets(deps, id, organisation);
      await raiseEpoch(tx, account.id);
      await renewInvitation(tx, id, { ...secrets, expiresAt }, now);
      await deps.messages.withdraw(tx, id);
      await deps.messages.enqueue(tx, letters(secrets, { id, account, organisation, expiresAt }));
      await deps.audit.record(tx, [sent(id, account, actor, true)]);
      return { invitationId: id, accountId: account.id, url: secrets.url };
    });
