import type { Instant } from "../../kernel/time.ts";
import type { Tx } from "../../platform/database/index.ts";
import type { AuditEvent } from "../audit/index.ts";
import { deleteTemporary } from "../authenticators/password/index.ts";
import { type Ending, endAuthenticators, type Journey } from "../journey/index.ts";
import { noticesTo } from "../organisations/index.ts";
import { endPasswordLinks } from "./password-link/index.ts";
import type { RecoveryDeps } from "./recovery-deps.ts";
import { statusToken, statusTokenHash } from "./status/token.ts";
import { insertRecovery } from "./store.ts";

/**
 * REC-3: everything that a reset is, in the transaction of the proof. Every authenticator is removed; the password, which
 * signs nobody in by itself, stays. What was sent to choose a new one is void. Sessions, half-way journeys and grants have
 * ended already. Directories and the account's owner are told.
 */
export const makeReset =
  ({ keyring, messages, directories, methods }: RecoveryDeps) =>
  async (tx: Tx, journey: Journey, now: Instant, ending: Ending): Promise<readonly AuditEvent[]> => {
    const { id, account, organisation } = journey;
    const provedBy = journey.proofs.find(({ kind }) => kind === "identity-proofed")?.by;
    if (!account || !organisation || !provedBy) throw new Error("a reset of nobody, or by nobody");
    const removed = journey.authenticators.filter(({ method }) => methods.some(({ name }) => name === method));
    await endAuthenticators(
      tx,
      removed.map((authenticator) => authenticator.id),
      now,
    );
    for (const { id: authenticatorId, method } of removed)
      await methods.find(({ name }) => name === method)?.onRemoved?.(tx, authenticatorId);
    await deleteTemporary(tx, account.id);
    await endPasswordLinks(tx, account.id);
    // What waits to be sent of either would only mislead.
    await messages.withdraw(tx, account.id);
    const told = await directories.tell(tx, account, "reset", { id, at: now });
    const { origin, epoch, ended } = ending;
    await insertRecovery(
      tx,
      {
        id,
        tokenHash: statusTokenHash(keyring, statusToken(keyring, id)),
        organisationId: account.organisationId,
        accountId: account.id,
        browserHash: origin.browserHash,
        epoch,
        provedBy,
        provedAt: now,
        removed: removed.map(({ method }) => method),
        sessions: ended.length,
        reference: origin.reference,
        returnTo: journey.returnTo,
      },
      now,
    );
    const notice = { template: "methods-reset", parameters: { at: now } } as const;
    await messages.enqueue(tx, await noticesTo(tx, account, organisation, notice, now));
    return [
      {
        type: "recovery.reset",
        result: "done",
        actor: `account:${account.id}`,
        organisationId: account.organisationId,
        accountId: account.id,
        network: origin.network,
        reference: origin.reference,
        detail: {
          broker: provedBy,
          removed: removed.map(({ method }) => method).join(" "),
          sessions: ended.length,
          directories: told,
        },
      },
    ];
  };
