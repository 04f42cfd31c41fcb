import type { Tx } from "../../platform/database/index.ts";

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
  detail?: Readonly<Record<string, string | number | boolean | null>>;
};

export type Audit = {
  /** Appends `events` to their chains, in the caller's transaction: two round trips, whatever their number. */
  record(tx: Tx, events: readonly AuditEvent[]): Promise<void>;
};
