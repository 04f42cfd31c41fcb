import { between, type Duration, type Instant, minutes } from "../../kernel/time.ts";
import { BrokerTrouble } from "./trouble.ts";

export type Cached<T> = Readonly<{
  /** At once while it may be used, reading anew behind it when it is no longer fresh; else after reading it. */
  get(now: Instant): Promise<T>;
  /** Reads anew now, though at most once a minute. */
  renew(now: Instant): Promise<T>;
}>;

const pause = minutes(1);

/**
 * Something of the broker's that is kept in memory. Many who ask at once make one request. After a failure nobody asks
 * again for `rest`, so that a page doesn't wait for a broker that is away each time it is drawn.
 */
export function makeCached<T>({
  load,
  fresh,
  usable,
  rest = 0,
}: {
  load: (now: Instant) => Promise<T>;
  fresh: Duration;
  usable: Duration;
  rest?: Duration;
}): Cached<T> {
  let kept: { value: T; at: Instant } | null = null;
  let loading: Promise<T> | null = null;
  let failedAt: Instant | null = null;
  let renewedAt: Instant | null = null;

  const isWithin = (since: Instant | null, length: Duration, now: Instant) =>
    since !== null && between(since, now) < length;

  const read = async (now: Instant): Promise<T> => {
    try {
      const value = await load(now);
      kept = { value, at: now };
      failedAt = null;
      return value;
    } catch (error) {
      failedAt = now;
      throw error;
    }
  };
  const join = (now: Instant): Promise<T> => {
    loading ??= read(now).finally(() => {
      loading = null;
    });
    return loading;
  };

  const get = async (now: Instant): Promise<T> => {
    if (kept && isWithin(kept.at, fresh, now)) return kept.value;
    if (kept && isWithin(kept.at, usable, now)) {
      // What is kept still serves; the next one to ask tries again.
      if (!isWithin(failedAt, pause, now)) join(now).catch(() => {});
      return kept.value;
    }
    if (isWithin(failedAt, rest, now)) throw new BrokerTrouble("broker-unreachable");
    return join(now);
  };

  return {
    get,
    async renew(now) {
      // Those who come while it is being read wait for it: what is kept is what they could not use.
      if (isWithin(renewedAt, pause, now)) return loading ?? get(now);
      renewedAt = now;
      return join(now);
    },
  };
}
