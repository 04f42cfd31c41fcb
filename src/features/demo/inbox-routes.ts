import type { FastifyInstance } from "fastify";
import type { Db } from "../../platform/database/index.ts";
import { formFields, type Http } from "../../platform/http/index.ts";
import type { InboxMessage } from "../../ports/inbox-message.ts";
import type { makeInvite } from "../activation/index.ts";
import { findOrganisation, type Problem } from "../organisations/index.ts";
import { inboxPage } from "./inbox-page.ts";
import { inviteFields, invitePage } from "./invite-page.ts";
import { drawDemo, viewOf } from "./page-routes.ts";
import { demoSlug } from "./prepare.ts";

export type InboxDeps = {
  db: Db;
  http: Http;
  inbox: { list(limit: number): Promise<readonly InboxMessage[]> };
  invite: ReturnType<typeof makeInvite>;
};

/** As many as the demo keeps. */
const all = 500;

/** An e-mail's own page: it styles itself, and its links lead on; nothing else. */
const letterPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/** The messages that would have been sent, and a form that sends more of them. */
export function inboxRoutes(app: FastifyInstance, deps: InboxDeps): void {
  const { http, db, inbox, invite } = deps;

  app.get<{ Querystring: { letter?: string; invited?: string } }>("/demo/inbox", async (request, reply) => {
    const { letter, invited } = request.query;
    const view = viewOf(http, request, reply);
    const shown = { messages: await inbox.list(all), letter: letter ?? null, invited: invited !== undefined };
    return drawDemo(deps, request, reply, view, inboxPage(view, shown));
  });

  app.get("/demo/inbox.json", async () => {
    const messages = await inbox.list(all);
    return messages.map(({ channel, to, subject, text, html, at }) => ({ channel, to, subject, text, html, at }));
  });

  app.get<{ Params: { id: string } }>("/demo/inbox/:id", async (request, reply) => {
    const letter = (await inbox.list(all)).find(({ id }) => id === request.params.id);
    if (!letter?.html) return http.fail(request, reply, "not-found");
    return reply.header("content-security-policy", letterPolicy).type("text/html; charset=utf-8").send(letter.html);
  });

  app.get("/demo/invite", async (request, reply) => {
    const view = viewOf(http, request, reply);
    return drawDemo(deps, request, reply, view, invitePage(view, { given: {}, problems: [] }));
  });

  app.post("/demo/invite", async (request, reply) => {
    const given = formFields(request);
    const problems = await inviteOne(given);
    if (problems.length === 0) return reply.redirect("/demo/inbox?invited", 303);
    const view = viewOf(http, request, reply);
    return drawDemo(deps, request, reply.code(400), view, invitePage(view, { given, problems }));
  });

  async function inviteOne(given: Readonly<Record<string, string>>): Promise<readonly Problem[]> {
    const organisation = await findOrganisation(db, demoSlug);
    if (!organisation) throw new Error("the demo's organisation is gone");
    const values = Object.entries(inviteFields).map(([field, name]) => [name, given[field] ?? ""]);
    const invited = await invite(organisation, Object.fromEntries(values), { actor: "operator" });
    return "problems" in invited ? invited.problems : [];
  }
}
