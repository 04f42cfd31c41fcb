import type { Db } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Checkpoint, Log } from "./contract.ts";
import { type Chain, isOurs, sealed } from "./domain/chain.ts";
import { checkpointMacAt, lockHeads, movedStreams, saveCheckpoint } from "./store.ts";

type Deps = { clock: Clock; chain: Chain; log?: Log | undefined };

export const makeCheckpoint =
  ({ clock, chain, log }: Deps) =>
  async (db: Db): Promise<Checkpoint[]> => {
    const made: Checkpoint[] = [];
    for (const stream of await movedStreams(db)) {
      const signed = await sign(db, stream, clock, chain);
      if (signed === "not-ours") log?.error({ stream }, "the audit was tampered with: run vahva audit verify");
      else if (signed) {
        log?.info(signed, "audit checkpoint");
        made.push(signed);
      }
    }
    return made;
  };

/** Signs one chain's head; null when another node did. What was tampered with is never signed. */
const sign = (db: Db, stream: string, clock: Clock, chain: Chain): Promise<Checkpoint | "not-ours" | null> =>
  db.transaction().execute(async (tx) => {
    const [head] = await lockHeads(tx, [stream]);
    if (!head || !isOurs(head, chain)) return "not-ours";
    if (head.checkpoint === head.head) return null;
    const previous = await checkpointMacAt(tx, stream, head.checkpoint);
    if (!previous) return "not-ours";
    const milestone = { stream, number: head.head, at: clock.now(), eventMac: head.mac };
    const next = sealed({ ...head, checkpoint: head.head }, chain);
    await saveCheckpoint(tx, milestone, chain.checkpointMac(milestone, previous), next);
    return { stream, number: head.head, eventMac: head.mac.toString("hex") };
  });
