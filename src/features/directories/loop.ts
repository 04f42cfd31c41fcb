import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "../../kernel/time.ts";
import type { Listen } from "../../platform/database/index.ts";

const lookEvery = seconds(1);

type Loop = Readonly<{ look(): Promise<unknown>; listen: Listen | undefined; stopping: AbortSignal }>;

/** Looks when something was told and each second besides, since retries come due silently; `ended` once it was stopped. */
export function startLoop({ look, listen, stopping }: Loop): { ended: Promise<void> } {
  let nap = new AbortController();
  // Each notice ends the present nap, or the next one at once, so that none that comes during a look is lost.
  const listener = listen?.("vahva_directory_job", () => nap.abort());
  const run = async () => {
    while (!stopping.aborted) {
      await look();
      await sleep(lookEvery, undefined, { signal: AbortSignal.any([nap.signal, stopping]) }).catch(() => {});
      nap = new AbortController();
    }
    await listener?.stop();
  };
  return { ended: run() };
}
