import { between } from "../../kernel/time.ts";
import type { AuditEvent } from "../audit/index.ts";
import { type Attempted, attempt } from "./attempt.ts";
import { atOnce, type Claim, claimNext, findDueDirectories, type Settlement, settleClaim } from "./claim-store.ts";
import { type ConnectDeps, makeConnections } from "./connect.ts";
import type { Delivery, DeliveryDeps, Outcome } from "./contract.ts";
import { isGivenUp, nextAttempt } from "./domain/back-off.ts";
import { placeOf } from "./job-store.ts";
import { startLoop } from "./loop.ts";
import { ranks } from "./rank-store.ts";

type Deps = DeliveryDeps & ConnectDeps;

/** Tells directories what they have to be told: each has its own hands, so that one that is slow holds up no other. */
export function makeDelivery(deps: Deps): Delivery {
  const { db, clock, log } = deps;
  const stopping = new AbortController();
  const connect = makeConnections(deps);
  const hands = new Map<string, number>();
  const working = new Set<Promise<number>>();

  /** Carries the directory's jobs one after the other, until none is due. */
  async function work(directoryId: string): Promise<number> {
    let handled = 0;
    try {
      while (!stopping.signal.aborted) {
        const claim = await claimNext(db, directoryId, clock.now());
        if (!claim) break;
        await handle({ ...deps, connect, stopping: stopping.signal }, claim);
        handled += 1;
      }
    } catch (error) {
      log?.error({ err: error }, "what directories have to be told could not be read or written");
    }
    hands.set(directoryId, (hands.get(directoryId) ?? 1) - 1);
    return handled;
  }

  function setToWork(directoryId: string): Promise<number>[] {
    const busy = hands.get(directoryId) ?? 0;
    hands.set(directoryId, Math.max(busy, atOnce));
    return Array.from({ length: Math.max(atOnce - busy, 0) }, () => {
      const hand = work(directoryId).finally(() => working.delete(hand));
      working.add(hand);
      return hand;
    });
  }

  async function look(): Promise<Promise<number>[]> {
    try {
      return (await findDueDirectories(db, clock.now())).flatMap(setToWork);
    } catch (error) {
      log?.error({ err: error }, "what directories have to be told could not be read");
      return [];
    }
  }

  return {
    deliverDue: async () => {
      const handled = await Promise.all(await look());
      return handled.reduce((sum, count) => sum + count, 0);
    },
    start: () => {
      const loop = startLoop({ look, listen: deps.listen, stopping: stopping.signal });
      return {
        stop: async () => {
          stopping.abort();
          await loop.ended;
          await Promise.all(working);
        },
      };
    },
  };
}

type HandleDeps = Parameters<typeof attempt>[0];

async function handle(deps: HandleDeps, claim: Claim): Promise<void> {
  const { db, clock, audit, log, onOutcome } = deps;
  const attempted = await attempt(deps, claim);
  const now = clock.now();
  const settlement = settlementOf(deps, claim, attempted);
  const kept = await db.transaction().execute(async (tx) => {
    if (!(await settleClaim(tx, claim, settlement, now))) return false;
    await audit.record(tx, eventsOf(claim, settlement));
    return true;
  });
  const { task, directory } = claim;
  const result = kept ? resultOf(settlement) : "lost";
  const waited = claim.rank === ranks.bulk ? null : between(claim.madeAt, now);
  onOutcome?.({ kind: directory.kind, task, result, waited });
  if (result === "done") return;
  const fields = { job: claim.id, directory: directory.name, task, attempts: claim.attempt };
  const reason = "reason" in settlement ? settlement.reason : undefined;
  log?.[result === "failed" ? "error" : "warn"]({ ...fields, reason }, `telling a directory: ${result}`);
}

const resultOf = ({ state }: Settlement): Outcome["result"] => (state === "waiting" ? "later" : state);

function settlementOf({ clock, random, keyring }: HandleDeps, claim: Claim, attempted: Attempted): Settlement {
  const now = clock.now();
  switch (attempted.result) {
    case "done": {
      const { progress, left, pass } = attempted;
      const sealed = pass && keyring.seal(placeOf("pass", claim.id), pass.value);
      return { state: "done", progress, left, pass: pass && sealed ? { sealed, expiresAt: pass.expiresAt } : null };
    }
    case "failed":
      return { state: "failed", reason: attempted.reason, left: attempted.left };
    case "withheld":
      return { state: "withheld" };
    case "stopped":
      return { state: "waiting", nextAttemptAt: now, reason: "the service was stopped" };
    case "later": {
      const { reason, retryAfter } = attempted;
      if (isGivenUp(claim.since, now)) return { state: "failed", reason: `given up: ${reason}`, left: [] };
      const chance = random.bytes(1).readUInt8() / 255;
      return { state: "waiting", nextAttemptAt: nextAttempt(claim.attempt, { now, chance, retryAfter }), reason };
    }
  }
}

/** What was done in another system is recorded here too, and what could not be. */
function eventsOf({ id, task, accountId, directory }: Claim, settlement: Settlement): AuditEvent[] {
  if (settlement.state !== "done" && settlement.state !== "failed") return [];
  const { left } = settlement;
  const done = settlement.state === "done";
  return [
    {
      type: done ? "directory.told" : "directory.failed",
      result: done ? "done" : "refused",
      actor: "system",
      organisationId: directory.organisationId,
      accountId,
      detail: { directory: directory.name, task, job: id, ...(left.length > 0 && { left: left.join(", ") }) },
    },
  ];
}
