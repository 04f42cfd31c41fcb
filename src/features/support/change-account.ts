import type { Instant } from "../../kernel/time.ts";
import type { Tx } from "../../platform/database/index.ts";
import { endHalves, type GivenChange, parseChange } from "../activation/index.ts";
import type { Actor } from "../audit/index.ts";
import { deleteTemporary, endPassword } from "../authenticators/password/index.ts";
import { endUnconfirmed } from "../cases/index.ts";
import { endAuthenticators, listAuthenticators } from "../journey/index.ts";
import {
  type Account,
  type CreateAccountRefusal,
  changeAccount,
  loadOrganisation,
  lockAccount,
  noticesTo,
  type Organisation,
  type PhoneRules,
  type Problem,
  problem,
  raiseEpoch,
  wasActive,
} from "../organisations/index.ts";
import { endPasswordLinks, endResets } from "../recovery/index.ts";
import { endAllSessions } from "../sessions/index.ts";
import type { SupportDeps } from "./order-new-password.ts";

type Deps = Pick<SupportDeps, "db" | "clock" | "audit" | "messages" | "directories"> & PhoneRules;

/** What can change. */
const fields = ["givenName", "familyName", "email", "phone", "userName", "language"] as const;
type Field = (typeof fields)[number];

/**
 * `isMoved`: the e-mail address or the phone number is another. `invitationId`: of an invitation whose link and PIN, or
 * temporary password, are void, so that it has to be sent again.
 */
type Changed = Readonly<{ changed: readonly Field[]; isMoved: boolean; invitationId: string | null }>;

export type ChangeResult =
  | Changed
  | Readonly<{ problems: readonly Problem[] }>
  | "no-such-account"
  | "account-closed"
  /** HLP-5 wants one, in words of its own. */
  | "no-reason";

const taken: Readonly<Record<CreateAccountRefusal, Problem>> = {
  "email-taken": problem("email", "taken", "Another account is found by this address."),
  "user-name-taken": problem("userName", "taken", "Another account is found by this user name."),
};

/**
 * Changes what is on record of a person and their account; what `given` leaves out stays. Where the e-mail address or the
 * phone number is another, whatever went to the old one opens nothing any more, and the person is out everywhere: links,
 * PINs and temporary passwords, half-way journeys, sessions. They are told at the old address too, with a link that
 * freezes the account (REC-8), and so they are for a while of what happens afterwards.
 */
export const makeChangeAccount =
  (deps: Deps) =>
  (
    accountId: string,
    given: GivenChange,
    { actor, reason }: Readonly<{ actor: Actor; reason: string }>,
  ): Promise<ChangeResult> =>
    deps.db.transaction().execute(async (tx): Promise<ChangeResult> => {
      const why = reason.trim();
      if (why === "") return "no-reason";
      const before = await lockAccount(tx, accountId);
      const organisation = before && (await loadOrganisation(tx, before.organisationId));
      if (!before || !organisation) return "no-such-account";
      if (before.state === "closed") return "account-closed";
      const parsed = parseChange(given, before, deps);
      if ("problems" in parsed) return parsed;
      const now = deps.clock.now();
      const after = await changeAccount(tx, before, parsed.change, now);
      if (typeof after === "string") return { problems: [taken[after]] };
      const changed = fields.filter((field) => after[field] !== before[field]);
      const isMoved = changed.includes("email") || changed.includes("phone");
      if (changed.length === 0) return { changed, isMoved, invitationId: null };

      const ended = isMoved ? await endWhatWasSent(deps, tx, after, now) : null;
      await tell(deps, tx, { before, after, organisation }, now);
      const { organisationId } = after;
      const detail = { changed: changed.join(" "), reason: why, ...(ended && { sessions: ended.sessions }) };
      await deps.audit.record(tx, [
        { type: "account.changed", result: "done", actor, organisationId, accountId, detail },
      ]);
      return { changed, isMoved, invitationId: ended?.invitationId ?? null };
    });

/** Voids what went to an address that is no more the account's, and ends whatever may have been begun by it. */
async function endWhatWasSent({ messages }: Deps, tx: Tx, { id }: Account, now: Instant) {
  const epoch = await raiseEpoch(tx, id);
  const sessions = await endAllSessions(tx, id, { epoch, keep: null });
  const invitationId = await endHalves(tx, id, now);
  await deleteTemporary(tx, id);
  await endPasswordLinks(tx, id);
  await endResets(tx, id);
  await endUnconfirmed(tx, id);
  await messages.withdraw(tx, id);
  if (invitationId) {
    // Who has begun to activate it may have been whoever reads the old address.
    await endPassword(tx, id, now);
    const begun = await listAuthenticators(tx, id);
    await endAuthenticators(
      tx,
      begun.map((authenticator) => authenticator.id),
      now,
    );
    await messages.withdraw(tx, invitationId);
  }
  return { invitationId, sessions: sessions.length };
}

type Moved = Readonly<{ before: Account; after: Account; organisation: Organisation }>;

/** Tells the person and the directories. Whoever was never in the account hears by their invitation, and directories by its activation. */
async function tell({ messages, directories }: Deps, tx: Tx, { before, after, organisation }: Moved, now: Instant) {
  if (!(await wasActive(tx, after.id))) return;
  const parameters = {
    at: now,
    ...(after.email !== before.email && { email: after.email }),
    ...(after.phone !== before.phone && { phone: after.phone }),
    // Under the e-mail address the new one is told already.
    ...(after.userName !== before.userName && after.userName !== after.email && { userNameChanged: true }),
  };
  if (Object.keys(parameters).length > 1)
    await messages.enqueue(
      tx,
      await noticesTo(tx, after, organisation, { template: "contact-changed", parameters }, now),
    );
  await directories.tell(tx, after, "account", { id: null, at: now });
}
