import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import type { Actor, Audit, AuditEvent } from "../../audit/index.ts";
import type { Identities } from "../../authenticators/eid/index.ts";
import type { Messages } from "../../messages/index.ts";
import {
  type Account,
  findNames,
  makeCreateAccounts,
  nameKey,
  type Organisation,
  type Problem,
  problem,
} from "../../organisations/index.ts";
import { beginsByPassword, makeHalves } from "./halves.ts";
import { type Given, type Invitee, parseInvitee } from "./person.ts";
import { insertInvitations } from "./store.ts";

export type InvitingDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Keyring;
  audit: Audit;
  messages: Messages;
  identities: Pick<Identities, "expect">;
  /** Where links lead: from the configuration, never from a request. */
  publicUrl: string;
  /** ISO 3166-1 codes; a number without a country code belongs to the first. */
  countries: readonly string[];
};

/**
 * `url` is the activation link, for the demo and the command line to print; it is stored nowhere. Null where a temporary
 * password went out in its place.
 */
export type Invited = Readonly<{ invitationId: string; accountId: string; url: string | null }>;

export type InviteResult = Invited | { problems: readonly Problem[] };

type Found = Awaited<ReturnType<typeof findNames>>;

/** Why an invitee can't be invited, told from what their names find; null when nothing stands in the way. */
export function conflict(found: Found, { email, userName }: Invitee): Problem | null {
  const same = found.get(nameKey(email) ?? "");
  if (same?.state === "active") return problem("email", "already-active", "This person has an active account already.");
  if (same?.state === "closed")
    return problem("email", "account-closed", "This person's account was closed. Open it again instead.");
  if (same?.state === "frozen")
    return problem("email", "account-frozen", "This person's account is frozen. Thaw it instead.");
  if (same) return problem("email", "already-invited", "This person is invited already. Send the invitation again.");
  if (found.has(nameKey(userName) ?? "")) return problem("userName", "taken", "Another account has this user name.");
  return null;
}

/** The keys under which an invitee's account would be found. */
export const keysOf = ({ email, userName }: Invitee): string[] =>
  [...new Set([nameKey(email), nameKey(userName)])].filter((key) => key !== null);

/**
 * Invites several people to one organisation in the caller's transaction, a fixed number of statements; the answers
 * stand in the order of `invitees`. One who is refused leaves no row, and the others go in. The caller records `events`
 * last of all, since that locks the organisation's chain until the transaction ends.
 */
export function makeInviteAll(deps: InvitingDeps) {
  const createAccounts = makeCreateAccounts(deps);
  const makeBoth = makeHalves(deps);
  return async (
    tx: Tx,
    organisation: Organisation,
    invitees: readonly Invitee[],
    actor: Actor,
  ): Promise<{ results: InviteResult[]; events: AuditEvent[] }> => {
    const now = deps.clock.now();
    // With a temporary password a person signs in like everybody else.
    const state = beginsByPassword(organisation) ? ("activating" as const) : ("invited" as const);
    const wanted = invitees.map((invitee) => ({ ...invitee, organisationId: organisation.id, state }));
    const accounts = await createAccounts(tx, wanted);
    const refused = invitees.filter((_, index) => typeof accounts[index] === "string");
    const found = await findNames(tx, organisation.id, refused.flatMap(keysOf));
    const created = invitees.flatMap(({ expectedIdentity: identity }, index) => {
      const account = accounts[index];
      return typeof account === "object" ? [{ id: deps.random.id(), account, identity }] : [];
    });
    const invitations = await makeBoth(tx, organisation, created, { actor, now });
    if (invitations.length > 0) {
      const rows = invitations.map(({ account, ...rest }) => ({
        ...rest,
        organisationId: organisation.id,
        accountId: account.id,
      }));
      await insertInvitations(tx, rows, now);
      const expected = invitations.flatMap(({ account, identity }) =>
        identity ? [{ accountId: account.id, organisationId: organisation.id, identity }] : [],
      );
      await deps.identities.expect(tx, expected, now);
      await deps.messages.enqueue(
        tx,
        invitations.flatMap(({ letters }) => letters),
      );
    }
    const events = invitations.map(({ id, account }) => sent(id, account, actor));
    const results = invitees.map((invitee, index): InviteResult => {
      const made = invitations.find(({ account }) => account === accounts[index]);
      if (made) return { invitationId: made.id, accountId: made.account.id, url: made.url };
      // Whoever held the name may have let go of it between the two statements.
      const why = conflict(found, invitee);
      return { problems: [why ?? problem("email", "taken", "The name was taken a moment ago. Try again.")] };
    });
    return { results, events };
  };
}

/** What the audit says of an invitation that went out. */
export const sent = (id: string, account: Account, actor: Actor, again = false): AuditEvent => ({
  type: again ? "invitation.sent-again" : "invitation.sent",
  result: "done",
  actor,
  organisationId: account.organisationId,
  accountId: account.id,
  detail: { invitation: id, category: account.category },
});

/** Invites one person: account, invitation, its two halves, both messages and the audit row in one transaction (ACT-1, ACT-2). */
export const makeInvite = (deps: InvitingDeps) => {
  const inviteAll = makeInviteAll(deps);
  return async (organisation: Organisation, given: Given, { actor }: { actor: Actor }): Promise<InviteResult> => {
    const parsed = parseInvitee(given, organisation, deps);
    if ("problems" in parsed) return parsed;
    const result = await deps.db.transaction().execute(async (tx) => {
      const { results, events } = await inviteAll(tx, organisation, [parsed.invitee], actor);
      await deps.audit.record(tx, events);
      return results[0];
    });
    if (!result) throw new Error("an invitation was neither made nor refused");
    return result;
  };
};
