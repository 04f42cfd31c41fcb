import { parseCookie, stringifySetCookie } from "cookie";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "../../platform/database/index.ts";
import { formField, type Http } from "../../platform/http/index.ts";
import type { Random } from "../../ports/random.ts";
import { signedInPage, welcomePage } from "./application-page.ts";
import { drawDemo, viewOf } from "./page-routes.ts";
import { isWish, makeRelyingParty } from "./relying-party.ts";
import { makeVisits, type Visit } from "./visits.ts";

export type ApplicationDeps = { db: Db; http: Http; random: Random };

const cookieName = "vahva_demo";

/** The demo application. It knows the service by its public address alone, as any other application does. */
export function applicationRoutes(app: FastifyInstance, deps: ApplicationDeps): void {
  const { http } = deps;
  const visits = makeVisits(deps);
  const party = makeRelyingParty(http);

  const idOf = (request: FastifyRequest): string | null =>
    parseCookie(request.headers.cookie ?? "")[cookieName] ?? null;
  const visitOf = (request: FastifyRequest): Visit =>
    visits.find(idOf(request)) ?? { pending: null, signedIn: null, failure: null };
  const keep = (request: FastifyRequest, reply: FastifyReply, visit: Visit): void => {
    visits.end(idOf(request));
    const attributes = { path: "/demo", httpOnly: true, sameSite: "lax", secure: http.cookies.secure } as const;
    const value = visits.start(visit);
    reply.raw.appendHeader("set-cookie", stringifySetCookie({ name: cookieName, value, ...attributes }));
  };

  app.get<{ Querystring: { state?: string } }>("/demo", async (request, reply) => {
    const { signedIn, failure } = visitOf(request);
    const view = viewOf(http, request, reply);
    const parts = signedIn
      ? signedInPage(view, { signedIn, failure })
      : welcomePage(view, { failure, signedOut: request.query.state === "signed-out" });
    return drawDemo(deps, request, reply, view, parts);
  });

  app.get<{ Querystring: { ask?: string } }>("/demo/sign-in", async (request, reply) => {
    const { ask = "" } = request.query;
    const { url, pending } = await party.begin(isWish(ask) ? ask : "", http.language(request));
    keep(request, reply, { ...visitOf(request), pending, failure: null });
    return reply.redirect(url, 303);
  });

  app.get("/demo/callback", async (request, reply) => {
    const visit = visitOf(request);
    // Opened again by Back or from a bookmark: there is nothing to redeem.
    if (!visit.pending) return reply.redirect("/demo", 303);
    const result = await party.finish(request.url, visit.pending);
    const next =
      "idToken" in result ? { signedIn: result, failure: null } : { signedIn: visit.signedIn, failure: result };
    keep(request, reply, { pending: null, ...next });
    return reply.redirect("/demo", 303);
  });

  app.post("/demo/sign-out", async (request, reply) => {
    const { signedIn } = visitOf(request);
    visits.end(idOf(request));
    return reply.redirect(signedIn ? await party.signOutUrl(signedIn.idToken) : "/demo", 303);
  });

  app.post("/demo/backchannel", { config: { machine: true } }, async (request, reply) => {
    const told = await party.readLogoutToken(formField(request, "logout_token") ?? "");
    if (!told) return reply.code(400).send({ error: "invalid_request" });
    visits.endOf(told);
    return reply.code(200).send();
  });
}
