import type { FastifyInstance } from "fastify";
import type { Db } from "../../platform/database/index.ts";
import type { Http } from "../../platform/http/index.ts";
import { makeAdvance } from "./advance.ts";
import { type Beginning, makeBegin } from "./begin.ts";
import type { JourneyDeps } from "./posted.ts";
import { loadResult } from "./result/store.ts";
import { journeyRoutes } from "./routes.ts";

export { insertAuthenticator, listAuthenticators } from "./authenticator/store.ts";
export type { MethodRule, PurposeName } from "./domain/rules.ts";
export type {
  Attempt,
  Authenticator,
  Form,
  Journey,
  Method,
  Notice,
  Outcome,
  Purpose,
  Requested,
  StepHandler,
  StepPage,
  StepView,
} from "./method.ts";
export { drawOwnPage } from "./page-routes.ts";
export { findHalfWay } from "./result/store.ts";
export { findOpenJourney, sweepJourneys } from "./store.ts";
export type { Beginning };

export type Journeys = ReturnType<typeof journeys>;

/** The one mechanism under every way in: a row, proofs, a pure next step, one dispatcher. */
export function journeys(deps: JourneyDeps & { http: Http }) {
  const begin = makeBegin(deps);
  const advance = makeAdvance(deps);
  return {
    begin,
    /** What became of a journey of this browser, for whoever began it. */
    result: (db: Db, id: string, browserHash: Buffer) => loadResult(db, id, browserHash, deps.clock.now()),
    routes: (app: FastifyInstance) => journeyRoutes(app, { ...deps, begin, advance }),
  };
}
