import type { Db } from "../../../platform/database/index.ts";
import type { Actor, Audit } from "../../audit/index.ts";
import { lockAccount, openAgain } from "../../organisations/index.ts";

export type Thawed = "thawed" | "not-frozen" | "no-such-account";

/**
 * Lets people into a frozen account again, by what they had before: whoever thaws it has made sure who they are, and
 * removes or replaces first what may be in other hands. An account that was never activated is invited anew.
 */
export const makeThawAccount =
  ({ db, audit }: { db: Db; audit: Audit }) =>
  (accountId: string, { actor }: { actor: Actor }): Promise<Thawed> =>
    db.transaction().execute(async (tx) => {
      const account = await lockAccount(tx, accountId);
      if (!account) return "no-such-account";
      if (!(await openAgain(tx, accountId, "frozen"))) return "not-frozen";
      await audit.record(tx, [
        { type: "account.thawed", result: "done", actor, organisationId: account.organisationId, accountId },
      ]);
      return "thawed";
    });
