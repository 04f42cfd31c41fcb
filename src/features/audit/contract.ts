import type { Instant } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { RecordedEvent } from "./domain/chain.ts";
import type { Detail } from "./domain/detail.ts";
import type { Fault } from "./domain/walk.ts";

/** Who did it. A stranger is someone who has not shown who they are. */
export type Actor = `account:${string}` | "stranger" | "operator" | "system";

/** One thing that happened. `detail` never holds a secret, a code, a PIN or a personal identity code (AUD-4). */
export type AuditEvent = {
  /** Noun and past tense: `sign-in.succeeded`, `pin.refused`. */
  type: string;
  result: "done" | "refused";
  actor: Actor;
  /** The organisation whose chain it belongs to; null for what belongs to none. */
  organisationId: string | null;
  /** Whom it happened to. */
  accountId?: string | null;
  /** Where from: see `kernel/network.ts`. */
  network?: string;
  /** What the person's page showed, so that support can find it. */
  reference?: string;
  detail?: Detail;
};

/** What a use case needs of the audit. */
export type Audit = {
  /**
   * Appends `events` to their chains, in the caller's transaction: two round trips, whatever their number. The chain's
   * head stays locked until the transaction ends, so this is the last thing that a transaction does, once.
   */
  record(tx: Tx, events: readonly AuditEvent[]): Promise<void>;
};

/** What pages and support read. */
export type AuditReader = {
  /** What happened to an account, the latest first; `before` is the last one already seen. */
  listEvents(
    db: Db | Tx,
    query: { accountId: string; limit: number; before?: Position | undefined },
  ): Promise<RecordedEvent[]>;
  /** What was recorded under the reference that a page showed, the earliest first. */
  findByReference(db: Db | Tx, reference: string): Promise<RecordedEvent[]>;
};

/** What the hourly job and `vahva audit verify` need. */
export type AuditKeeper = {
  /**
   * Signs the head of every chain that moved since its last checkpoint, and logs each as a line, so that a copy is kept
   * off this host. A chain whose head was tampered with is left unsigned, and said in an error line.
   */
  checkpoint(db: Db): Promise<Checkpoint[]>;
  /** Reads every chain from its beginning, in batches, and names each row that is not as it was written (AUD-2). */
  verify(db: Db, options?: VerifyOptions): Promise<Verdict>;
  /** Whether the chains are of our key at all: the head of at least one of the first few is. True where there is none yet. */
  isOfOurKey(db: Db): Promise<boolean>;
};

/** A signed milestone: `eventMac` (hexadecimal) is the mac of the row at `number` in `stream`. */
export type Checkpoint = { stream: string; number: number; eventMac: string };

/** An event's place in a list that is sorted by time, the latest first. */
export type Position = { at: Instant; id: string };

export type VerifyOptions = {
  /** Called after each batch with the events read so far. */
  onProgress?: (events: number) => void;
};

/** What was read, and what is not as it was written: `faults` holds the first thousand of `faultCount`. */
export type Verdict = { streams: number; events: number; faults: Fault[]; faultCount: number };

export type Log = { info(fields: object, message: string): void; error(fields: object, message: string): void };
