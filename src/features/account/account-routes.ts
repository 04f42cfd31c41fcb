import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { formField } from "../../platform/http/index.ts";
import { translator } from "../../platform/i18n/index.ts";
import { drawOwnPage } from "../journey/index.ts";
import { findOrganisation } from "../organisations/index.ts";
import { makeBeginChangePassword } from "./change-password.ts";
import { makeEndSessions, type Which } from "./end-sessions.ts";
import { eventsPage } from "./events-page.ts";
import { makeBeginLinkMethod } from "./link-method.ts";
import { makeLoadEvents, makeLoadOverview, type Overview, parsePosition } from "./overview.ts";
import { type Done, overviewPage } from "./overview-page.ts";
import { type AccountDeps, drawWork, findSignedIn, frameOf, type SignedIn } from "./signed-in-routes.ts";
import { signedOutPage } from "./signed-out-page.ts";

const signInFirst = "/sign-in?to=account";

/** `/account` and what can be done there, and the page after signing out. */
export function accountRoutes(app: FastifyInstance, deps: AccountDeps): void {
  const { http, clock } = deps;
  const loadOverview = makeLoadOverview(deps);
  const loadEvents = makeLoadEvents(deps);
  const beginChangePassword = makeBeginChangePassword(deps);
  const beginLinkMethod = makeBeginLinkMethod(deps);
  const endSessions = makeEndSessions(deps);

  const end = async (request: FastifyRequest, reply: FastifyReply, signedIn: SignedIn, which: Which) =>
    endSessions(signedIn.session, which, http.origin(request, reply));

  app.get<{ Querystring: Told }>("/account", async (request, reply) => {
    const signedIn = await findSignedIn(deps, request);
    if (!signedIn) return reply.redirect(signInFirst, 303);
    const overview = await loadOverview(signedIn.account.id, clock.now());
    const frame = frameOf(deps, request, reply, signedIn);
    const shown = { ...overview, methods: deps.methods, done: doneOf(request.query, overview) };
    return drawWork(http, request, reply, frame, overviewPage(frame, shown));
  });

  app.get<{ Querystring: { before?: string } }>("/account/events", async (request, reply) => {
    const signedIn = await findSignedIn(deps, request);
    if (!signedIn) return reply.redirect(signInFirst, 303);
    const { before } = request.query;
    const position = typeof before === "string" ? parsePosition(before) : null;
    const page = await loadEvents(signedIn.account.id, { show: 50, ...(position && { before: position }) });
    const frame = frameOf(deps, request, reply, signedIn);
    return drawWork(http, request, reply, frame, eventsPage(frame, page));
  });

  app.post("/account/password", async (request, reply) => {
    const signedIn = await findSignedIn(deps, request);
    if (!signedIn) return reply.redirect(signInFirst, 303);
    const { browserHash } = http.origin(request, reply);
    return reply.redirect(await beginChangePassword(signedIn.account, signedIn.session, browserHash), 303);
  });

  app.post("/account/link", async (request, reply) => {
    const signedIn = await findSignedIn(deps, request);
    if (!signedIn) return reply.redirect(signInFirst, 303);
    const { browserHash } = http.origin(request, reply);
    const method = formField(request, "method") ?? "";
    return reply.redirect((await beginLinkMethod({ ...signedIn, method }, browserHash)) ?? "/account", 303);
  });

  app.post("/account/sessions/end", async (request, reply) => {
    const signedIn = await findSignedIn(deps, request);
    if (!signedIn) return reply.redirect(signInFirst, 303);
    const uid = formField(request, "uid") ?? "";
    if (uid === signedIn.session.uid) return signOut(deps, request, reply, signedIn, end);
    const count = await end(request, reply, signedIn, { end: "other", uid });
    return reply.redirect(count > 0 ? "/account?ended=session" : "/account", 303);
  });

  app.post("/account/sessions/end-others", async (request, reply) => {
    const signedIn = await findSignedIn(deps, request);
    if (!signedIn) return reply.redirect(signInFirst, 303);
    await end(request, reply, signedIn, { end: "others" });
    return reply.redirect("/account?ended=others", 303);
  });

  app.post("/account/sign-out", async (request, reply) => {
    const signedIn = await findSignedIn(deps, request);
    return signOut(deps, request, reply, signedIn, end);
  });

  app.get<{ Querystring: { organisation?: string; in?: string } }>("/signed-out", async (request, reply) => {
    const { organisation: slug, in: known } = request.query;
    const hints = typeof known === "string" ? [known] : [];
    const organisation = typeof slug === "string" ? await findOrganisation(deps.db, slug) : null;
    const language = http.language(request, hints, organisation?.languages);
    const page = signedOutPage({ organisation, language, t: translator(language) });
    return drawOwnPage(http, request, reply, organisation, page, { hints });
  });
}

/** Who has no live session is signed out already, and gets to the same page. */
async function signOut(
  { http, farewell }: Pick<AccountDeps, "http" | "farewell">,
  request: FastifyRequest,
  reply: FastifyReply,
  signedIn: SignedIn | null,
  end: (request: FastifyRequest, reply: FastifyReply, signedIn: SignedIn, which: Which) => Promise<number>,
): Promise<FastifyReply> {
  if (!signedIn) {
    http.cookies.clear(reply.raw, "session");
    return reply.redirect("/signed-out", 303);
  }
  const { session, account, organisation } = signedIn;
  const leave = await farewell?.(session.uid);
  await end(request, reply, signedIn, { end: "own" });
  http.cookies.clear(reply.raw, "session");
  const onward = `/signed-out?organisation=${organisation.slug}&in=${account.language}`;
  const language = http.language(request, [account.language], organisation.languages);
  const { browserHash } = http.origin(request, reply);
  return reply.redirect((await leave?.(onward, { browserHash, language })) ?? onward, 303);
}

/** What was done, told in the address so that a reload posts nothing. */
type Told = { changed?: string; ended?: string; linked?: string; removed?: string };

function doneOf({ changed, ended, linked, removed }: Told, { authenticators }: Overview): Done {
  if (changed === "password") return "password";
  if (removed === "yes") return "removed";
  if (authenticators.some(({ method }) => method === linked)) return "linked";
  return ended === "session" || ended === "others" ? ended : null;
}
