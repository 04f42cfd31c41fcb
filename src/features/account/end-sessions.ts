import type { Origin } from "../../kernel/origin.ts";
import type { Db } from "../../platform/database/index.ts";
import type { Audit, AuditEvent } from "../audit/index.ts";
import { type EndedSession, endOtherSessions, endSession, type Session } from "../sessions/index.ts";

export type EndSessionsDeps = {
  db: Db;
  audit: Audit;
  /** Tells the applications (SIN-11), after the sessions have ended. */
  onSessionsEnded?: (ended: readonly EndedSession[]) => void;
};

/** `own`: this browser's, the person signs out. `other`: one session by its uid. `others`: all but this browser's. */
export type Which = { end: "own" } | { end: "other"; uid: string } | { end: "others" };

/** Ends sessions of the account that `session` belongs to, and of no other; resolves to how many ended. */
export const makeEndSessions =
  ({ db, audit, onSessionsEnded }: EndSessionsDeps) =>
  async (session: Session, which: Which, { network, reference }: Pick<Origin, "network" | "reference">) => {
    const { accountId, organisationId } = session;
    const ended = await db.transaction().execute(async (tx) => {
      const one = which.end === "own" ? session.uid : which.end === "other" ? which.uid : null;
      const found = one === null ? [] : [await endSession(tx, accountId, one)].filter((each) => each !== null);
      const all = one === null ? await endOtherSessions(tx, accountId, session.uid) : found;
      const events = all.map(
        ({ uid }): AuditEvent => ({
          type: "session.ended",
          result: "done",
          actor: `account:${accountId}`,
          organisationId,
          accountId,
          network,
          reference,
          detail: { session: uid, reason: uid === session.uid ? "signed-out" : "ended-by-owner" },
        }),
      );
      await audit.record(tx, events);
      return all;
    });
    if (ended.length > 0) onSessionsEnded?.(ended);
    return ended.length;
  };
