import { setTimeout as sleep } from "node:timers/promises";
import type { Duration } from "../../kernel/time.ts";

/** What `work` comes to, but not sooner than `duration` from now: how long it took tells nobody what it found (REC-6). */
export async function notSooner<T>(duration: Duration, work: Promise<T>): Promise<T> {
  const [result] = await Promise.all([work, sleep(duration)]);
  return result;
}
