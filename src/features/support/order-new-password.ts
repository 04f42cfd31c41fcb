import type { Db } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Actor, Audit } from "../audit/index.ts";
import { endPassword, makeIssuePasswords, newPasswordMessage } from "../authenticators/password/index.ts";
import type { Directories } from "../directories/index.ts";
import { endAuthenticators, listAuthenticators } from "../journey/index.ts";
import type { Messages } from "../messages/index.ts";
import {
  type Account,
  loadOrganisation,
  lockAccount,
  noticesTo,
  type Organisation,
  raiseEpoch,
} from "../organisations/index.ts";
import { endAllSessions } from "../sessions/index.ts";

export type SupportDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Pick<Keyring, "hash">;
  audit: Audit;
  messages: Messages;
  directories: Pick<Directories, "tell">;
};

export type OrderRefusal =
  | "no-such-account"
  | "account-shut"
  /** Nobody has signed in yet: the invitation is sent again instead. */
  | "not-activated"
  | "organisation-closed"
  /** Its people choose their first password themselves. */
  | "no-temporary-passwords";

/**
 * Orders a new password for somebody who has called (REC-2): the old one and the link to a certificate card end at once,
 * with every session, half-way journey and grant; a temporary password goes to the channel on record.
 */
export const makeOrderNewPassword = (deps: SupportDeps) => {
  const issue = makeIssuePasswords(deps);
  return (accountId: string, { actor }: { actor: Actor }): Promise<"ordered" | OrderRefusal> =>
    deps.db.transaction().execute(async (tx) => {
      const account = await lockAccount(tx, accountId);
      const organisation = account && (await loadOrganisation(tx, account.organisationId));
      if (!account || !organisation) return "no-such-account";
      const refused = refusalOf(account, organisation);
      if (refused) return refused;

      const now = deps.clock.now();
      await endPassword(tx, account.id, now);
      const linked = await listAuthenticators(tx, account.id);
      const cards = linked.filter(({ method }) => method === "certificate").map(({ id }) => id);
      await endAuthenticators(tx, cards, now);
      await endAllSessions(tx, account.id, { epoch: await raiseEpoch(tx, account.id), keep: null });
      const [issued] = await issue(tx, [account.id], { organisation, orderedBy: actor, now });
      if (!issued) throw new Error("no temporary password was made");
      await deps.messages.withdraw(tx, account.id);
      // HLP-5: by e-mail alone, since the password itself has gone to the phone where there is one.
      const told = { template: "password-ended", parameters: { at: now, cardEnded: cards.length > 0 } } as const;
      await deps.messages.enqueue(tx, [
        newPasswordMessage(account, organisation, issued),
        ...(await noticesTo(tx, account, organisation, told, now)),
      ]);
      await deps.audit.record(tx, [
        {
          type: "temporary-password.ordered",
          result: "done",
          actor,
          organisationId: organisation.id,
          accountId: account.id,
          detail: { ended: cards.length > 0 ? "password certificate" : "password" },
        },
      ]);
      return "ordered";
    });
};

function refusalOf({ state }: Account, organisation: Organisation): OrderRefusal | null {
  if (organisation.state === "closed") return "organisation-closed";
  if (state === "invited") return "not-activated";
  if (state !== "active" && state !== "activating") return "account-shut";
  return organisation.policy.password.way === "temporary" ? null : "no-temporary-passwords";
}
