import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { makeCheckpoint } from "./checkpoint.ts";
import type { Audit, AuditKeeper, AuditReader, Log } from "./contract.ts";
import { makeChain } from "./domain/chain.ts";
import { makeRecord } from "./record.ts";
import { findByReference, listEvents } from "./store.ts";
import { makeIsOfOurKey, makeVerify } from "./verify.ts";

export type {
  Actor,
  Audit,
  AuditEvent,
  AuditKeeper,
  AuditReader,
  Checkpoint,
  Position,
  Verdict,
  VerifyOptions,
} from "./contract.ts";
export type { RecordedEvent } from "./domain/chain.ts";
export type { Detail } from "./domain/detail.ts";
export type { Fault, FaultKind } from "./domain/walk.ts";

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
    isOfOurKey: makeIsOfOurKey({ chain }),
  };
}
