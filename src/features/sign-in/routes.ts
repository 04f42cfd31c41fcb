import type { FastifyInstance } from "fastify";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Http } from "../../platform/http/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Beginning } from "../journey/index.ts";
import { findOrganisation, homeOf, loadAccount } from "../organisations/index.ts";
import { findSession } from "../sessions/index.ts";

type RouteDeps = {
  db: Db;
  clock: Clock;
  http: Http;
  begin(tx: Tx | Db, beginning: Beginning): Promise<string>;
  start: string;
};

type Query = {
  Querystring: { organisation?: string; to?: string; login_hint?: string; method?: string; again?: string };
};

/**
 * `/sign-in` begins a journey and leads to it; who is signed in already goes where they wanted to. `to=account` leads to
 * the person's own page instead of the home application, `method=password` to the page of a method.
 */
export function signInRoutes(app: FastifyInstance, { db, clock, http, begin, start }: RouteDeps): void {
  app.get("/", async (_request, reply) => reply.redirect(start, 303));

  app.get<Query>("/sign-in", async (request, reply) => {
    const { organisation: slug, to, login_hint: hint, method } = request.query;
    const organisation = slug ? await findOrganisation(db, slug) : null;
    const cookie = http.cookies.read(request.raw, "session");
    const session = cookie ? await findSession(db, cookie, clock.now()) : null;
    if (session && (!organisation || organisation.id === session.organisationId)) {
      const account = to === "account" ? null : await loadAccount(db, session.accountId);
      const home = account && (organisation ?? (await findOrganisation(db, account.organisationId)));
      return reply.redirect((home && homeOf(account, home)?.url) ?? "/account", 303);
    }
    const journeyId = await begin(db, {
      purpose: "sign-in",
      browserHash: http.origin(request, reply).browserHash,
      organisationId: organisation?.id ?? null,
      method: typeof method === "string" ? method.slice(0, 30) : null,
      returnTo: to === "account" ? "/account" : null,
      requested: typeof hint === "string" ? { loginHint: hint.slice(0, 254) } : {},
    });
    return reply.redirect(`/journey/${journeyId}${request.query.again ? "?again=yes" : ""}`, 303);
  });
}
