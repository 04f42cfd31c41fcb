import type { ConnectDeps } from "./connect.ts";
import type { Delivery, DeliveryDeps, Directories } from "./contract.ts";
import { makeDelivery } from "./deliver.ts";
import { makeDesk } from "./desk.ts";
import { insertJobs, readPropagation, takePass, withholdJobs } from "./job-store.ts";
import { makeRegistry } from "./registry.ts";
import { makeSync } from "./sync.ts";
import { makeSweep, makeWatch, type WatchDeps } from "./watch.ts";

export type { Delivery, Directories, JobState, Outcome, Propagation } from "./contract.ts";
export type { StoredJob } from "./desk-store.ts";
export type { StoredDirectory } from "./directory-store.ts";
export type { DirectoryRegistry } from "./registry.ts";

export type DirectoriesDeps = DeliveryDeps & ConnectDeps & WatchDeps;

/** Other systems that hold the same people's credentials, and what they have to be told (DIR-2). */
export function makeDirectories(deps: DirectoriesDeps) {
  const { clock, keyring } = deps;
  const told: Directories & Delivery = {
    tell: (tx, account, task, cause) => insertJobs(tx, { account, task, cause }),
    withhold: withholdJobs,
    follow: (db, causeId) => readPropagation(db, causeId, clock.now()),
    takePass: (tx, jobId) => takePass(tx, keyring, jobId, clock.now()),
    ...makeDelivery(deps),
  };
  return {
    ...told,
    /** The directories as operators configure them. */
    registry: makeRegistry(deps),
    /** Tells a directory of all the accounts that are there already. */
    sync: makeSync(deps),
    /** What waits for an operator. */
    desk: makeDesk(deps),
    /** DIR-3: raises the alarm about what waits too long or has failed; each minute. */
    watch: makeWatch(deps),
    sweep: makeSweep(deps),
  };
}
