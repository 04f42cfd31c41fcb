import { setTimeout as sleep } from "node:timers/promises";
import type { Listen } from "../../platform/database/index.ts";

const lookEvery = 1000;

type Loop = {
  deliverDue: () => Promise<number>;
  stopping: AbortController;
  listen: Listen | undefined;
};

/** Delivers when a message was put in and each second besides, since retries and delays come due silently. */
export function startLoop({ deliverDue, stopping, listen }: Loop): { stop(): Promise<void> } {
  let nap = new AbortController();
  // Each notice ends the present nap, or the next one at once, so that none that comes during a delivery is lost.
  const listener = listen?.("vahva_message", () => nap.abort());

  const run = async () => {
    while (!stopping.signal.aborted) {
      await deliverDue();
      await sleep(lookEvery, undefined, { signal: AbortSignal.any([nap.signal, stopping.signal]) }).catch(() => {});
      nap = new AbortController();
    }
  };
  const ended = run();
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([ended, listener?.stop()]);
    },
  };
}
