import { setTimeout as sleep } from "node:timers/promises";
import { type Duration, seconds } from "../../kernel/time.ts";
import type { Listen } from "../../platform/database/index.ts";
import type { DeliverDue } from "./deliver.ts";

export const lookEvery = seconds(1);

type Loop = {
  deliverDue: DeliverDue;
  stopping: AbortController;
  listen: Listen | undefined;
  /** How often it looks by itself. */
  every: Duration;
};

/**
 * Delivers when a message was put in and each second besides, since retries and delays come due silently. Each channel goes
 * its own round: one whose gateway hangs keeps none waiting but its own.
 */
export function startLoop({ deliverDue, stopping, listen, every }: Loop): { stop(): Promise<void> } {
  const rounds = Object.values(deliverDue).map((deliver) => startRound(deliver, stopping.signal, every));
  const listener = listen?.("vahva_message", () => {
    for (const { wake } of rounds) wake();
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([...rounds.map(({ ended }) => ended), listener?.stop()]);
    },
  };
}

function startRound(deliver: () => Promise<number>, stopping: AbortSignal, every: Duration) {
  let nap = new AbortController();
  const run = async () => {
    while (!stopping.aborted) {
      await deliver();
      await sleep(every, undefined, { signal: AbortSignal.any([nap.signal, stopping]) }).catch(() => {});
      nap = new AbortController();
    }
  };
  // Each notice ends the present nap, or the next one at once, so that none that comes during a delivery is lost.
  return { ended: run(), wake: () => nap.abort() };
}
