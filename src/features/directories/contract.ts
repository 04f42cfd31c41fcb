import type { LocalisedText } from "../../kernel/language.ts";
import type { Duration, Instant } from "../../kernel/time.ts";
import type { Db, Listen, Tx } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DirectoryTask } from "../../ports/directory.ts";
import type { Random } from "../../ports/random.ts";
import type { Audit } from "../audit/index.ts";
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
  /** It waits until an operator opens the directory again. */
  isPaused: boolean;
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
  /** There should have been one, and the directory issues none. */
  passRefused: boolean;
}>;

/** What other features ask of the directories: DIR-2, in their own transactions. */
export type Directories = Readonly<{
  /**
   * Records that every directory of the account's organisation that has its category is to be told, one job each; one that
   * is closed for a while when it opens, one that was never open not at all. Whoever calls it holds the account's lock, so that jobs of an account are in the order of their causes. Resolves to how many.
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

/** Who carries what directories have to be told. */
export type Delivery = Readonly<{
  /** Tells what is due, until nothing is; resolves to how many attempts that took, and never rejects. May run side by side. */
  deliverDue(): Promise<number>;
  /** Delivers as causes arise, and looks each second besides. `stop` tells what is under way to end, and waits for it. */
  start(): { stop(): Promise<void> };
}>;

/** What became of one attempt, for metrics. `waited` is the time since the cause; null where nobody waits for it. */
export type Outcome = Readonly<{
  kind: string;
  task: DirectoryTask["task"];
  /** `lost`: the job was withheld, or its lease ran out, while it was being carried. */
  result: "done" | "later" | "failed" | "withheld" | "lost";
  waited: Duration | null;
}>;

export type Log = Readonly<{
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}>;

export type DeliveryDeps = Readonly<{
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Keyring;
  audit: Audit;
  /** Wakes the loop when something was told; without it the loop looks each second. */
  listen?: Listen;
  log?: Log;
  onOutcome?: (outcome: Outcome) => void;
}>;
