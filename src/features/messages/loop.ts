import { setTimeout as sleep } from "node:timers/promises";
import { type Duration, seconds } from "../../kernel/time.ts";
import type { Listen } from "../../platform/database/index.ts";

export const lookEvery = seconds(1);

type Loop = {
  deliverDue: () => Promise<number>;
  stopping: AbortController;
  listen: Listen | undefined;
  /** How often it looks by itself. */
  every: Duration;
};

/** Delivers when a message was put in and each second besides, since retries and delays come due silently. */
export function startLoop({ deliverDue, stopping, listen, every }: Loop): { stop(): Promise<void> } {
  let nap = new AbortController();
  // Each notice ends the present nap, or the next one at once, so that none that comes during a delivery is lost.
  const listener = listen?.("vahva_message", () => nap.abort());

  const run = async () => {
    while (!stopping.signal.aborted) {
      await deliverDue();
      await sleep(every, undefined, { signal: AbortSignal.any([nap.signal, stopping.signal]) }).catch(() => {});
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
