import { pino } from "pino";
import { accountRoutes } from "../../src/features/account/account-routes.ts";
import { applicationRegistry, applications } from "../../src/features/applications/index.ts";
import type { StillLetsIn } from "../../src/features/applications/unit-of-work.ts";
import { makeAudit } from "../../src/features/audit/index.ts";
import type { Brokers } from "../../src/features/authenticators/eid/brokers/broker.ts";
import { eid, makeIdentities } from "../../src/features/authenticators/eid/index.ts";
import { makeCreateOrganisation } from "../../src/features/organisations/index.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { type Listen, makeListen, openDatabase } from "../../src/platform/database/index.ts";
import { makeHttp } from "../../src/platform/http/index.ts";
import { makeKeyring } from "../../src/platform/seal/index.ts";
import { type Clock, machineClock } from "../../src/ports/clock.ts";
import { systemRandom } from "../../src/ports/random.ts";
import { countRoundTrips } from "../doubles/round-trips.ts";
import { fakeSignIn } from "../doubles/sign-in.ts";
import { freePort } from "../harness/free-port.ts";

const random = systemRandom;

export type HostOptions = {
  url: string;
  port?: number;
  clock?: Clock;
  publicUrl?: string;
  /** With these there are eIDs too, and the person's own pages. */
  brokers?: Brokers;
  /** Every session is as good as it says, unless told otherwise. */
  stillLetsIn?: StillLetsIn;
};

export type Host = Awaited<ReturnType<typeof startHost>>;

/** The OpenID provider alone, over HTTP, on the database at `url`, with a stand-in for journeys. */
export async function startHost({
  url,
  port = 0,
  clock = machineClock,
  publicUrl,
  brokers,
  stillLetsIn = () => true,
}: HostOptions) {
  const { db, pool, close } = openDatabase(url, { connections: 8 });
  const trips = countRoundTrips(pool);
  const keyring = makeKeyring([new Secret("provider".repeat(8))]);
  const audit = makeAudit({ clock, random, keyring });
  const log = pino({ level: process.env.TEST_LOG ?? "fatal" });
  const origin = publicUrl ?? `http://127.0.0.1:${port === 0 ? await freePort() : port}`;
  const http = makeHttp({ publicUrl: origin, demo: true, trustedProxies: [], tls: null, keyring, random, clock, log });
  const sign = fakeSignIn({ db, clock });
  const errors: unknown[] = [];
  const recorder = { info: () => {}, warn: () => {}, error: (fields: object) => void errors.push(fields) };
  const identities = makeIdentities({ keyring });
  const heard = new Map<string, number>();
  const listenTo = makeListen(url);
  const listen: Listen = (channel, onNotice) =>
    listenTo(channel, () => {
      onNotice();
      heard.set(channel, (heard.get(channel) ?? 0) + 1);
    });
  const shared = { db, keyring, clock, random, audit, identities };
  const eids = brokers && eid({ ...shared, brokers, log: recorder });
  const provider = await applications({
    ...shared,
    pool,
    listen,
    http,
    signIn: sign.signIn,
    log: recorder,
    privateNetworks: true,
    stillLetsIn,
    ...(eids && { farewell: eids.farewell }),
  });
  sign.routes(http.app, http);
  provider.routes(http.app);
  if (eids) {
    const onSessionsEnded = provider.notifyLogout;
    const nobody = () => Promise.reject(new Error("nobody signs in by an eID here"));
    eids.routes(http.app, { http, audit, onSessionsEnded, arrive: nobody, provers: [] });
    accountRoutes(http.app, { ...shared, http, onSessionsEnded, methods: [], begin: nobody, farewell: eids.farewell });
  }
  const address = await http.app.listen({ host: "127.0.0.1", port: port || Number(new URL(origin).port) });
  return {
    /** The issuer, which several nodes share; `address` is this node's own. */
    origin,
    address,
    db,
    pool,
    clock,
    keyring,
    audit,
    identities,
    trips,
    /** How many notices of the channel this node has gone by, the one that its listening begins with among them. */
    heard: (channel: string) => heard.get(channel) ?? 0,
    errors,
    provider,
    journeys: sign.journeys,
    registry: applicationRegistry(shared),
    organisations: {
      create: makeCreateOrganisation({ db, clock, random, audit, methods: ["eid", "totp"], countries: ["FI"] }),
    },
    close: async () => {
      await http.app.close();
      await provider.stop();
      await close();
    },
  };
}
