import type { Origin } from "../../../kernel/origin.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Audit } from "../../audit/index.ts";
import { deleteTemporary } from "../../authenticators/password/index.ts";
import type { Cases } from "../../cases/index.ts";
import type { Directories } from "../../directories/index.ts";
import { findNoticeLink, type Messages, noticeTokenHash, useNoticeLink } from "../../messages/index.ts";
import { loadOrganisation, lockAccount, noticesTo, raiseEpoch, setAccountState } from "../../organisations/index.ts";
import { type EndedSession, endAllSessions } from "../../sessions/index.ts";

export type FreezeDeps = {
  db: Db;
  clock: Clock;
  keyring: Pick<Keyring, "hash">;
  audit: Audit;
  messages: Pick<Messages, "enqueue">;
  directories: Pick<Directories, "withhold">;
  cases: Pick<Cases, "openCase">;
  /** Voids what resets of the account have given the browsers that made them. */
  endResets(tx: Tx, accountId: string): Promise<void>;
  log: { warn(fields: object, message: string): void };
  onSessionsEnded?: (ended: readonly EndedSession[]) => void;
};

/**
 * REC-8: whoever has the link of a notice says that it was not them, and the account is frozen at once: sessions,
 * half-way journeys and grants end, what resets have given is void, what directories have yet to be told is withheld, support and every address on
 * record are told, and nobody gets in until support thaws it. A link that was used, is over or never was does nothing; its page says so, whatever this came to.
 */
export const makeFreezeByLink =
  ({ db, clock, keyring, audit, messages, directories, cases, endResets, log, onSessionsEnded }: FreezeDeps) =>
  async (token: string, origin: Pick<Origin, "network" | "reference">): Promise<void> => {
    const { network, reference } = origin;
    const tokenHash = noticeTokenHash(keyring, token);
    const frozen = await db.transaction().execute(async (tx) => {
      const link = await findNoticeLink(tx, tokenHash);
      const account = link && (await lockAccount(tx, link.accountId));
      if (!account) return null;
      const now = clock.now();
      if (!(await useNoticeLink(tx, tokenHash, now))) return null;
      if (!(await setAccountState(tx, account.id, { from: ["activating", "active"], to: "frozen", now }))) return null;
      const organisation = await loadOrganisation(tx, account.organisationId);
      if (!organisation) throw new Error("an account lost its organisation");
      await deleteTemporary(tx, account.id);
      await endResets(tx, account.id);
      const withheld = await directories.withhold(tx, account.id);
      const epoch = await raiseEpoch(tx, account.id);
      const ended = await endAllSessions(tx, account.id, { epoch, keep: null });
      const told = { template: "account-frozen", parameters: { at: now } } as const;
      await messages.enqueue(tx, await noticesTo(tx, account, organisation, told, now));
      const facts = { notice: link.event };
      await cases.openCase(tx, { account: { ...account, epoch }, organisation, kind: "frozen", origin, facts }, now);
      await audit.record(tx, [
        {
          type: "account.frozen",
          result: "done",
          actor: "stranger",
          organisationId: account.organisationId,
          accountId: account.id,
          network,
          reference,
          detail: { notice: link.event, sessions: ended.length, withheld },
        },
      ]);
      return { accountId: account.id, organisation: organisation.slug, notice: link.event, ended };
    });
    if (!frozen) return;
    const { ended, ...fields } = frozen;
    log.warn(
      { ...fields, reference },
      "an account was frozen by the link of a notice: somebody else may have been at it",
    );
    if (ended.length > 0) onSessionsEnded?.(ended);
  };
