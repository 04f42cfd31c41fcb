import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "../../kernel/time.ts";

const step = seconds(1);

/**
 * What `work` comes to, one second after its beginning, or two, or more: so that how long it took tells nobody whether there
 * was somebody to send a message to (REC-6), on a busy machine neither.
 */
export async function inWholeSeconds<T>(work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  await sleep(step - ((performance.now() - began) % step));
  return result;
}
