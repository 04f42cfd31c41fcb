import type { Db, Tx } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { type Checkpoint, makeCheckpoint } from "./checkpoint.ts";
import { makeChain, type RecordedEvent } from "./domain/chain.ts";
import type { Detail } from "./domain/detail.ts";
import { makeRecord } from "./record.ts";
import { findByReference, listEvents, type Position } from "./store.ts";
import { makeVerify, type Verdict, type VerifyOptions } from "./verify.ts";

export type { Checkpoint } from "./checkpoint.ts";
export type { RecordedEvent } from "./domain/chain.ts";
export type { Detail } from "./domain/detail.ts";
export type { Fault, FaultKind } from "./domain/walk.ts";
export type { Position } from "./store.ts";
export type { Verdict } from "./verify.ts";

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
};

type Log = { info(fields: object, message: string): void; error(fields: object, message: string): void };

type Deps = { clock: Clock; random: Random; keyring: Pick<Keyring, "hash">; log?: Log };

/** The audit: an append-only record of what happened, chained by a keyed hash per organisation. */
export function makeAudit({ clock, random, keyring, log }: Deps): Audit & AuditReader & AuditKeeper {
  const chain = makeChain(keyring.hash);
  return {
    record: makeRecord({ clock, random, chain }),
    listEvents,
    findByReference,
    checkpoint: makeCheckpoint({ clock, chain, log }),
    verify: makeVerify({ chain }),
  };
}
