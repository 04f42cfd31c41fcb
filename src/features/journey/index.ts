import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "../../platform/database/index.ts";
import type { Http } from "../../platform/http/index.ts";
import { type Category, minimumStrengthOf, permittedMethods, readPolicy } from "../organisations/index.ts";
import { makeAdvance } from "./advance.ts";
import { type Beginning, makeBegin } from "./begin.ts";
import { isStillPermitted } from "./domain/still-permitted.ts";
import type { Journey } from "./method.ts";
import type { Arrival, JourneyDeps } from "./posted.ts";
import { loadResult } from "./result/store.ts";
import { answer, journeyRoutes, languageOf } from "./routes.ts";

export {
  endAuthenticators,
  insertAuthenticator,
  isKnownBrowser,
  listAuthenticators,
  sourceOf,
} from "./authenticator/store.ts";
export { chooseAccountPage } from "./choose-account-page.ts";
export { explainMethods, type MethodVerdict } from "./domain/explain-methods.ts";
export { entryByPassword, goodForOne, type MethodRule, type PurposeName } from "./domain/rules.ts";
export { linkNotices } from "./link-notices.ts";
export type {
  Attempt,
  Authenticator,
  Ending,
  Form,
  Journey,
  Method,
  Notice,
  Outcome,
  Poster,
  Purpose,
  Requested,
  StepHandler,
  StepPage,
  StepView,
} from "./method.ts";
export { divideLinked, type Miss, type Missed, missedMeanwhile, missOf } from "./missed.ts";
export { nameJourney } from "./name-store.ts";
export { drawOwnPage } from "./page-routes.ts";
export { refusalNotice } from "./pages.ts";
export { findHalfWay } from "./result/store.ts";
export { findOpenJourney, lengthenJourney, loadJourney, sweepJourneys } from "./store.ts";
export type { Arrival, Beginning };
export { makeBegin };

export type Journeys = ReturnType<typeof journeys>;

/** The one mechanism under every way in: a row, proofs, a pure next step, one dispatcher. */
export function journeys(deps: JourneyDeps & { http: Http }) {
  const { http } = deps;
  const begin = makeBegin(deps);
  const { advance, arrive } = makeAdvance(deps);
  return {
    begin,
    /** What a browser brought back from elsewhere: judged as a step, and answered with where that leads. */
    arrive: async (request: FastifyRequest, reply: FastifyReply, arrival: Pick<Arrival, "id" | "kind" | "attempt">) => {
      const sessionCookie = http.cookies.read(request.raw, "session");
      const result = await arrive({ ...arrival, origin: http.origin(request, reply), sessionCookie });
      return answer(http, request, reply, arrival.id, result);
    },
    /** Ends a journey that has just begun where all was shown before; else answers with its page. */
    goOn: async (request: FastifyRequest, reply: FastifyReply, id: string) => {
      const sessionCookie = http.cookies.read(request.raw, "session");
      const language = (begun: Journey) => languageOf(http, request, begun);
      const origin = http.origin(request, reply);
      const result = await advance({ id, form: { step: "continue" }, origin, sessionCookie, language });
      return answer(http, request, reply, id, result);
    },
    /** POL-3: whether the rules of today, as they are stored, still let in by what a session rests on. */
    stillLetsIn: (
      session: Readonly<{ acr: string; proofs: readonly Readonly<{ kind: string }>[] }>,
      holder: Readonly<{ category: Category; policy: unknown }>,
    ): boolean => {
      const policy = readPolicy(holder.policy);
      return isStillPermitted({
        methods: deps.methods,
        permitted: permittedMethods(policy, holder.category),
        minimumStrength: minimumStrengthOf(policy, holder.category),
        session,
      });
    },
    /** What became of a journey of this browser, for whoever began it. */
    result: (db: Db, id: string, browserHash: Buffer) => loadResult(db, id, browserHash, deps.clock.now()),
    routes: (app: FastifyInstance) => journeyRoutes(app, { ...deps, begin, advance }),
  };
}
