import type { Actor } from "../audit/index.ts";
import { deleteTemporary } from "../authenticators/password/index.ts";
import { lockAccount, openAgain, raiseEpoch, setAccountState } from "../organisations/index.ts";
import { endResets } from "../recovery/index.ts";
import { endAllSessions } from "../sessions/index.ts";
import type { SupportDeps } from "./order-new-password.ts";

type Deps = Pick<SupportDeps, "db" | "clock" | "audit" | "messages" | "directories">;

/** Closes an account: nobody gets in from now on, and whoever is in is out. What it holds stays. Its directories are told. */
export const makeCloseAccount =
  (deps: Deps) =>
  (accountId: string, { actor }: { actor: Actor }): Promise<"closed" | "no-such-account" | "already-closed"> =>
    deps.db.transaction().execute(async (tx) => {
      const account = await lockAccount(tx, accountId);
      if (!account) return "no-such-account";
      if (account.state === "closed") return "already-closed";
      const now = deps.clock.now();
      await setAccountState(tx, account.id, { from: [account.state], to: "closed", now });
      await endAllSessions(tx, account.id, { epoch: await raiseEpoch(tx, account.id), keep: null });
      await deleteTemporary(tx, account.id);
      await endResets(tx, account.id);
      await deps.messages.withdraw(tx, account.id);
      await deps.directories.tell(tx, account, "account", { id: null, at: now });
      const { organisationId } = account;
      await deps.audit.record(tx, [{ type: "account.closed", result: "done", actor, organisationId, accountId }]);
      return "closed";
    });

/** Opens a closed account again, with what it had; one that was never activated is invited anew. */
export const makeReopenAccount =
  (deps: Deps) =>
  (accountId: string, { actor }: { actor: Actor }): Promise<"reopened" | "no-such-account" | "not-closed"> =>
    deps.db.transaction().execute(async (tx) => {
      const account = await lockAccount(tx, accountId);
      if (!account) return "no-such-account";
      if (!(await openAgain(tx, account.id, "closed"))) return "not-closed";
      await deps.directories.tell(tx, account, "account", { id: null, at: deps.clock.now() });
      const { organisationId } = account;
      await deps.audit.record(tx, [{ type: "account.reopened", result: "done", actor, organisationId, accountId }]);
      return "reopened";
    });
