import type { AddressInfo } from "node:net";
import { federationDocuments } from "./brokers.ts";
import { makeCards, openCards } from "./cards.ts";
import type { Composed } from "./compose.ts";
import { account, changePasswordPurpose, linkMethodPurpose, removeMethodPurpose } from "./features/account/index.ts";
import { activation, activationPurpose, makeCompleteActivation } from "./features/activation/index.ts";
import { applications } from "./features/applications/index.ts";
import { certificate } from "./features/authenticators/certificate/index.ts";
import { eid, federationRoutes, makeBrokers, sweepLogouts } from "./features/authenticators/eid/index.ts";
import { passkey } from "./features/authenticators/passkey/index.ts";
import { orderPassword, password } from "./features/authenticators/password/index.ts";
import { totp } from "./features/authenticators/totp/index.ts";
import { sweepUnconfirmed } from "./features/cases/index.ts";
import { demo, prepareDemo } from "./features/demo/index.ts";
import { guides } from "./features/guide/index.ts";
import { journeys, sweepJourneys } from "./features/journey/index.ts";
import { sweepNoticeLinks } from "./features/messages/index.ts";
import { organisationRoutes, sweepFormerAddresses } from "./features/organisations/index.ts";
import { endResets, recovery, sweepPasswordLinks, sweepRecoveries } from "./features/recovery/index.ts";
import { sweepSessions } from "./features/sessions/index.ts";
import { signIn, signInPurpose } from "./features/sign-in/index.ts";
import { PlainError } from "./kernel/plain-error.ts";
import { days, hours, minutes, plus, seconds } from "./kernel/time.ts";
import { type Http, healthRoutes, makeHttp } from "./platform/http/index.ts";
import { startJobs } from "./platform/jobs/index.ts";
import { serveMetrics } from "./platform/metrics/index.ts";
import { assetRoutes } from "./platform/pages/index.ts";
import { sweepThrottles } from "./platform/throttle/index.ts";
import { readTls } from "./tls.ts";

/** How long a journey's row outlives it, so that a bookmarked page still knows where the person was going. */
const journeysKept = days(7);

/** The pages and machine interfaces, put together and not listening yet. */
export async function assemble(composed: Composed) {
  const { config, pool, clock, random, keyring, logger, metrics } = composed;
  const state = { stopping: false };
  const http = makeHttp({
    publicUrl: config.publicUrl,
    demo: config.demo,
    trustedProxies: config.http.trustedProxies,
    tls: readTls(config),
    keyring,
    random,
    clock,
    log: logger,
  });
  metrics.observe(http.app);
  assetRoutes(http.app);
  healthRoutes(http.app, { pool, isStopping: () => state.stopping });
  if (config.metrics === "main") metrics.routes(http.app);
  return { http, state, ...(await addFeatures(composed, http)) };
}

/** Serves the pages and machine interfaces, delivers messages and keeps house, until `close`. */
export async function serve(composed: Composed) {
  const { config, db, clock, random, keyring, logger, metrics, features } = composed;
  const { http, state, provider, brokers, passkeys, cards } = await assemble(composed);
  const ownMetrics = ["main", "off"].includes(config.metrics) ? null : await serveMetrics(metrics, config.metrics);

  const { inbox } = composed.senders;
  const tour = inbox
    ? await prepareDemo({
        ...features.organisations,
        ...{ db, clock, random, keyring, inbox },
        identities: features.identities,
        directories: features.directories,
        publicUrl: config.publicUrl,
        identityBrokers: features.identityBrokers,
        invite: features.inviting.invite,
        applications: features.applications,
      })
    : null;
  if (tour) await brokers.reload();
  const cardListener = await features.inviting
    .carryExpected()
    .then(() => listen(http, config.http))
    .then(() => openCards(cards, composed))
    .catch(async (error) => {
      await Promise.all([http.app.close(), ownMetrics?.close(), provider.stop(), brokers.stop()]);
      throw error;
    });
  const outbox = features.messages.start();
  const telling = features.directories.start();
  const jobs = startJobs(
    [
      { name: "audit checkpoint", every: hours(1), run: () => features.audit.checkpoint(db) },
      { name: "passkeys", every: seconds(30), run: passkeys.look },
      { name: "cards that expire", every: hours(6), run: cards.remind },
      { name: "cards shown", every: minutes(10), run: cards.sweep },
      { name: "sessions", every: minutes(10), run: () => sweepSessions(db, clock.now()) },
      { name: "journeys", every: hours(1), run: () => sweepJourneys(db, plus(clock.now(), -journeysKept)) },
      { name: "throttles", every: hours(1), run: () => sweepThrottles(db, plus(clock.now(), -days(2))) },
      { name: "notice links", every: days(1), run: () => sweepNoticeLinks(db, plus(clock.now(), -days(30))) },
      // While nodes of an earlier version still invite beside this one.
      { name: "expected identities", every: hours(1), run: features.inviting.carryExpected },
      { name: "former addresses", every: hours(1), run: () => sweepFormerAddresses(db, clock.now()) },
      { name: "recoveries", every: hours(1), run: () => sweepRecoveries(db, plus(clock.now(), -journeysKept)) },
      { name: "password links", every: hours(1), run: () => sweepPasswordLinks(db, plus(clock.now(), -days(1))) },
      { name: "unconfirmed cases", every: hours(1), run: () => sweepUnconfirmed(db, clock.now()) },
      { name: "logouts", every: hours(1), run: () => sweepLogouts(db, clock.now()) },
      { name: "tokens", every: minutes(10), run: provider.sweep },
      { name: "directories", every: minutes(1), run: features.directories.watch },
      { name: "what directories were told", every: minutes(10), run: features.directories.sweep },
    ],
    { db, log: logger },
  );

  return {
    url: config.publicUrl,
    port: (http.app.server.address() as AddressInfo | null)?.port ?? config.http.port, // a TCP listener has one
    demo: tour,
    close: async () => {
      state.stopping = true;
      await Promise.all([http.app.close(), outbox.stop(), telling.stop(), jobs.stop()]);
      await Promise.all([ownMetrics?.close(), cardListener?.close()]);
      await Promise.all([provider.stop(), brokers.stop()]);
    },
  };
}

type Provider = Awaited<ReturnType<typeof applications>>;

/** Puts the features together. The list of methods is the only place that names them all. */
async function addFeatures(composed: Composed, http: Http) {
  const { config, db, pool, clock, random, keyring, logger, metrics, features } = composed;
  const { audit, messages, identities, directories } = features;
  const shared = { db, clock, random, keyring, audit, messages, identities, directories, http };
  const passwords = password(shared);
  const codes = totp({ ...shared, publicUrl: config.publicUrl, passwordSteps: passwords.steps });
  const { connecting } = features.identityBrokers;
  const brokers = await makeBrokers({ ...connecting, db, listen: composed.listen, keyring, log: logger });
  const identification = eid({ ...shared, brokers, log: logger, onOutcome: metrics.countIdentification });
  const passkeys = passkey({ ...shared, publicUrl: config.publicUrl });
  await passkeys.look();
  const cards = certificate({ ...shared, cards: makeCards(config) });
  const methods = [identification.method, cards.method, passkeys.method, codes.method];
  const { prove, isOpen } = identification;
  const { publicUrl } = config;
  const recovering = recovery({ ...shared, cases: features.cases, methods, brokers, prove, isOpen, publicUrl });
  const completeActivation = makeCompleteActivation({ directories });
  const purposes = [
    activationPurpose(completeActivation),
    signInPurpose(completeActivation),
    changePasswordPurpose,
    linkMethodPurpose,
    removeMethodPurpose({ methods, messages }),
    ...recovering.purposes,
  ];
  // Applications are told of sessions that a changed password has ended; their part is made after the journeys.
  const told: { notifyLogout?: Provider["notifyLogout"] } = {};
  const journey = journeys({ ...shared, methods, purposes, onSessionsEnded: (ended) => told.notifyLogout?.(ended) });
  const { begin } = journey;
  const signing = signIn({ ...shared, begin, start: config.demo ? "/demo" : "/account" });
  const provider = await applications({
    ...shared,
    pool,
    listen: composed.listen,
    log: logger,
    privateNetworks: config.privateNetworks,
    farewell: identification.farewell,
    stillLetsIn: journey.stillLetsIn,
    signIn: { begin: signing.beginSignIn, result: (id, browserHash) => journey.result(db, id, browserHash) },
  });
  told.notifyLogout = provider.notifyLogout;
  metrics.gauges("vahva_directory_jobs", "What directories have yet to be told", "state", directories.desk.count);
  metrics.gauge("vahva_hashes_waiting", "Passwords that wait for a free core", () => passwords.hashing().waiting);

  organisationRoutes(http.app, { db });
  journey.routes(http.app);
  activation({ ...shared, begin, publicUrl: config.publicUrl, countries: config.sms.countries }).routes(http.app);
  signing.routes(http.app);
  orderPassword({ ...shared, publicUrl }).routes(http.app);
  guides({ ...shared, methods, canProve: (...whose) => brokers.provingFor(...whose).length > 0 }).routes(http.app);
  const { farewell } = identification;
  const { notifyLogout: onSessionsEnded } = provider;
  account({
    ...shared,
    cases: features.cases,
    log: logger,
    begin,
    goOn: journey.goOn,
    methods,
    testCode: codes.testCode,
    onSessionsEnded,
    farewell,
    endResets,
  }).routes(http.app);
  const provers = [recovering.prover];
  identification.routes(http.app, { http, audit, arrive: journey.arrive, onSessionsEnded, provers });
  recovering.routes(http.app, { http, begin, directories });
  const behindProxy = config.cards?.header != null;
  cards.routes(http.app, { http, audit, arrive: journey.arrive, behindProxy });
  const { keys } = connecting.context;
  federationRoutes(http.app, { publicUrl, clock, keys, brokers, documents: federationDocuments });
  provider.routes(http.app);
  const { senders, demoDirectories } = composed;
  if (senders.inbox && demoDirectories)
    demo({ ...shared, inbox: senders.inbox, demoDirectories, invite: features.inviting.invite }).routes(http.app);
  return { provider, brokers, passkeys, cards };
}

async function listen({ app }: Http, { host, port }: Composed["config"]["http"]): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "EADDRINUSE")
      throw new PlainError(`Port ${port} is taken by another program. Stop it, or choose another with VAHVA_PORT.`);
    if (code === "EACCES")
      throw new PlainError(`There is no right to listen on port ${port}. Choose one above 1023 with VAHVA_PORT.`);
    throw error;
  }
}
