import type { Db } from "../../../platform/database/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Actor, Audit } from "../../audit/index.ts";
import type { Directories } from "../../directories/index.ts";
import { lockAccount, openAgain } from "../../organisations/index.ts";

export type Thawed = "thawed" | "not-frozen" | "no-such-account";

type Deps = Readonly<{ db: Db; clock: Clock; audit: Audit; directories: Pick<Directories, "tell"> }>;

/**
 * Lets people into a frozen account again, by what they had before: whoever thaws it has made sure who they are, and
 * removes or replaces first what may be in other hands. An account that was never activated is invited anew.
 * Its directories are told how it is now; what they were to be told before it was frozen waits for somebody to send it.
 */
export const makeThawAccount =
  ({ db, clock, audit, directories }: Deps) =>
  (accountId: string, { actor }: { actor: Actor }): Promise<Thawed> =>
    db.transaction().execute(async (tx) => {
      const account = await lockAccount(tx, accountId);
      if (!account) return "no-such-account";
      if (!(await openAgain(tx, accountId, "frozen"))) return "not-frozen";
      await directories.tell(tx, account, "account", { id: null, at: clock.now() });
      await audit.record(tx, [
        { type: "account.thawed", result: "done", actor, organisationId: account.organisationId, accountId },
      ]);
      return "thawed";
    });
