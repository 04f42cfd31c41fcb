import { startSenders } from "../abuse/senders.ts";
import { eventually } from "../harness/eventually.ts";
import { type MovableClock, movableClock, startService } from "../harness/service.ts";
import { type BrokerName, knowsBrokers, startBrokers } from "./eid-brokers.ts";
import { eidVisits } from "./eid-visits.ts";

export type EidService = Awaited<ReturnType<typeof openEidService>>;

/**
 * The whole service in production mode, on two nodes and one database, that trusts the trust network's test brokers: a
 * double of each. Both nodes are known by the first one's address, so that browsers come back there unless a test leads
 * them to the other.
 */
export async function openEidService({ clock = movableClock() }: { clock?: MovableClock } = {}) {
  const senders = await startSenders();
  const env = { ...senders.env, VAHVA_EID_ENVIRONMENT: "test" };
  const first = await startService({ env, clock });
  const { url, databaseUrl } = first;
  const second = await startService({ env: { ...env, VAHVA_PUBLIC_URL: url }, databaseUrl, clock });
  const origins: readonly string[] = [url, `http://localhost:${second.port}`];
  const brokers = await startBrokers({ url, clock });
  await brokers.addTo(first.features.identityBrokers);
  await Promise.all(origins.map((origin) => eventually(() => knowsBrokers(origin))));
  const service = { ...first, inbox: () => senders.inbox() };
  return {
    ...service,
    ...eidVisits(service, brokers),
    clock,
    senders,
    origins,
    broker: brokers.broker,
    brokersKeepOurKeys: brokers.keepOurKeys,
    /** Audited events of a type, the latest first; those of one account alone, if it is given. */
    async events(type: string, accountId?: string) {
      const rows = await first.db
        .selectFrom("audit_event")
        .select(["result", "account_id", "detail"])
        .where("type", "=", type)
        .orderBy("at", "desc")
        .orderBy("number", "desc")
        .execute();
      const wanted = accountId === undefined ? rows : rows.filter((row) => row.account_id === accountId);
      return wanted.map(({ result, detail }) => ({ result, ...(detail as Detail) })); // every event has one
    },
    /** How often an identification came to this, on both nodes. */
    async counted(name: BrokerName, result: string): Promise<number> {
      const line = `vahva_identifications_total{broker="${name}",result="${result}"} `;
      const texts = await Promise.all(origins.map(async (origin) => (await fetch(`${origin}/metrics`)).text()));
      const numbers = texts.map((text) => Number(text.split(line)[1]?.split("\n")[0] ?? 0));
      return numbers.reduce((sum, number) => sum + number, 0);
    },
    close: async () => {
      await brokers.stop();
      await second.close();
      await first.close();
      await senders.stop();
    },
  };
}

type Detail = { reason?: string; broker?: string };
