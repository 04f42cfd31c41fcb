import type { Db } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DirectoryContext, DirectoryKind } from "../../ports/directory.ts";
import type { Directories } from "./contract.ts";
import { insertJobs, readPropagation, takePass, withholdJobs } from "./job-store.ts";

export type { Directories, JobState, Propagation } from "./contract.ts";

export type DirectoriesDeps = Readonly<{
  db: Db;
  clock: Clock;
  keyring: Keyring;
  kinds: readonly DirectoryKind[];
  context: DirectoryContext;
}>;

/** Other systems that hold the same people's credentials, and what they have to be told (DIR-2). */
export function makeDirectories({ clock, keyring }: DirectoriesDeps): Directories {
  return {
    tell: (tx, account, task, cause) => insertJobs(tx, { account, task, cause }),
    withhold: withholdJobs,
    follow: (db, causeId) => readPropagation(db, causeId, clock.now()),
    takePass: (tx, jobId) => takePass(tx, keyring, jobId, clock.now()),
  };
}
