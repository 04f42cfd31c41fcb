import type { FastifyInstance } from "fastify";
import type { Origin } from "../../../kernel/origin.ts";
import type { Http } from "../../../platform/http/index.ts";
import { inWholeSeconds } from "../../../platform/throttle/index.ts";
import { makeOpenLink, type OpenLinkDeps } from "./open-link.ts";
import { passwordLinkRoutes } from "./password-link-routes.ts";
import { type LinkSent, type LinkWish, makeSendLink, type SendLinkDeps } from "./send-link.ts";

export { sentAddress } from "./pages.ts";
export { newPasswordByLinkPurpose } from "./purpose.ts";
export type { LinkSent, LinkWish } from "./send-link.ts";
export { endPasswordLinks, sweepPasswordLinks } from "./store.ts";

/**
 * Sends links for choosing a new password (REC-1), in a transaction of its own: for a step's `attempt`, so that nothing is
 * held while its answer waits.
 */
export const makeSendPasswordLink = (deps: SendLinkDeps) => {
  const send = makeSendLink(deps);
  return (wish: LinkWish, origin: Origin): Promise<LinkSent> => inWholeSeconds(() => send(wish, origin));
};

/** The pages of the links. */
export const passwordLinks = (deps: OpenLinkDeps & { http: Http }) => ({
  routes: (app: FastifyInstance) => passwordLinkRoutes(app, { ...deps, openLink: makeOpenLink(deps) }),
});
