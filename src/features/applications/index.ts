import type { FastifyInstance } from "fastify";
import { type Duration, days, plus } from "../../kernel/time.ts";
import type { Database, Listen } from "../../platform/database/index.ts";
import type { Http } from "../../platform/http/index.ts";
import type { Identities } from "../authenticators/eid/index.ts";
import type { Farewell } from "../sessions/index.ts";
import { findApplication, findOpenApplication, listApplications } from "./application-store.ts";
import { makeClients } from "./clients.ts";
import { makeCodeMemory } from "./code-memory.ts";
import { discoveryDocument, keyDocument } from "./discovery.ts";
import { makeEngine } from "./engine.ts";
import { makeEngineTime } from "./engine-time.ts";
import { finishRequests } from "./finish.ts";
import { flushOps, revokeFamily, sweepTokens } from "./flush-store.ts";
import { makeInteractionCookie } from "./interaction-cookie.ts";
import { keepKeys } from "./keep-keys.ts";
import { makePairwise } from "./pairwise.ts";
import {
  makeChangeApplication,
  makeCloseApplication,
  makeNewSecret,
  makeRegisterApplication,
  type RegistryDeps,
} from "./register-application.ts";
import { documentRoutes, engineRoutes } from "./routes.ts";
import type { SignIn } from "./sign-in.ts";
import { makeEndSession, makeNotifyLogout } from "./sign-out.ts";
import { signOutRoutes } from "./sign-out-routes.ts";
import { makeListSigningKeys, makeRotateSigningKey } from "./signing-keys.ts";
import { findLiveSession, findToken } from "./token-store.ts";
import type { StillLetsIn } from "./unit-of-work.ts";

export type { ApplicationListing, ApplicationSettings } from "./domain/application.ts";
export { opensSigningKeys } from "./key-store.ts";
export type { Registration, SettingsProblems } from "./register-application.ts";
export type { SignIn, SignInRequest, SignInResult } from "./sign-in.ts";

/** The applications that are registered: what commands and the console work with. */
export const applicationRegistry = (deps: RegistryDeps) => ({
  register: makeRegisterApplication(deps),
  change: makeChangeApplication(deps),
  newSecret: makeNewSecret(deps),
  close: makeCloseApplication(deps),
  find: (clientId: string) => findApplication(deps.db, clientId),
  list: (page: { organisationId?: string; after?: string; limit: number }) => listApplications(deps.db, page),
  signingKeys: makeListSigningKeys(deps),
  rotateSigningKey: makeRotateSigningKey(deps),
});

export type ApplicationRegistry = ReturnType<typeof applicationRegistry>;

type Log = { info(fields: object, message: string): void } & Record<
  "warn" | "error",
  (fields: object, message: string) => void
>;

export type ApplicationsDeps = RegistryDeps & {
  pool: Database["pool"];
  listen: Listen;
  http: Http;
  signIn: SignIn;
  identities: Pick<Identities, "read">;
  log: Log;
  stillLetsIn: StillLetsIn;
  /** Where who signs out is sent on to first, for sessions that began elsewhere. */
  farewell?: Farewell;
  /** Applications may live where only our own network reaches: logout notices and key sets go there too. */
  privateNetworks: boolean;
  /** How long refresh tokens of one sign-in live at most; thirty days unless told otherwise, and never longer. */
  refreshLifetime?: Duration;
};

/** The OpenID provider. Reads and makes its signing keys before it resolves. */
export async function applications(deps: ApplicationsDeps) {
  const { db, pool, keyring, clock, audit, http, log, listen } = deps;
  const issuer = http.publicUrl;
  const time = makeEngineTime(clock);
  const clients = makeClients((clientId) => findOpenApplication(db, keyring, clientId), clock);
  const codes = makeCodeMemory();
  const interactions = makeInteractionCookie({ keyring, secure: http.cookies.secure });
  const sessionCookie = http.cookies.name("session");
  const reads = {
    session: (query: Parameters<typeof findLiveSession>[1]) => findLiveSession(pool, query),
    token: (query: Parameters<typeof findToken>[1]) => findToken(pool, query),
  };
  const pairwise = makePairwise(keyring);
  /** A broker's own name for somebody is no identity code of theirs. */
  const identityOf = async (accountId: string) => {
    const bound = await deps.identities.read(db, accountId);
    return bound && bound.identity.type !== "subject" ? bound.identity : null;
  };

  const keys = await keepKeys(deps, (current) => {
    const provider = makeEngine({
      ...deps,
      issuer,
      secure: http.cookies.secure,
      sessionCookie,
      keys: current,
      clients,
      time,
      pairwise,
      identityOf,
    });
    finishRequests(provider, {
      flush: (ops) => flushOps(pool, ops),
      revokeFamily: (grantId, event) => revokeFamily(db, audit, grantId, event),
      record: (event) => db.transaction().execute((tx) => audit.record(tx, [event])),
      codes,
      interactions,
      sessionCookie,
      log,
    });
    const failed = (error: Error) => log.error({ err: error }, "the OpenID provider failed");
    provider.on("server_error", (_ctx, error) => failed(error));
    (provider as NodeJS.EventEmitter).on("error", failed); // Koa's own event, which the engine's types leave out
    return { provider, callback: provider.callback(), keys: keyDocument(current) };
  });
  const discovery = discoveryDocument(issuer);
  const provider = () => keys.current().provider;
  const heard = listen("vahva_application", () => clients.forget());

  const notifyLogout = makeNotifyLogout({ provider, log });
  const parts = {
    ...deps,
    provider,
    callback: () => keys.current().callback,
    clients,
    codes,
    reads,
    interactions,
    time,
  };
  return {
    routes(app: FastifyInstance): void {
      documentRoutes(app, { ...parts, documents: () => ({ discovery, keys: keys.current().keys }) });
      signOutRoutes(app, {
        ...parts,
        endSession: makeEndSession(deps),
        notifyLogout,
        pairwise: async (clientId, accountId) => {
          const client = await provider().Client.find(clientId);
          return pairwise(String(client?.sectorIdentifier ?? ""), accountId);
        },
      });
      app.register(async (engine) => {
        // The engine reads the raw body itself.
        engine.removeAllContentTypeParsers();
        engine.addContentTypeParser("*", (_request, _payload, done) => done(null));
        engineRoutes(engine, { ...parts, documents: () => ({ discovery, keys: keys.current().keys }) });
      });
    },
    /** Tells applications of sessions that ended elsewhere; after the transaction that ended them. */
    notifyLogout,
    /** Deletes what expired a day ago; resolves to how many rows. */
    sweep: () => sweepTokens(db, plus(clock.now(), -days(1))),
    stop: async (): Promise<void> => {
      await Promise.all([heard.stop(), keys.stop()]);
    },
  };
}
