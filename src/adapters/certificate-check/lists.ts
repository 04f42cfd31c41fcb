import { setTimeout as sleep } from "node:timers/promises";
import { between, type Duration, hours, type Instant, minutes, plus, seconds } from "../../kernel/time.ts";
import { type Certificate, sha256 } from "./certificate.ts";
import { exchange } from "./exchange.ts";
import { type RevocationList, readRevocationList } from "./revocation-list.ts";
import { Trouble } from "./trouble.ts";

/** Revocation lists in memory, read anew ahead of time. */
export type Lists = Readonly<{
  /** The list at `url`, which must be `issuer`'s and in date; read now where it isn't there yet. Throws `Trouble`. */
  get(url: string, issuer: Certificate, now: Instant): Promise<RevocationList>;
  /** To be read by the next `refresh`, before a card needs it. */
  want(url: string, issuer: Certificate): void;
  /** Reads those that are due. Never fails. */
  refresh(now: Instant): Promise<void>;
}>;

const largest = 20 * 1024 * 1024;
const loadLimit = seconds(30);
export const skew = minutes(5);
/** Addresses come from certificates that a configured CA has signed; still, memory ends somewhere. */
const most = 32;

type Source = {
  url: string;
  issuer: Certificate;
  list: RevocationList | null;
  loading: Promise<RevocationList> | null;
  dueAt: Instant | null;
};

/** `patience` is what a person waits for a list that is not there yet; reading goes on without them. */
export function makeLists(patience: Duration): Lists {
  const sources = new Map<string, Source>();

  const sourceOf = (url: string, issuer: Certificate): Source => {
    const id = `${url} ${sha256(issuer.publicKeyInfo)}`;
    const source = sources.get(id) ?? { url, issuer, list: null, loading: null, dueAt: null };
    // The one that was not asked for the longest time makes room.
    sources.delete(id);
    sources.set(id, source);
    const [oldest] = sources.keys();
    if (sources.size > most && oldest !== undefined) sources.delete(oldest);
    return source;
  };

  const load = async (source: Source, now: Instant): Promise<RevocationList> => {
    source.dueAt = plus(now, minutes(1));
    const body = await exchange(source.url, {}, largest, AbortSignal.timeout(loadLimit));
    const list = await readRevocationList(body, source.issuer);
    if (list.nextUpdate < now) throw new Trouble("is out of date");
    if (list.thisUpdate > plus(now, skew)) throw new Trouble("is of the future");
    // Lists travel unencrypted: an old one could be played back.
    if (source.list && list.thisUpdate < source.list.thisUpdate) throw new Trouble("is older than the one before");
    source.list = list;
    source.dueAt = dueAfter(list, now);
    return list;
  };
  const join = (source: Source, now: Instant): Promise<RevocationList> => {
    source.loading ??= load(source, now).finally(() => {
      source.loading = null;
    });
    return source.loading;
  };
  const isDue = ({ dueAt }: Source, now: Instant) => dueAt === null || dueAt <= now;

  return {
    async get(url, issuer, now) {
      const source = sourceOf(url, issuer);
      if (source.list && source.list.nextUpdate >= now) {
        if (isDue(source, now)) join(source, now).catch(() => {});
        return source.list;
      }
      const loading = join(source, now);
      loading.catch(() => {}); // it may fail after nobody waits any more
      return Promise.race([loading, late(patience)]);
    },
    want: (url, issuer) => {
      sourceOf(url, issuer);
    },
    async refresh(now) {
      for (const source of [...sources.values()]) if (isDue(source, now)) await join(source, now).catch(() => {});
    },
  };
}

/** Half-way to the next one, but within the hour, so that a revocation is known soon and an outage leaves time. */
function dueAfter({ nextUpdate }: RevocationList, now: Instant): Instant {
  return plus(now, Math.min(hours(1), Math.max(minutes(1), between(now, nextUpdate) / 2)));
}

async function late(patience: Duration): Promise<never> {
  await sleep(patience, undefined, { ref: false });
  throw new Trouble("is too slow");
}
