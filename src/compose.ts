import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeDemoDirectory } from "./adapters/demo-directory/index.ts";
import { makeIdentityBrokers } from "./brokers.ts";
import type { Config } from "./config.ts";
import { openDatabaseServer } from "./database-server.ts";
import { directoryKinds } from "./directories.ts";
import { makeThawAccount } from "./features/account/index.ts";
import { inviting } from "./features/activation/index.ts";
import { applicationRegistry, opensSigningKeys } from "./features/applications/index.ts";
import { makeAudit } from "./features/audit/index.ts";
import { makeIdentities } from "./features/authenticators/eid/index.ts";
import { makeImportTokens } from "./features/authenticators/totp/index.ts";
import { makeCases } from "./features/cases/index.ts";
import { makeDirectories } from "./features/directories/index.ts";
import { makeMessages } from "./features/messages/index.ts";
import { makeChangeOrganisation, makeCreateOrganisation } from "./features/organisations/index.ts";
import { support } from "./features/support/index.ts";
import { PlainError } from "./kernel/plain-error.ts";
import { Secret } from "./kernel/secret.ts";
import { seconds } from "./kernel/time.ts";
import { methodNames } from "./methods.ts";
import {
  type Database,
  type Listen,
  makeDatabaseClock,
  makeListen,
  migrate,
  openDatabase,
  pendingMigrations,
} from "./platform/database/index.ts";
import { makeLog } from "./platform/log/index.ts";
import { makeMetrics } from "./platform/metrics/index.ts";
import { makeKeyring } from "./platform/seal/index.ts";
import type { Clock } from "./ports/clock.ts";
import { type Random, systemRandom } from "./ports/random.ts";
import { makeSenders } from "./senders.ts";

export type ComposeOptions = {
  config: Config;
  /** The service claims the data folder and migrates; a command shares the folder, and says when migrations are due. */
  claim: boolean;
  /** What an operator should read while it opens. */
  log: (line: string) => void;
  /** Tests give their own. */
  clock?: Clock;
  random?: Random;
};

export type Composed = Awaited<ReturnType<typeof compose>>;

/** Opens the database and puts the service's parts together, without its pages: what a command works with. */
export async function compose({ config, claim, log, clock: ownClock, random = systemRandom }: ComposeOptions) {
  const server = await openDatabaseServer(config, { claim, log });
  let opened: Database | undefined;
  try {
    const url = server.url;
    if (claim) await migrate(url, (done, total, name) => log(`Database: ${name} (${done} of ${total})`));
    else if ((await pendingMigrations(url)) > 0)
      throw new PlainError('The database is not ready for this version. Run "vahva migrate" (or "vahva start") first.');
    opened = openDatabase(url, { connections: config.database.connections });
    const { db, pool, close } = opened;
    const keyring = makeKeyring(secretsOf(config));
    if (!(await opensSigningKeys(db, keyring))) throw new PlainError(anotherSecret);
    const databaseClock = await makeDatabaseClock(pool);
    const clock = ownClock ?? databaseClock;
    const logger = makeLog(config.logLevel);
    const metrics = makeMetrics();
    const audit = countingAudit(makeAudit({ clock, random, keyring, log: logger }), metrics);
    const listeners = makeListeners(url);
    const { listen } = listeners;
    const senders = makeSenders(config, { db, clock });
    const messages = makeMessages({
      db,
      clock,
      random,
      keyring,
      mail: senders.mail,
      sms: senders.sms,
      publicUrl: config.publicUrl,
      allowedSmsCountries: config.sms.countries,
      timeZone: config.timeZone,
      listen,
      log: logger,
      onOutcome: ({ channel, template, result, waited }) =>
        metrics.countMessage(channel, template, result, waited / seconds(1)),
    });
    const base = { config, db, pool, clock, random, keyring, logger, metrics, listen, senders };
    const identities = makeIdentities({ keyring });
    const { publicUrl } = config;
    const demoDirectories = config.demo ? makeDemoDirectory({ db, clock, random }) : null;
    const directories = makeDirectories({
      ...{ db, clock, random, keyring, audit, messages, listen, log: logger },
      kinds: [...directoryKinds, ...(demoDirectories ? [demoDirectories.kind] : [])],
      context: { publicUrl },
      operatorEmail: config.operatorEmail,
      onOutcome: ({ kind, task, result, waited }) =>
        metrics.countDirectory(kind, task, result, waited === null ? null : waited / seconds(1)),
      onLate: metrics.countLateDirectory,
    });
    const shared = { db, clock, random, keyring, audit, messages, identities, directories };
    const onNotErased = (broker: string, session: string) => {
      metrics.countIdentification(broker, "not-erased");
      logger.error({ broker, session }, "a session at an identification broker could not be erased: ask the broker to");
    };
    const ruled = { ...shared, methods: methodNames, countries: config.sms.countries };
    const invitations = inviting({ ...shared, publicUrl: config.publicUrl, countries: config.sms.countries });
    return {
      ...base,
      demoDirectories,
      features: {
        audit,
        messages,
        identities,
        cases: makeCases(shared),
        directories,
        accounts: { thaw: makeThawAccount(shared) },
        tokens: { importTokens: makeImportTokens(shared) },
        applications: applicationRegistry(shared),
        identityBrokers: makeIdentityBrokers(config, { ...shared, onNotErased }),
        support: support(ruled),
        organisations: {
          createOrganisation: makeCreateOrganisation(ruled),
          changeOrganisation: makeChangeOrganisation(ruled),
        },
        inviting: { ...invitations, importPeople: invitations.import },
      },
      close: async () => {
        databaseClock.stop();
        senders.close();
        await listeners.stop();
        await close();
        await server.stop();
      },
    };
  } catch (error) {
    await opened?.close();
    await server.stop();
    throw error;
  }
}

const anotherSecret =
  "VAHVA_SECRET is another one than this database was made with: nothing that is sealed in it can be opened. " +
  'Give that one again; a new one goes in front of it, as "new,old" (docs/operate/secrets.md).';

/** Everything that listens to the database, so that it ends with the service even where its owner was never finished. */
function makeListeners(url: string) {
  const connect = makeListen(url);
  const begun: ReturnType<Listen>[] = [];
  const listen: Listen = (channel, onNotice) => {
    const listener = connect(channel, onNotice);
    begun.push(listener);
    return listener;
  };
  return { listen, stop: () => Promise.all(begun.map(({ stop }) => stop())) };
}

/** The configured secrets; in demo mode one that is made once and kept beside the data. */
function secretsOf({ secrets, dataFolder }: Config): readonly [Secret, ...Secret[]] {
  const [first, ...others] = secrets ?? [];
  if (first) return [first, ...others];
  const file = join(dataFolder, "secret");
  try {
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(file, randomBytes(48).toString("base64"), { flag: "wx", mode: 0o600 });
    chmodSync(file, 0o600);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
      throw new PlainError(`The demo's secret can't be written to ${file}. Choose another folder with VAHVA_DATA.`);
  }
  return [new Secret(readFileSync(file, "utf8").trim())];
}

type AuditParts = ReturnType<typeof makeAudit>;

/** The audit, with every event counted by type and result for the metrics. */
const countingAudit = (audit: AuditParts, metrics: ReturnType<typeof makeMetrics>): AuditParts => ({
  ...audit,
  record: async (tx, events) => {
    await audit.record(tx, events);
    for (const { type, result } of events) metrics.countEvent(type, result);
  },
});
