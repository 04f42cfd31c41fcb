import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "../../platform/database/index.ts";
import type { Http } from "../../platform/http/index.ts";
import { translator } from "../../platform/i18n/index.ts";
import type { Clock } from "../../ports/clock.ts";
import { drawOwnPage, type Method, type StepPage } from "../journey/index.ts";
import {
  type Account,
  categories,
  findOrganisation,
  loadAccount,
  loadOrganisation,
  type Organisation,
  permittedMethods,
} from "../organisations/index.ts";
import { findSession } from "../sessions/index.ts";
import { type Guide, guides } from "./guides.ts";
import { type GuideView, guidePage, guidesPage } from "./pages.ts";

export type GuideDeps = { db: Db; clock: Clock; http: Http; methods: readonly Method[] };

type Query = { Querystring: { organisation?: string } };
type Reader = Readonly<{ organisation: Organisation | null; account: Account | null }>;

/** `/help` and a guide for each method, for whoever opens them: with an organisation, only for what it permits (GUI-3). */
export function guideRoutes(app: FastifyInstance, deps: GuideDeps): void {
  app.get<Query>("/help", async (request, reply) => {
    const reader = await readerOf(deps, request);
    return draw(deps, request, reply, reader, (view) => guidesPage(view, guidesFor(deps, reader)));
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

function guidesFor({ methods }: GuideDeps, { organisation, account }: Reader): readonly Guide[] {
  const own = account ? [account.category] : categories;
  const permitted = organisation && new Set(own.flatMap((each) => permittedMethods(organisation.policy, each)));
  const offered = methods.filter(
    ({ name, isOffered }) => (permitted?.has(name) ?? true) && (isOffered?.(organisation) ?? true),
  );
  return guides.filter(({ method }) => offered.some(({ name }) => name === method));
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
  return drawOwnPage(http, request, reply, organisation, page({ t, query: queryOf(reader) }), { hints });
}
