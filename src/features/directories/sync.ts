import type { Db, Tx } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Actor, Audit } from "../audit/index.ts";
import { pageOfKnownAccounts } from "../organisations/index.ts";
import { lockDirectory, type StoredDirectory } from "./directory-store.ts";
import { insertBulk, withoutWaiting } from "./sync-store.ts";

type Deps = Readonly<{ db: Db; clock: Clock; audit: Audit; batch?: number }>;

type Options = Readonly<{
  actor: Actor;
  /** Only counts. */
  dryRun?: boolean;
  /** How many jobs there are so far. */
  progress?: (jobs: number) => void;
}>;

/** How many accounts, and how many of them nothing waited for. */
export type Synced = Readonly<{ accounts: number; jobs: number }>;

/** Accounts in one transaction: claims of the directory wait for it, less than a second. */
const usualBatch = 5000;

/** Before every id. */
const first = "00000000-0000-0000-0000-000000000000";

/**
 * Tells a directory of all accounts of its categories, behind everything that has a cause. In batches, each whole and
 * audited by itself: interrupted, what it came to is told, and the next run adds what is missing.
 */
export const makeSync =
  ({ db, clock, audit, batch = usualBatch }: Deps) =>
  async (organisationId: string, name: string, options: Options): Promise<Synced | "no-such-directory" | "closed"> => {
    const { actor, dryRun = false, progress } = options;

    async function tell(tx: Tx, { id }: StoredDirectory, accounts: readonly string[]): Promise<number> {
      const untold = await withoutWaiting(tx, id, accounts);
      if (dryRun || untold.length === 0) return untold.length;
      await insertBulk(tx, id, untold, clock.now());
      const detail = { directory: name, jobs: untold.length };
      await audit.record(tx, [{ type: "directory.synced", result: "done", actor, organisationId, detail }]);
      return untold.length;
    }

    let synced: Synced = { accounts: 0, jobs: 0 };
    let after: string | undefined = first;
    while (after !== undefined) {
      const behind: string = after;
      const came = await db.transaction().execute(async (tx) => {
        const directory = await lockDirectory(tx, organisationId, name);
        if (!directory) return "no-such-directory";
        if (directory.state === "closed") return "closed";
        const { categories } = directory;
        const accounts = await pageOfKnownAccounts(tx, { organisationId, categories, after: behind, limit: batch });
        return { accounts, jobs: await tell(tx, directory, accounts) };
      });
      if (typeof came === "string") return came;
      synced = { accounts: synced.accounts + came.accounts.length, jobs: synced.jobs + came.jobs };
      after = came.accounts.at(-1);
      progress?.(synced.jobs);
    }
    return synced;
  };
