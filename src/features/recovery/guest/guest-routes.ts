import type { FastifyInstance } from "fastify";
import type { Http } from "../../../platform/http/index.ts";
import { translator } from "../../../platform/i18n/index.ts";
import { drawOwnPage } from "../../journey/index.ts";
import { findOrganisation, loadAccount, loadOrganisation } from "../../organisations/index.ts";
import type { RecoveryDeps } from "../recovery-deps.ts";
import { confirmationHash } from "./ask-support.ts";
import { askedPage, type ConfirmView, confirmedPage, confirmPage, overPage } from "./pages.ts";

type GuestRouteDeps = Pick<RecoveryDeps, "db" | "clock" | "keyring" | "cases"> & Readonly<{ http: Http }>;

type Token = { Params: { token: string } };

/**
 * `/recover/guest`, the answer for everybody, and `/recover/guest/<token>`: GET shows what was written and changes nothing
 * (MSG-4); the post confirms that its writer reads the address.
 */
export function guestRoutes(app: FastifyInstance, deps: GuestRouteDeps): void {
  const { db, clock, http, keyring, cases } = deps;

  app.get<{ Querystring: { organisation?: string } }>("/recover/guest", async (request, reply) => {
    const slug = request.query.organisation;
    const organisation = typeof slug === "string" ? await findOrganisation(db, slug) : null;
    const t = translator(http.language(request, [], organisation?.languages));
    return drawOwnPage(http, request, reply, organisation, askedPage(t, organisation));
  });

  const pageOf = async (tokenHash: Buffer, view: ConfirmView) => {
    const found = await cases.findByToken(db, tokenHash);
    if (found?.state === "unconfirmed" && found.expiresAt && found.expiresAt > clock.now())
      return confirmPage(view, (await cases.read(db, found)).message ?? "");
    // Another message of the same person may be the one that waits.
    const open = found?.confirmedAt && (await cases.findOpen(db, found.accountId, "guest"));
    return open ? confirmedPage(view, open.reference) : overPage(view);
  };

  app.get<Token>("/recover/guest/:token", async (request, reply) => {
    const { token } = request.params;
    const tokenHash = confirmationHash(keyring, token);
    const found = await cases.findByToken(db, tokenHash);
    const account = found && (await loadAccount(db, found.accountId));
    const organisation = found && (await loadOrganisation(db, found.organisationId));
    const hints = account ? [account.language] : [];
    const t = translator(http.language(request, hints, organisation?.languages));
    const formToken = http.forms.token(http.cookies.browser(request.raw, reply.raw));
    if (!found) reply.code(404);
    const page = await pageOf(tokenHash, { t, token, formToken, organisation });
    return drawOwnPage(http, request, reply, organisation, page, { hints });
  });

  app.post<Token>("/recover/guest/:token", async (request, reply) => {
    const { token } = request.params;
    await cases.confirmAddress(confirmationHash(keyring, token), http.origin(request, reply));
    return reply.redirect(`/recover/guest/${encodeURIComponent(token)}`, 303);
  });
}
