import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { formFields, type Http } from "../../platform/http/index.ts";
import { translator } from "../../platform/i18n/index.ts";
import { type Content, html } from "../../platform/pages/index.ts";
import type { makeAdvance } from "./advance.ts";
import type { makeBegin } from "./begin.ts";
import { type Facts, nextStep } from "./domain/next-step.ts";
import { factsOf } from "./facts.ts";
import type { Journey, StepPage } from "./method.ts";
import { drawPage } from "./page-routes.ts";
import {
  anotherWay,
  choosePage,
  continuePage,
  type Drawing,
  formOf,
  recoverLink,
  refusalNotice,
  refusalPage,
} from "./pages.ts";
import { type Advance, type JourneyDeps, stepsOf } from "./posted.ts";
import { loadJourney } from "./store.ts";

type RouteDeps = JourneyDeps & {
  http: Http;
  begin: ReturnType<typeof makeBegin>;
  advance: ReturnType<typeof makeAdvance>["advance"];
};

const idForm = /^[0-9a-f-]{36}$/;

/** `/journey/<id>`: GET draws the page that the rows call for; POST shows something, and leads back here or on. */
export function journeyRoutes(app: FastifyInstance, deps: RouteDeps): void {
  const { http, advance } = deps;

  app.get<{ Params: { id: string }; Querystring: { again?: string } }>("/journey/:id", async (request, reply) => {
    const { id } = request.params;
    if (!idForm.test(id)) return reply.redirect("/sign-in", 303);
    const keepsCookies = http.cookies.read(request.raw, "browser") !== null;
    const { browserHash } = http.origin(request, reply);
    const journey = await loadJourney(deps.db, { id, browserHash });
    // Another browser's, or long gone: whoever kept the address gets a sign-in page, never an error.
    if (!journey && keepsCookies) return reply.redirect("/sign-in", 303);
    // Begun a moment ago, and its cookie did not come back: without this, the two addresses would lead to each other for ever.
    if (!journey && request.query.again) return http.fail(request, reply, "cookies-needed", wayOn(http, request));
    if (!journey) return reply.redirect("/sign-in?again=yes", 303);
    return journey.endedAt ? showEnd(deps, request, reply, journey) : showStep(deps, request, reply, journey);
  });

  app.post<{ Params: { id: string } }>("/journey/:id", async (request, reply) => {
    const { id } = request.params;
    if (!idForm.test(id)) return reply.redirect("/sign-in", 303);
    const origin = http.origin(request, reply);
    const sessionCookie = http.cookies.read(request.raw, "session");
    const language = (journey: Journey) => languageOf(http, request, journey);
    const result = await advance({ id, form: formFields(request), origin, sessionCookie, language });
    return answer(http, request, reply, id, result);
  });
}

/** The language in which a journey's pages are read in a browser. */
export function languageOf(
  http: Http,
  request: FastifyRequest,
  { account, accountId, organisation, requested }: Journey,
) {
  const hints = [...(accountId && account ? [account.language] : []), ...(requested.uiLocales ?? [])];
  return http.language(request, hints, organisation?.languages);
}

const wayOn = (http: Http, request: FastifyRequest) => ({
  wayOn: { href: "/sign-in?again=yes", label: translator(http.language(request))("journey:begin-again") },
});

/** Sends the browser on to where what it has shown leads. */
export function answer(
  http: Http,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  result: Advance,
): FastifyReply {
  if (result.to === "nowhere") return reply.redirect("/sign-in", 303);
  if (result.to === "busy") {
    const label = translator(http.language(request))("common:try-again");
    return http.fail(request, reply, "busy", { wayOn: { href: `/journey/${id}`, label } });
  }
  if (result.to === "page") return reply.redirect(`/journey/${id}`, 303);
  if (result.to === "elsewhere") return reply.redirect(result.url, 303);
  const { session } = result;
  if (session)
    http.cookies.write(reply.raw, "session", session.id, session.maxAge === null ? {} : { maxAge: session.maxAge });
  return reply.redirect(result.url, 303);
}

async function showEnd(deps: RouteDeps, request: FastifyRequest, reply: FastifyReply, journey: Journey) {
  const purpose = deps.purposes.find(({ name }) => name === journey.purpose);
  if (!purpose) return reply.redirect("/sign-in", 303);
  // An activation that went on from another device ends without a session, and its person is told all the same.
  if (!purpose.donePage || (!journey.result && journey.account?.state !== "active"))
    return reply.redirect(purpose.destination(journey), 303);
  const drawing = drawingOf(deps, request, reply, journey);
  return drawPage(deps.http, request, reply, journey, purpose.donePage(drawing));
}

async function showStep(deps: RouteDeps, request: FastifyRequest, reply: FastifyReply, journey: Journey) {
  const now = deps.clock.now();
  const facts = factsOf(journey, deps.methods, now);
  const step = nextStep(facts);
  if (step.do === "refuse" && (step.reason === "expired" || step.reason === "overtaken"))
    return beginAnew(deps, request, reply, journey);
  const drawn = drawingOf(deps, request, reply, journey);
  // A refusal of no step's own stands above whatever page comes next.
  const isOwn = journey.notice?.key.startsWith("journey:") ?? false;
  const drawing = isOwn ? { ...drawn, refusal: null } : drawn;
  const draw = async (): Promise<StepPage> => {
    if (step.do === "choose") return choosePage(drawing, step, deps.methods);
    if (step.do === "refuse") return refusalPage(drawing, step.reason);
    if (step.do === "finish") return continuePage(drawing);
    const handler = stepsOf(deps).find(({ kind }) => kind === step.kind);
    if (!handler) throw new Error(`no step of kind ${step.kind}`);
    const others = nextStep({ ...facts, chosen: null });
    const back = others.do === "choose" ? anotherWay(drawing) : null;
    return handler.page({ ...drawing, form: formOf(drawing, step.kind), anotherWay: back });
  };
  const [page, alongside] = await Promise.all([draw(), drawAlongside(deps, drawing, facts)]);
  const wayBack = journey.purpose === "sign-in" && recoverLink(drawing, step.do === "ask" ? step.kind : null);
  const main = html`${isOwn && refusalNotice(drawn)}${page.main}${alongside}${wayBack}`;
  return drawPage(deps.http, request, reply, journey, { ...page, main });
}

/** What methods draw on the first page of a sign-in, whichever it is, while they are offered. */
async function drawAlongside({ methods }: RouteDeps, drawing: Drawing, facts: Facts): Promise<Content> {
  if (facts.purpose !== "sign-in" || facts.account) return null;
  const offered = methods.filter(({ name, signIn }) => {
    const step = nextStep({ ...facts, chosen: name });
    return step.do === "ask" && step.method === name && step.kind === signIn[0];
  });
  return Promise.all(
    offered.map(({ alongside, signIn }) =>
      alongside?.({ ...drawing, form: formOf(drawing, signIn[0] ?? ""), anotherWay: null }),
    ),
  );
}

/** SIN-8: a page kept too long leads on, to the same application and organisation, with nothing shown yet. */
async function beginAnew(deps: RouteDeps, request: FastifyRequest, reply: FastifyReply, journey: Journey) {
  if (journey.purpose !== "sign-in") {
    const wayOn = deps.purposes.find(({ name }) => name === journey.purpose)?.beginAgain?.(journey) ?? "/sign-in";
    const label = translator(deps.http.language(request))("journey:begin-again");
    return deps.http.fail(request, reply, "page-expired", { wayOn: { href: wayOn, label } });
  }
  const { notBefore: _stale, ...requested } = journey.requested;
  const { organisation } = journey;
  const id = await deps.begin(deps.db, {
    purpose: "sign-in",
    browserHash: deps.http.origin(request, reply).browserHash,
    // For one that has closed it would be over at once, and lead here for ever.
    organisationId: organisation?.state === "open" ? organisation.id : null,
    application: journey.application,
    returnTo: journey.returnTo,
    requested,
  });
  return reply.redirect(`/journey/${id}`, 303);
}

function drawingOf(
  { http, clock }: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  journey: Journey,
): Drawing {
  const language = languageOf(http, request, journey);
  const t = translator(language);
  return {
    journey,
    language,
    t,
    now: clock.now(),
    browser: http.origin(request, reply).browser,
    refusal: journey.notice ? t(journey.notice.key, journey.notice.parameters) : null,
    formToken: http.forms.token(http.cookies.browser(request.raw, reply.raw)),
  };
}
