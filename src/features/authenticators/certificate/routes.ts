import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hours } from "../../../kernel/time.ts";
import { formTokenField, type Http } from "../../../platform/http/index.ts";
import { translator } from "../../../platform/i18n/index.ts";
import { use } from "../../../platform/throttle/index.ts";
import type { Audit } from "../../audit/index.ts";
import { type Arrival, drawOwnPage, type StepPage } from "../../journey/index.ts";
import { makeArrive } from "./arrive.ts";
import type { Cards, CertificateDeps } from "./certificate-deps.ts";
import { certificateHeaders } from "./domain/client-cert-header.ts";
import { makeLeave } from "./leave.ts";
import { makeReportSpoof } from "./spoof.ts";
import { testedPage, testOffPage, testPage } from "./test-page.ts";

export type CertificateRouteDeps = CertificateDeps &
  Readonly<{
    http: Http;
    audit: Audit;
    /** Certificates come in a header of proxies: then nobody else may send one. */
    behindProxy: boolean;
    arrive(
      request: FastifyRequest,
      reply: FastifyReply,
      arrival: Pick<Arrival, "id" | "kind" | "attempt">,
    ): Promise<FastifyReply>;
  }>;

const codeForm = /^[\w-]{43}$/;

/** Tests of cards from one network in an hour: a whole office may sit behind one address. */
const testsPerHour = 120;

/** `/certificate/return`, where browsers come back from the card listener, and `/test/certificate` (USR-5). */
export function certificateRoutes(app: FastifyInstance, deps: CertificateRouteDeps): void {
  if (deps.behindProxy) refuseHeaders(app, deps);
  if (deps.cards) {
    returnRoute(app, { ...deps, cards: deps.cards });
    testRoute(app, { ...deps, cards: deps.cards });
  }
  app.get("/test/certificate", async (request, reply) => {
    const page = deps.cards ? testPage : testOffPage;
    const { cookies, forms } = deps.http;
    const fields = { [formTokenField]: forms.token(cookies.browser(request.raw, reply.raw)) };
    return draw(deps.http, request, reply, (view) => page(view, { fields }));
  });
}

type View = Parameters<typeof testedPage>[0];

function draw(http: Http, request: FastifyRequest, reply: FastifyReply, page: (view: View) => StepPage): FastifyReply {
  const language = http.language(request);
  return drawOwnPage(http, request, reply, null, page({ t: translator(language), language }));
}

function returnRoute(app: FastifyInstance, deps: CertificateRouteDeps & { cards: Cards }): void {
  const { db, http, audit } = deps;
  const arrive = makeArrive(deps);
  app.get<{ Querystring: { code?: unknown } }>("/certificate/return", async (request, reply) => {
    const { code } = request.query;
    const { browserHash, network, reference } = http.origin(request, reply);
    if (typeof code !== "string" || !codeForm.test(code)) return reply.redirect("/sign-in?again=yes", 303);
    const came = await arrive({ code, browserHash });
    if (came.to === "judge") return deps.arrive(request, reply, came);
    if (came.to === "journey") return reply.redirect(`/journey/${came.id}`, 303);
    if (came.to === "test") {
      const { shown } = came;
      if (!shown) return reply.redirect("/test/certificate", 303);
      return draw(http, request, reply, (view) => testedPage(view, shown));
    }
    if (came.foreign)
      await db.transaction().execute((tx) =>
        audit.record(tx, [
          {
            type: "certificate.refused",
            result: "refused",
            actor: "stranger",
            organisationId: null,
            network,
            reference,
            detail: { reason: "another-browser" },
          },
        ]),
      );
    return reply.redirect("/sign-in?again=yes", 303);
  });
}

function testRoute(app: FastifyInstance, deps: CertificateRouteDeps & { cards: Cards }): void {
  const { db, clock, http } = deps;
  const leave = makeLeave(deps);
  app.post("/test/certificate", async (request, reply) => {
    const { browserHash, network } = http.origin(request, reply);
    const limit = { key: `certificate-test ${network}`, limit: testsPerHour, window: hours(1) };
    if (await use(db, limit, clock.now())) return http.fail(request, reply, "too-many-requests");
    return reply.redirect(await leave(db, { browserHash, journeyId: null, kind: "test" }), 303);
  });
}

/** T37: a header that only the proxies of the card listener may send has no business here, whatever it holds. */
function refuseHeaders(app: FastifyInstance, deps: CertificateRouteDeps): void {
  const { http } = deps;
  const report = makeReportSpoof(deps);
  app.addHook("onRequest", async (request, reply) => {
    if (!certificateHeaders.some((name) => request.headers[name] !== undefined)) return;
    const { network, reference } = http.origin(request, reply);
    await report({ network, where: "public", reference });
    return http.fail(request, reply, "bad-request");
  });
}
