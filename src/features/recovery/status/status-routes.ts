import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Origin } from "../../../kernel/origin.ts";
import { formField } from "../../../platform/http/index.ts";
import { translator } from "../../../platform/i18n/index.ts";
import type { Audit } from "../../audit/index.ts";
import type { Directories } from "../../directories/index.ts";
import { drawOwnPage } from "../../journey/index.ts";
import { loadAccount } from "../../organisations/index.ts";
import { linkAnew } from "./domain/link-anew.ts";
import { eventRoutes } from "./event-routes.ts";
import { type FollowDeps, type Followed, makeFollow, type OfReset } from "./followed-routes.ts";
import { noPassPage, overPage, passPage, statusPage } from "./pages.ts";
import { makeShowPass } from "./show-pass.ts";
import type { Reset } from "./store.ts";
import type { Pace } from "./watch.ts";

export type StatusDeps = FollowDeps & {
  audit: Audit;
  directories: Pick<Directories, "takePass">;
  /** Begins to link an authenticator anew; resolves to the address of its journey, or null when that is over. */
  beginLinkAnew(reset: Reset, origin: Origin): Promise<string | null>;
  pace?: Pace;
};

/** `/recover/status/<token>`: follows a reset (REC-3). A GET changes nothing; what it shows is nobody's in particular. */
export function statusRoutes(app: FastifyInstance, deps: StatusDeps): void {
  const { db, clock, http } = deps;
  const follow = makeFollow(deps);
  const showPass = makeShowPass(deps);

  const over = (request: FastifyRequest, reply: FastifyReply) =>
    drawOwnPage(http, request, reply.code(404), null, overPage({ t: translator(http.language(request)) }));

  app.get<OfReset>("/recover/status/:token", async (request, reply) => {
    const found = await follow(request);
    if (!found) return over(request, reply);
    const { reset, organisation, path, ownBrowser } = found;
    const [view, account] = await Promise.all([found.view(), ownBrowser ? loadAccount(db, reset.accountId) : null]);
    const isSame = account?.state === "active" && account.epoch === reset.epoch;
    const linking = linkAnew({ isOwnBrowser: ownBrowser !== null, isSame, provedAt: reset.provedAt }, view.now);
    return drawOwnPage(
      http,
      request,
      reply,
      organisation,
      statusPage({ ...view, path, linkAnew: linking, ...ways(found) }),
      { reference: reset.reference },
    );
  });

  app.post<OfReset>("/recover/status/:token/pass", async (request, reply) => {
    const found = await follow(request);
    if (!found?.ownBrowser) return reply.redirect(found?.path ?? "/recover", 303);
    const { reset, organisation, path } = found;
    const shown = await showPass(reset, formField(request, "job") ?? "", http.origin(request, reply));
    if (!shown) return reply.redirect(path, 303);
    const language = http.language(request, [], organisation.languages);
    const view = { t: translator(language), language, now: clock.now(), path, ...ways(found) };
    const page = shown.pass ? passPage({ ...view, ...shown }, shown.pass) : noPassPage(view);
    return drawOwnPage(http, request, reply, organisation, page);
  });

  // Whoever changes the language there, or comes back to it, finds the list.
  app.get<OfReset>("/recover/status/:token/pass", async ({ params }, reply) =>
    reply.redirect(`/recover/status/${encodeURIComponent(params.token)}`, 303),
  );

  app.post<OfReset>("/recover/status/:token/link", async (request, reply) => {
    const found = await follow(request);
    if (!found) return reply.redirect("/recover", 303);
    const begun = found.ownBrowser && (await deps.beginLinkAnew(found.reset, http.origin(request, reply)));
    return reply.redirect(begun || found.path, 303);
  });

  eventRoutes(app, { ...deps, follow });

  const ways = ({ organisation: { slug }, fields }: Followed) => ({
    fields,
    recoverPath: `/recover?organisation=${slug}`,
    signInPath: `/sign-in?organisation=${slug}`,
  });
}
