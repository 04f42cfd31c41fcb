import { isDeepStrictEqual } from "node:util";
import { seconds } from "../../../../kernel/time.ts";
import type { Db, Listen } from "../../../../platform/database/index.ts";
import type { Keyring } from "../../../../platform/seal/index.ts";
import type { Broker, Brokers } from "./broker.ts";
import { type BrokerRow, loadBrokers } from "./broker-store.ts";
import { type Connecting, connectBroker } from "./connect-broker.ts";

export type BrokersDeps = Connecting &
  Readonly<{
    db: Db;
    listen: Listen;
    keyring: Pick<Keyring, "open">;
    log: { error(fields: object, message: string): void };
  }>;

/** Notices of changes arrive at once; should they ever be lost on their way, nothing is believed for longer than this. */
const longest = seconds(30);

/** What a connection is made of: while it stays the same, so does the connection, with the keys that it has fetched. */
type Kept = Readonly<{ madeOf: readonly unknown[]; broker: Broker }>;

/** The brokers, read before it resolves, and anew at every change on any node. */
export async function makeBrokers(deps: BrokersDeps): Promise<Brokers> {
  const { db, listen, keyring, log } = deps;
  let kept: ReadonlyMap<string, Kept> = new Map();
  let reading: Promise<void> = Promise.resolve();

  const take = (row: BrokerRow): [string, Kept][] => {
    try {
      const { profile, settings, secret, title, state } = row.read();
      const madeOf = [profile, settings, secret];
      const before = kept.get(row.name);
      if (before && isDeepStrictEqual(before.madeOf, madeOf))
        return [[row.name, { madeOf, broker: { ...before.broker, title, state } }]];
      return [[row.name, { madeOf, broker: connectBroker(row, deps) }]];
    } catch (error) {
      log.error({ err: error, broker: row.name }, "the broker can't be used as it is configured");
      return [];
    }
  };
  const read = async () => {
    const rows = await loadBrokers(db, keyring);
    kept = new Map(rows.flatMap(take));
  };
  // One after the other: what was read later is newer.
  const reload = (): Promise<void> => {
    const next = reading.then(read);
    reading = next.catch(() => {});
    return next;
  };
  const again = () => {
    reload().catch((error: unknown) => log.error({ err: error }, "the brokers could not be read"));
  };

  await reload();
  const timer = setInterval(again, longest).unref();
  const heard = listen("vahva_identity_broker", again);

  const all = (): readonly Broker[] => [...kept.values()].map(({ broker }) => broker);
  const open = () => all().filter(({ state }) => state === "open");
  const named = (names: readonly string[]) => names.flatMap((name) => open().filter((broker) => broker.name === name));
  const offeredTo: Brokers["offeredTo"] = (organisation) => {
    const names = organisation?.policy.eid.brokers;
    const offered = names ? named(names) : open().filter(({ onlyWhereNamed }) => !onlyWhereNamed);
    return offered.filter(({ provesOnly }) => !provesOnly);
  };
  return {
    all,
    open,
    find: (name) => kept.get(name)?.broker ?? null,
    offeredTo,
    provingFor(organisation, category) {
      const names = organisation?.policy.recovery.services[category];
      return names ? named(names) : offeredTo(organisation);
    },
    reload,
    stop: async () => {
      clearInterval(timer);
      await heard.stop();
      await reading;
    },
  };
}
