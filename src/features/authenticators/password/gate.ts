/** What a gate says of itself, for metrics. */
export type GateState = { running: number; waiting: number; turnedAway: number };

export type Gate = {
  /** The result of `work`, or `"busy"` without having begun it when too many wait. First come, first served. */
  run<T>(work: () => Promise<T>): Promise<T | "busy">;
  state(): GateState;
};

/**
 * Lets `atOnce` pieces of work run and `queue` wait. More at once would give no more sign-ins and starve the rest of the server
 * (one hash is 19 MiB and tens of milliseconds of one core).
 */
export function makeGate({ atOnce, queue }: { atOnce: number; queue: number }): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  let turnedAway = 0;

  const enter = (): Promise<void> => {
    if (running < atOnce) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  // The place goes straight to the next in the queue, so nobody who comes just then slips in before.
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };

  return {
    async run(work) {
      if (running >= atOnce && waiting.length >= queue) {
        turnedAway += 1;
        return "busy";
      }
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
    state: () => ({ running, waiting: waiting.length, turnedAway }),
  };
}
