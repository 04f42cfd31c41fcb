import type { Db, Tx } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Actor, Audit } from "../audit/index.ts";
import { loadAccount } from "../organisations/index.ts";
import {
  countJobs,
  countPartly,
  deleteJob,
  type Listing,
  listJobs,
  lockFailed,
  lockJob,
  putToWork,
  type StoredJob,
} from "./desk-store.ts";
import { findDirectory } from "./directory-store.ts";

type Deps = Readonly<{ db: Db; clock: Clock; audit: Audit; batch?: number }>;
type By = Readonly<{ actor: Actor }>;

export type JobQuery = Readonly<{
  /** Of one organisation; of all unless given. */
  organisationId?: string;
  directory?: string;
  /** All that are not done, unless given. */
  state?: Listing;
  limit: number;
}>;

/** What became of a job that was to be sent again. */
export type Resent = "resent" | "no-such-job" | "waits-already" | "account-frozen";

/** How many dead letters are sent again in one transaction: there may be one for each account. */
const usualBatch = 1000;

/** What waits for an operator: dead letters and what was withheld, and what may be done about them. */
export function makeDesk({ db, clock, audit, batch = usualBatch }: Deps) {
  const record = (tx: Tx, type: string, jobs: readonly StoredJob[], actor: Actor) =>
    audit.record(
      tx,
      jobs.map(({ id, organisationId, accountId, directory, task, state }) => ({
        type,
        result: "done",
        actor,
        organisationId,
        accountId,
        detail: { directory, task, job: id, was: state },
      })),
    );

  const send = async (tx: Tx, jobs: readonly StoredJob[], actor: Actor): Promise<void> => {
    if (jobs.length === 0) return;
    const ids = jobs.map(({ id }) => id);
    await putToWork(tx, ids, clock.now());
    await record(tx, "directory.resent", jobs, actor);
  };

  return {
    /** Jobs, the earliest first. */
    list: ({ organisationId = "", directory = "", state, limit }: JobQuery): Promise<StoredJob[]> =>
      listJobs(
        db,
        { organisationId: organisationId || null, directory: directory || null, state: state ?? null },
        limit,
      ),

    count: () => countJobs(db),

    /** How many are done, but not all of it, as far back as jobs are kept. */
    partly: () => countPartly(db),

    /** Sends a job again that failed or was withheld. */
    resend: (id: number, { actor }: By): Promise<Resent> =>
      db.transaction().execute(async (tx) => {
        const job = await lockJob(tx, id);
        if (!job) return "no-such-job";
        if (job.state === "waiting") return "waits-already";
        if ((await loadAccount(tx, job.accountId))?.state === "frozen") return "account-frozen";
        await send(tx, [job], actor);
        return "resent";
      }),

    /** Sends all of a directory's dead letters again; what was withheld is for somebody to look at, one by one. */
    async resendFailed(organisationId: string, name: string, { actor }: By): Promise<number | "no-such-directory"> {
      const directory = await findDirectory(db, organisationId, name);
      if (!directory) return "no-such-directory";
      let sent = 0;
      let last: number | undefined = 0;
      while (last !== undefined) {
        const after: number = last;
        const jobs = await db.transaction().execute(async (tx) => {
          const letters = await lockFailed(tx, directory.id, after, batch);
          await send(tx, letters, actor);
          return letters;
        });
        sent += jobs.length;
        last = jobs.at(-1)?.id;
      }
      return sent;
    },

    /** Forgets a job: its directory will not be told. What is on its way at this moment can't be called back. */
    drop: (id: number, { actor }: By): Promise<"dropped" | "no-such-job"> =>
      db.transaction().execute(async (tx) => {
        const job = await lockJob(tx, id);
        if (!job) return "no-such-job";
        await deleteJob(tx, id);
        await record(tx, "directory.dropped", [job], actor);
        return "dropped";
      }),
  };
}
