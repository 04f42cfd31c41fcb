import { setTimeout as sleep } from "node:timers/promises";

/** Runs `check` until it no longer throws; what it threw last, when that takes longer than a busy machine may need. */
export async function eventually<T>(check: () => Promise<T> | T, limit = 60_000): Promise<T> {
  for (const end = Date.now() + limit; ; await sleep(25)) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
