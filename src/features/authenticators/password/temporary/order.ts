import { isShut } from "../../../../kernel/account-state.ts";
import type { Origin } from "../../../../kernel/origin.ts";
import { hours, type Instant } from "../../../../kernel/time.ts";
import type { Db, Tx } from "../../../../platform/database/index.ts";
import type { Keyring } from "../../../../platform/seal/index.ts";
import { use } from "../../../../platform/throttle/index.ts";
import type { Clock } from "../../../../ports/clock.ts";
import type { Random } from "../../../../ports/random.ts";
import type { Audit, AuditEvent } from "../../../audit/index.ts";
import { entryByPassword, listAuthenticators, sourceOf } from "../../../journey/index.ts";
import type { Messages } from "../../../messages/index.ts";
import { type Account, lockAccount, nameKey, type Organisation } from "../../../organisations/index.ts";
import { makeIssuePasswords } from "./issue.ts";
import { newPasswordMessage, nothingLinkedMessage } from "./message.ts";
import { findOpenAccounts } from "./store.ts";

export type OrderDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Pick<Keyring, "hash">;
  audit: Audit;
  messages: Messages;
  publicUrl: string;
};

/** `sent` says nothing of whether anything was: it is the answer for everybody. */
export type Ordered = "sent" | "too-many";

/** Where nobody is known, the name stands for the account, so that as much is counted (REC-6). */
const perHour = { limit: 1, window: hours(1) } as const;
const perDay = { limit: 3, window: hours(24) } as const;
const perNetwork = { limit: 60, window: hours(1) } as const;

/**
 * Orders a new password from the sign-in page (REC-2): a temporary one goes to the channel on record of every account
 * that the name finds in organisations that work so. Nothing changes until it is used, so a stranger who knows a user
 * name harms nobody. The answer, and the work but for the message, are the same whoever is known (REC-6).
 *
 * Where nothing is linked any more, as after a reset, whoever had the password would link what they like: the message says
 * to prove who one is instead (REC-7).
 */
export const makeOrder = (deps: OrderDeps) => {
  const issue = makeIssuePasswords(deps);

  /** Whether the account, or a name that is nobody's, has not had its share. An order too soon uses up none of the day's. */
  const hasRoom = async (tx: Tx, whose: string, now: Instant): Promise<boolean> => {
    if (await use(tx, { key: `order-password:hour:${whose}`, ...perHour }, now)) return false;
    return !(await use(tx, { key: `order-password:day:${whose}`, ...perDay }, now));
  };

  /** Sends what the account's owner gets; resolves to why it was no password, or null when it was. */
  const send = async (tx: Tx, { account: found, organisation }: Found, now: Instant): Promise<string | null> => {
    if (!(await hasRoom(tx, found.id, now))) return "too-often";
    // Read again under its lock: where its messages go may be changing at this moment.
    const account = await lockAccount(tx, found.id);
    if (!account || isShut(account.state)) return "account-shut";
    if (account.state === "active" && !(await hasMethod(tx, account.id))) {
      await deps.messages.enqueue(tx, [nothingLinkedMessage(account, organisation, deps.publicUrl, now)]);
      return "nothing-linked";
    }
    const [issued] = await issue(tx, [account.id], { organisation, orderedBy: "stranger", now });
    if (!issued) throw new Error("no temporary password was made");
    await deps.messages.withdraw(tx, account.id);
    await deps.messages.enqueue(tx, [newPasswordMessage(account, organisation, issued)]);
    return null;
  };

  return (name: string, organisationId: string | null, origin: Origin): Promise<Ordered> =>
    deps.db.transaction().execute(async (tx): Promise<Ordered> => {
      const now = deps.clock.now();
      if (await use(tx, { key: `order-password:${await sourceOf(tx, origin)}`, ...perNetwork }, now)) return "too-many";
      const key = nameKey(name) ?? "";
      const found = (await findOpenAccounts(tx, { key, organisationId })).filter(worksSo);
      const events: AuditEvent[] = [];
      for (const one of found) events.push(ordered(origin, one, await send(tx, one, now)));
      if (found.length === 0) {
        await hasRoom(tx, deps.keyring.hash("order-password", key).toString("hex"), now);
        events.push(ordered(origin, null, "nobody"));
      }
      await deps.audit.record(tx, events);
      return "sent";
    });
};

type Found = { account: Account; organisation: Organisation };

const worksSo = ({ organisation }: Found): boolean => organisation.policy.password.way === "temporary";

const hasMethod = async (tx: Tx, accountId: string): Promise<boolean> =>
  (await listAuthenticators(tx, accountId)).some(({ method }) => method !== entryByPassword);

const ordered = ({ network, reference }: Origin, found: Found | null, refused: string | null): AuditEvent => ({
  type: "temporary-password.ordered",
  result: refused === null ? "done" : "refused",
  actor: "stranger",
  organisationId: found?.organisation.id ?? null,
  accountId: found?.account.id ?? null,
  network,
  reference,
  detail: refused === null ? {} : { reason: refused },
});
