import { between } from "../../kernel/time.ts";
import type { AuditEvent } from "../audit/index.ts";
import { attempt, type CameOf } from "./attempt.ts";
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
  const { came, gotOn } = await attempt(deps, claim);
  const now = clock.now();
  const settlement = settlementOf(deps, claim, came, gotOn ? 0 : claim.inVain);
  const kept = await db.transaction().execute(async (tx) => {
    if (!(await settleClaim(tx, claim, settlement, now))) return false;
    await audit.record(tx, eventsOf(claim, settlement));
    return true;
  });
  const { task, directory } = claim;
  const result = kept ? resultOf(settlement) : "lost";
  const waited = claim.rank === ranks.bulk ? null : between(claim.madeAt, now);
  onOutcome?.({ kind: directory.kind, task, result, waited });
  const fields = { job: claim.id, directory: directory.name, task, attempts: claim.attempt };
  if (result !== "done") {
    const reason = "reason" in settlement ? settlement.reason : undefined;
    log?.[result === "failed" ? "error" : "warn"]({ ...fields, reason }, `telling a directory: ${result}`);
  } else if (isPartly(settlement)) {
    const { left, noPass } = settlement;
    log?.warn({ ...fields, left, reason: noPass }, "telling a directory: done, but not all of it");
  }
}

type Done = Extract<Settlement, { state: "done" }>;

/** Done, and something is left there, or the pass was not issued: somebody may want to look at it. */
const isPartly = (settlement: Settlement): settlement is Done =>
  settlement.state === "done" && (settlement.left.length > 0 || settlement.noPass !== null);

const resultOf = ({ state }: Settlement): Outcome["result"] => (state === "waiting" ? "later" : state);

/** `before`: how many attempts in a row were in vain before this one. */
function settlementOf(deps: HandleDeps, claim: Claim, came: CameOf, before: number): Settlement {
  const { clock, random, keyring } = deps;
  const now = clock.now();
  switch (came.result) {
    case "done": {
      const { progress, left, pass, noPass = null } = came;
      const sealed = pass && keyring.seal(placeOf("pass", claim.id), pass.value);
      const kept = pass && sealed ? { sealed, expiresAt: pass.expiresAt } : null;
      return { state: "done", progress, left, pass: kept, noPass };
    }
    case "failed":
      return { state: "failed", reason: came.reason, left: came.left };
    case "withheld":
      return { state: "withheld" };
    case "stopped":
      return { state: "waiting", nextAttemptAt: now, inVain: before, reason: "the service was stopped" };
    case "later": {
      const { reason, retryAfter } = came;
      if (isGivenUp(claim.since, now)) return { state: "failed", reason: `given up: ${reason}`, left: [] };
      const chance = random.bytes(1).readUInt8() / 255;
      const inVain = before + 1;
      return { state: "waiting", nextAttemptAt: nextAttempt(inVain, { now, chance, retryAfter }), inVain, reason };
    }
  }
}

/** What was done in another system is recorded here too, and what could not be. */
function eventsOf({ id, task, accountId, directory }: Claim, settlement: Settlement): AuditEvent[] {
  if (settlement.state !== "done" && settlement.state !== "failed") return [];
  const { left } = settlement;
  const done = settlement.state === "done";
  const names = left.length > 0 && { left: left.join(", ") };
  const pass = done && settlement.noPass !== null && { pass: "not-issued" };
  return [
    {
      type: done ? "directory.told" : "directory.failed",
      result: done ? "done" : "refused",
      actor: "system",
      organisationId: directory.organisationId,
      accountId,
      detail: { directory: directory.name, task, job: id, ...names, ...pass },
    },
  ];
}
