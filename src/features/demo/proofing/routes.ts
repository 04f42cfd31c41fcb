import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { formFields, formTokenField, type Http } from "../../../platform/http/index.ts";
import { translator } from "../../../platform/i18n/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import { findDocument } from "./documents.ts";
import { closedPage, documentsPage, type ProofingView } from "./pages.ts";
import { callbackOf, proofingKey } from "./registration.ts";
import { type Done, makeSessions, readWanted } from "./sessions.ts";
import { isSigned } from "./signature.ts";

export type ProofingDeps = Readonly<{ http: Http; clock: Clock; random: Random; keyring: Pick<Keyring, "hash"> }>;

type OfSession = { Params: { session: string } };

/** The proofing service's page, and its machine interface as Candour's. */
export function proofingRoutes(app: FastifyInstance, deps: ProofingDeps): void {
  const { http, clock, keyring } = deps;
  const sessions = makeSessions(deps);
  const { clientId, secret } = proofingKey(keyring);
  const callback = callbackOf(http.publicUrl);

  const view = (request: FastifyRequest): ProofingView => {
    const language = http.language(request);
    return { language, t: translator(language), languageLinks: http.languageLinks(request) };
  };
  const send = (reply: FastifyReply, page: string) => reply.type("text/html; charset=utf-8").send(page);
  const closed = (request: FastifyRequest, reply: FastifyReply) => send(reply.code(404), closedPage(view(request)));

  app.get<{ Querystring: { invitationGuid?: string } }>("/demo/proofing/invitation", async (request, reply) => {
    const session = sessions.invited(String(request.query.invitationGuid));
    if (!session) return closed(request, reply);
    const token = http.forms.token(http.cookies.browser(request.raw, reply.raw));
    const fields = { invitationGuid: session.invitation, [formTokenField]: token };
    return send(reply, documentsPage(view(request), { fields, service: new URL(callback).host }));
  });

  app.post("/demo/proofing/invitation", async (request, reply) => {
    const { invitationGuid = "", document = "", cancel } = formFields(request);
    const session = sessions.invited(invitationGuid);
    if (!session) return closed(request, reply);
    const done = cancel === undefined ? doneBy(document) : "cancelled";
    if (!done) return http.fail(request, reply, "bad-request");
    sessions.finish(session.id, done);
    return reply.redirect(session.wanted.callbackUrl, 303);
  });

  // Signatures are over the bytes that were sent, so here they stay bytes.
  app.register(async (api) => {
    const config = { machine: true };
    api.removeContentTypeParser("application/json");
    api.addContentTypeParser(
      "application/json",
      { parseAs: "buffer" },
      async (_request: unknown, body: Buffer) => body,
    );

    const isOurs = ({ headers }: FastifyRequest, message: Buffer | string) =>
      headers["x-auth-client"] === clientId && isSigned(message, headers["x-hmac-signature"], secret);
    const refuse = (reply: FastifyReply, status: 400 | 401 | 404) => reply.code(status).send({ status });

    api.post("/demo/proofing/v1", { config }, async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      if (!isOurs(request, body)) return refuse(reply, 401);
      const wanted = readWanted(body.toString(), clock.now());
      // Nobody is sent elsewhere from here.
      if (!wanted?.callbackUrl.startsWith(`${callback}?`)) return refuse(reply, 400);
      const { id, invitation } = sessions.open(wanted);
      const invitationLink = `${http.publicUrl}/demo/proofing/invitation?invitationGuid=${invitation}`;
      return { verificationSessionId: id, invitationLink };
    });
    api.get<OfSession>("/demo/proofing/v1/:session", { config }, async (request, reply) => {
      const { session } = request.params;
      if (!isOurs(request, session)) return refuse(reply, 401);
      return sessions.read(session) ?? refuse(reply, 404);
    });
    api.delete<OfSession>("/demo/proofing/v1/:session", { config }, async (request, reply) => {
      const { session } = request.params;
      if (!isOurs(request, session)) return refuse(reply, 401);
      return sessions.erase(session) ? {} : refuse(reply, 404);
    });
  });
}

function doneBy(chosen: string): Done | null {
  if (chosen === "another-face") return chosen;
  const document = findDocument(chosen);
  return document && { document };
}
