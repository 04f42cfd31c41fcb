import type { FastifyInstance } from "fastify";
import { isShut } from "../../../kernel/account-state.ts";
import type { Instant } from "../../../kernel/time.ts";
import type { Http } from "../../../platform/http/index.ts";
import { translator } from "../../../platform/i18n/index.ts";
import { drawOwnPage } from "../../journey/index.ts";
import { findNoticeLink, type NoticeLink, noticeTokenHash } from "../../messages/index.ts";
import { type Account, loadAccount, loadOrganisation } from "../../organisations/index.ts";
import { type FreezeDeps, makeFreezeByLink } from "./freeze-account.ts";
import { type NotMe, notMePage } from "./not-me-page.ts";

type Parameters = { Params: { token: string } };

/** `/not-me/<token>`: GET says what the link of a notice will do, and changes nothing (MSG-4); the post freezes. */
export function notMeRoutes(app: FastifyInstance, deps: FreezeDeps & { http: Http }): void {
  const { db, http, keyring, clock } = deps;
  const freezeByLink = makeFreezeByLink(deps);

  app.get<Parameters>("/not-me/:token", async (request, reply) => {
    const { token } = request.params;
    const link = await findNoticeLink(db, noticeTokenHash(keyring, token));
    const account = link && (await loadAccount(db, link.accountId));
    const organisation = account && (await loadOrganisation(db, account.organisationId));
    const hints = account ? [account.language] : [];
    const language = http.language(request, hints, organisation?.languages);
    const formToken = http.forms.token(http.cookies.browser(request.raw, reply.raw));
    const view = { t: translator(language), language, token, formToken };
    if (!link) reply.code(404);
    return drawOwnPage(http, request, reply, organisation, notMePage(view, whatOf(link, account, clock.now())), {
      hints,
    });
  });

  app.post<Parameters>("/not-me/:token", async (request, reply) => {
    const { token } = request.params;
    await freezeByLink(token, http.origin(request, reply));
    return reply.redirect(`/not-me/${encodeURIComponent(token)}`, 303);
  });
}

/** A link tells what became of its account only where it could have frozen it itself. */
function whatOf(link: NoticeLink | null, account: Account | null, now: Instant): NotMe {
  if (!link || !account || link.expiresAt <= now) return { shows: "over" };
  if (account.state === "frozen") return { shows: "frozen" };
  if (link.usedAt || isShut(account.state)) return { shows: "over" };
  return { shows: "offer", event: link.event, at: link.createdAt };
}
