import type { FastifyInstance, FastifyRequest } from "fastify";
import { hours } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import { formField, type Http } from "../../platform/http/index.ts";
import { translator } from "../../platform/i18n/index.ts";
import { use } from "../../platform/throttle/index.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Beginning, drawOwnPage, loadJourney, nameJourney, sourceOf } from "../journey/index.ts";
import { findOrganisation, findOrganisationByDomain, nameKey, type Organisation } from "../organisations/index.ts";
import { beginPage, recoverAddress, supportPage } from "./pages.ts";

export type RecoveryRouteDeps = Readonly<{
  db: Db;
  clock: Clock;
  http: Http;
  begin(tx: Tx | Db, beginning: Beginning): Promise<string>;
}>;

type Query = { Querystring: { organisation?: string; journey?: string } };

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whole companies stand behind one address. */
const perNetwork = { limit: 120, window: hours(1) } as const;

/** `/recover`: one question, and the journey that it begins. Nothing here looks at accounts (REC-6). */
export function recoveryRoutes(app: FastifyInstance, { db, clock, http, begin }: RecoveryRouteDeps): void {
  const organisationOf = async ({ query }: FastifyRequest<Query>): Promise<Organisation | null> => {
    const found = typeof query.organisation === "string" ? await findOrganisation(db, query.organisation) : null;
    return found?.state === "open" ? found : null;
  };
  const viewOf = (request: FastifyRequest<Query>, organisation: Organisation | null) => ({
    t: translator(http.language(request, [], organisation?.languages)),
    organisation,
    from: idForm.test(request.query.journey ?? "") ? (request.query.journey ?? null) : null,
  });

  app.get<Query>("/recover", async (request, reply) => {
    const organisation = await organisationOf(request);
    const formToken = http.forms.token(http.cookies.browser(request.raw, reply.raw));
    const page = beginPage({ ...viewOf(request, organisation), formToken, refused: null });
    return drawOwnPage(http, request, reply, organisation, page);
  });

  app.post<Query>("/recover", async (request, reply) => {
    const origin = http.origin(request, reply);
    const { browserHash } = origin;
    const given = await organisationOf(request);
    const view = viewOf(request, given);
    const wayOn = { href: recoverAddress(given), label: view.t("common:try-again") };
    if (await use(db, { key: `recover:${await sourceOf(db, origin)}`, ...perNetwork }, clock.now()))
      return http.fail(request, reply, "too-many-requests", { wayOn });
    const typed = (formField(request, "email") ?? "").trim();
    if (nameKey(typed) === null) {
      const formToken = http.forms.token(http.cookies.browser(request.raw, reply.raw));
      const page = beginPage({ ...view, formToken, refused: typed.slice(0, 254) });
      return drawOwnPage(http, request, reply.code(400), given, page, { refused: true });
    }
    const organisation = given ?? (await findOrganisationByDomain(db, typed));
    const from = view.from ? await loadJourney(db, { id: view.from, browserHash }) : null;
    const comesFrom = from?.purpose === "sign-in" ? from : null;
    const { applicationName, uiLocales } = comesFrom?.requested ?? {};
    if (comesFrom) await nameJourney(db, comesFrom.id, typed);
    const journeyId = await begin(db, {
      purpose: "recovery",
      browserHash,
      organisationId: organisation?.id ?? null,
      application: comesFrom?.application ?? null,
      // Its page knows the way to the application, and begins anew by itself once it is over.
      returnTo: comesFrom && `/journey/${comesFrom.id}`,
      requested: { loginHint: typed, ...(applicationName && { applicationName }), ...(uiLocales && { uiLocales }) },
    });
    return reply.redirect(`/journey/${journeyId}`, 303);
  });

  app.get<Query>("/recover/support", async (request, reply) => {
    const organisation = await organisationOf(request);
    const { t } = viewOf(request, organisation);
    return drawOwnPage(http, request, reply, organisation, supportPage(t, organisation));
  });
}
