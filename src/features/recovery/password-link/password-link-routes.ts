import type { FastifyInstance } from "fastify";
import type { Db } from "../../../platform/database/index.ts";
import type { Http } from "../../../platform/http/index.ts";
import { translator } from "../../../platform/i18n/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import { drawOwnPage, findOpenJourney } from "../../journey/index.ts";
import { findOrganisation, loadAccount, loadOrganisation } from "../../organisations/index.ts";
import type { makeOpenLink } from "./open-link.ts";
import { openPage, overPage, sentPage } from "./pages.ts";
import { linkHash } from "./send-link.ts";
import { findLink } from "./store.ts";

type RouteDeps = {
  db: Db;
  clock: Clock;
  http: Http;
  keyring: Pick<Keyring, "hash">;
  openLink: ReturnType<typeof makeOpenLink>;
};

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Token = { Params: { token: string } };

/** `/recover/sent`, the answer for everybody, and `/recover/password/<token>`: GET changes nothing (MSG-4), the post uses the link. */
export function passwordLinkRoutes(app: FastifyInstance, { db, clock, http, keyring, openLink }: RouteDeps): void {
  app.get<{ Querystring: { organisation?: string; journey?: string } }>("/recover/sent", async (request, reply) => {
    const { organisation: slug, journey } = request.query;
    const from = idForm.test(journey ?? "") ? (journey ?? null) : null;
    const organisation = typeof slug === "string" ? await findOrganisation(db, slug) : null;
    const t = translator(http.language(request, [], organisation?.languages));
    return drawOwnPage(http, request, reply, organisation, sentPage(t, organisation, from));
  });

  app.get<Token>("/recover/password/:token", async (request, reply) => {
    const { token } = request.params;
    const link = await findLink(db, linkHash(keyring, token));
    const account = link && (await loadAccount(db, link.accountId));
    const organisation = account && (await loadOrganisation(db, account.organisationId));
    const { browserHash } = http.origin(request, reply);
    const now = clock.now();
    const begun = link?.usedAt && (await findOpenJourney(db, { browserHash, subjectId: link.id, now }));
    if (begun) return reply.redirect(`/journey/${begun}`, 303);
    const hints = account ? [account.language] : [];
    const t = translator(http.language(request, hints, organisation?.languages));
    const formToken = http.forms.token(http.cookies.browser(request.raw, reply.raw));
    const view = { t, token, formToken, organisation };
    const isLive = link && account && !link.usedAt && link.expiresAt > now && link.epoch === account.epoch;
    if (!link) reply.code(404);
    return drawOwnPage(http, request, reply, organisation, isLive ? openPage(view) : overPage(view), { hints });
  });

  app.post<Token>("/recover/password/:token", async (request, reply) => {
    const { token } = request.params;
    const id = await openLink(token, http.origin(request, reply));
    return reply.redirect(id ? `/journey/${id}` : `/recover/password/${encodeURIComponent(token)}`, 303);
  });
}
