import { setTimeout as sleep } from "node:timers/promises";
import { quantile } from "./numbers.ts";

/** One thing that is asked for again and again, by worker 0 to n−1, each on its own. */
export type Ask = (worker: number) => Promise<unknown>;

/** Latencies in milliseconds. */
export type Load = { count: number; seconds: number; rate: number; p50: number; p99: number };

type Plan = {
  workers: number;
  /** How long is measured, in milliseconds. */
  slice: number;
  /** How long the same goes on before, unmeasured: connections open, caches fill. */
  leadIn?: number;
  /** Counters are read here, while the work goes on. */
  begin?(): Promise<unknown>;
  end?(): Promise<unknown>;
};

/**
 * Lets `workers` ask one after another each, without a pause from the lead-in to the end. What is answered between the
 * two readings counts, wherever it began: a slow request at the edge weighs no more than a quick one.
 */
export async function load(ask: Ask, { workers, slice, leadIn = 150, begin, end }: Plan): Promise<Load> {
  const crowd = keepBusy(ask, workers);
  try {
    await crowd.meanwhile(sleep(leadIn));
    await crowd.meanwhile(begin?.());
    const from = crowd.took.length;
    const began = performance.now();
    await crowd.meanwhile(sleep(slice));
    await crowd.meanwhile(end?.());
    const seconds = (performance.now() - began) / 1000;
    const took = crowd.took.slice(from);
    const count = took.length;
    return { count, seconds, rate: count / seconds, p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
  } finally {
    await crowd.stop();
  }
}

export type Crowd = ReturnType<typeof keepBusy>;

/** Keeps `workers` busy until they are told to stop; a failed request ends the measurement. */
export function keepBusy(ask: Ask, workers: number) {
  const took: number[] = [];
  let stopped = false;
  const work = async (worker: number) => {
    for (let now = performance.now(); !stopped; ) {
      await ask(worker);
      const after = performance.now();
      took.push(after - now);
      now = after;
    }
  };
  const all = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  all.catch(() => {}); // told by `meanwhile` and `stop`
  return {
    /** How long each answer took, in the order of their coming. */
    took,
    /** Waits for something else, or throws as soon as a worker has failed. */
    meanwhile: (other: Promise<unknown> | undefined) => Promise.race([other, all]),
    stop: async () => {
      stopped = true;
      await all;
    },
  };
}

/** Lets what a slice has left behind (garbage, checkpoints, other people's work) settle. */
export const breathe = (): Promise<void> => sleep(50);
