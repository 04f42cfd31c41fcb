import type { LocalisedText } from "../../kernel/language.ts";
import type { Instant } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { DirectoryTask } from "../../ports/directory.ts";
import type { Account } from "../organisations/index.ts";

export type JobState = "waiting" | "done" | "failed" | "withheld";

/** How far one directory is with what one cause has to tell it. */
export type Propagation = Readonly<{
  id: string;
  /** The directory's name for people. */
  title: LocalisedText;
  kind: string;
  /** Where people link anew there; null where it has no such page. */
  setUpUrl: string | null;
  state: JobState;
  attempts: number;
  /** Of one that waits: when it is tried next; a moment ago while it is being tried. */
  nextAttemptAt: Instant | null;
  madeAt: Instant;
  endedAt: Instant | null;
  removed: number | null;
  total: number | null;
  /** What could not be removed, by name. */
  left: readonly string[];
  /** There is a pass that nobody has looked at yet. */
  hasPass: boolean;
  /** There was one, and somebody has looked at it. */
  passShown: boolean;
}>;

/** What other features ask of the directories: DIR-2, in their own transactions. */
export type Directories = Readonly<{
  /**
   * Records that every open directory of the account's organisation that has its category is to be told, one job each.
   * Whoever calls it holds the account's lock, so that jobs of an account are in the order of their causes. Resolves to how many.
   */
  tell(
    tx: Tx,
    account: Pick<Account, "id" | "organisationId" | "category">,
    task: DirectoryTask["task"],
    cause: Readonly<{ id: string | null; at: Instant }>,
  ): Promise<number>;
  /** Keeps back what the account's directories have not been told yet, until an operator sends it (REC-8). */
  withhold(tx: Tx, accountId: string): Promise<number>;
  /** How far the jobs of a cause are, in the order in which people see the directories. */
  follow(db: Db | Tx, causeId: string): Promise<readonly Propagation[]>;
  /** The pass of a job, once; null when there is none or it was shown. */
  takePass(tx: Tx, jobId: string): Promise<Readonly<{ value: string; expiresAt: Instant }> | null>;
}>;
