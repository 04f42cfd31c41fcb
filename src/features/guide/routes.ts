import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "../../platform/database/index.ts";
import type { Http } from "../../platform/http/index.ts";
import { translator } from "../../platform/i18n/index.ts";
import type { Clock } from "../../ports/clock.ts";
import { drawOwnPage, type Method, type StepPage } from "../journey/index.ts";
import {
  type Account,
  type Category,
  categories,
  findOrganisation,
  loadAccount,
  loadOrganisation,
  type Organisation,
  permittedMethods,
} from "../organisations/index.ts";
import { findSession } from "../sessions/index.ts";
import { type Guide, type GuideView, guides } from "./guides.ts";
import { guidePage, helpPage } from "./pages.ts";
import { problemPage } from "./problem-pages.ts";
import { type Facts, findProblem } from "./problems.ts";

export type GuideDeps = {
  db: Db;
  clock: Clock;
  http: Http;
  methods: readonly Method[];
  /** Whether people of the category can prove who they are at a recovery; null where the organisation is not known. */
  canProve(organisation: Organisation | null, category: Category): boolean;
};

type Query = { Querystring: { organisation?: string } };
type Reader = Readonly<{ organisation: Organisation | null; account: Account | null }>;

/**
 * `/help`, its problems (GUI-4) and a guide for each method (GUI-3), for whoever opens them: with an organisation, only
 * for what it permits.
 */
export function guideRoutes(app: FastifyInstance, deps: GuideDeps): void {
  app.get<Query>("/help", async (request, reply) => {
    const reader = await readerOf(deps, request);
    return draw(deps, request, reply, reader, (view) => helpPage(view, guidesFor(deps, reader), factsOf(deps, reader)));
  });

  app.get<Query & { Params: { name: string } }>("/help/problems/:name", async (request, reply) => {
    const reader = await readerOf(deps, request);
    const facts = factsOf(deps, reader);
    const problem = findProblem(request.params.name, facts);
    if (!problem) return reply.redirect(`/help${queryOf(reader)}`, 303);
    return draw(deps, request, reply, reader, (view) => problemPage(view, problem, facts));
  });

  app.get<Query & { Params: { name: string } }>("/help/:name", async (request, reply) => {
    const reader = await readerOf(deps, request);
    const found = guidesFor(deps, reader).find(({ name }) => name === request.params.name);
    if (!found) return reply.redirect(`/help${queryOf(reader)}`, 303);
    return draw(deps, request, reply, reader, (view) => guidePage(view, found));
  });
}

/** Whose rules hold: those of the organisation in the address, else of whoever is signed in. */
async function readerOf({ db, clock, http }: GuideDeps, request: FastifyRequest<Query>): Promise<Reader> {
  const slug = request.query.organisation;
  const named = typeof slug === "string" ? await findOrganisation(db, slug) : null;
  const cookie = http.cookies.read(request.raw, "session");
  const session = cookie ? await findSession(db, cookie, clock.now()) : null;
  if (!session || (named && named.id !== session.organisationId)) return { organisation: named, account: null };
  const [organisation, account] = await Promise.all([
    named ?? loadOrganisation(db, session.organisationId),
    loadAccount(db, session.accountId),
  ]);
  return { organisation, account };
}

const categoriesOf = ({ account }: Reader): readonly Category[] => (account ? [account.category] : categories);

function methodsFor({ methods }: GuideDeps, reader: Reader): readonly Method[] {
  const { organisation } = reader;
  const permitted =
    organisation && new Set(categoriesOf(reader).flatMap((each) => permittedMethods(organisation.policy, each)));
  return methods.filter(({ name, isOffered }) => (permitted?.has(name) ?? true) && (isOffered?.(organisation) ?? true));
}

const guidesFor = (deps: GuideDeps, reader: Reader): readonly Guide[] =>
  guides.filter(({ method }) => methodsFor(deps, reader).some(({ name }) => name === method));

function factsOf(deps: GuideDeps, reader: Reader): Facts {
  const { organisation } = reader;
  const methods = methodsFor(deps, reader);
  const hasPasswords = methods.some(({ signIn }) => signIn.includes("password"));
  const newPassword = organisation?.policy.password.way === "temporary" ? "order" : "link";
  return {
    methods: new Set(methods.map(({ name }) => name)),
    canReset: categoriesOf(reader).some((each) => deps.canProve(organisation, each)),
    newPassword: hasPasswords || newPassword === "order" ? newPassword : null,
    mayRemove: categoriesOf(reader).every((each) => organisation?.policy.methods[each].mayRemove ?? false),
  };
}

const queryOf = ({ organisation }: Reader): string => (organisation ? `?organisation=${organisation.slug}` : "");

function draw(
  { http }: GuideDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  reader: Reader,
  page: (view: GuideView) => StepPage,
): FastifyReply {
  const { organisation, account } = reader;
  const hints = account ? [account.language] : [];
  const t = translator(http.language(request, hints, organisation?.languages));
  return drawOwnPage(
    http,
    request,
    reply,
    organisation,
    page({ t, query: queryOf(reader), publicUrl: http.publicUrl }),
    { hints },
  );
}
