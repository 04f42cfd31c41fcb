import type { Pool } from "pg";
import { countRoundTrips } from "../../test/doubles/round-trips.ts";
import type { Trips, Usage } from "../measure/peer.ts";

/** Says that it serves at `origin`, and answers the orders of `measure/peer.ts` until it is told to stop. */
export function takeOrders({ origin, pool, close }: { origin: string; pool: Pool; close(): Promise<unknown> }): void {
  const say = (kind: string, value: unknown) => process.send?.({ kind, value });
  let counter: ReturnType<typeof countRoundTrips> | undefined;
  let stopCounting = () => {};
  let counted: Promise<Trips> = Promise.resolve({ trips: 0, texts: [] });

  const count = () => {
    counter ??= countRoundTrips(pool);
    counted = counter.during(() => new Promise<void>((resolve) => (stopCounting = resolve)));
  };
  const usage = (): Usage => {
    const { user, system } = process.cpuUsage();
    const peak = process.resourceUsage().maxRSS * 1024;
    return { cpu: user + system, rss: process.memoryUsage.rss(), peak };
  };

  process.on("message", (order) => {
    if (order === "usage") say("usage", usage());
    if (order === "count") say("count", count());
    if (order === "counted") {
      stopCounting();
      counted.then(({ trips, texts }) => say("counted", { trips, texts }));
    }
    if (order === "stop") close().finally(() => process.disconnect());
  });
  // Nobody is left to give orders.
  process.once("disconnect", () => process.exit(0));
  say("serving", origin);
}
