import { setTimeout as sleep } from "node:timers/promises";
import type { Duration } from "../../kernel/time.ts";

/**
 * What `work` comes to, after one whole `step` from its beginning, or two, or more: so that how long it took tells nobody what
 * it found (REC-6), on a busy machine neither.
 */
export async function inWholeSteps<T>(step: Duration, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  await sleep(step - ((performance.now() - began) % step));
  return result;
}
