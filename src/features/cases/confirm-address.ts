import type { Origin } from "../../kernel/origin.ts";
import { loadOrganisation, lockAccount } from "../organisations/index.ts";
import type { CaseDeps } from "./case-deps.ts";
import { tellSupport } from "./letters.ts";
import { findByToken, findOpen, lockCase, saveCase } from "./store.ts";

/**
 * Confirms that the person of a case reads its address: whoever has the link has asked for it in a post. Once; support is
 * told of the case then. One that comes too late, or after another of the same account, waits for nobody.
 */
export const makeConfirmAddress =
  (deps: CaseDeps) =>
  (tokenHash: Buffer, { network, reference }: Pick<Origin, "network" | "reference">): Promise<"confirmed" | "over"> =>
    deps.db.transaction().execute(async (tx) => {
      const found = await findByToken(tx, tokenHash);
      const account = found && (await lockAccount(tx, found.accountId));
      const current = account && (await lockCase(tx, found.id));
      const now = deps.clock.now();
      if (current?.state !== "unconfirmed" || !current.expiresAt || current.expiresAt <= now) return "over";
      const organisation = await loadOrganisation(tx, current.organisationId);
      if (!account || !organisation) throw new Error("a case lost its organisation");
      const { id, kind } = current;
      const other = await findOpen(tx, account.id, kind);
      await saveCase(tx, id, { state: other ? "closed" : "open", confirmedAt: now, expiresAt: null });
      if (!other) await tellSupport(deps, tx, { organisation, kind, caseId: id, reference: current.reference }, now);
      await deps.audit.record(tx, [
        {
          type: other ? "case.repeated" : "case.confirmed",
          result: "done",
          actor: "stranger",
          organisationId: organisation.id,
          accountId: account.id,
          network,
          reference,
          detail: { kind, case: other?.reference ?? current.reference },
        },
      ]);
      return "confirmed";
    });
