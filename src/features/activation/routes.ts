import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isShut } from "../../kernel/account-state.ts";
import { days, minutes } from "../../kernel/time.ts";
import type { Db } from "../../platform/database/index.ts";
import { formField, type Http } from "../../platform/http/index.ts";
import { translator } from "../../platform/i18n/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import { use } from "../../platform/throttle/index.ts";
import type { Clock } from "../../ports/clock.ts";
import { drawOwnPage, findOpenJourney } from "../journey/index.ts";
import { homeOf } from "../organisations/index.ts";
import type { makeSendAgain } from "./inviting/index.ts";
import { type DeadLink, deadLinkPage, pinPage, type Saying, sayings } from "./pages.ts";
import type { makeRequestPin } from "./request-pin.ts";
import { findInvitation, type Invitation } from "./store.ts";
import type { makeSubmitPin } from "./submit-pin.ts";

export type RouteDeps = {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  http: Http;
  submitPin: ReturnType<typeof makeSubmitPin>;
  requestPin: ReturnType<typeof makeRequestPin>;
  sendAgain: ReturnType<typeof makeSendAgain>;
};

type Parameters = { Params: { token: string }; Querystring: { said?: string } };

/** `/activate/<token>`: GET draws, and changes nothing; a PIN, a wish for a new one or for a new link are posts. */
export function activationRoutes(app: FastifyInstance, deps: RouteDeps): void {
  const { db, http, keyring, clock } = deps;
  const find = (token: string) => findInvitation(db, keyring.hash("activation-link", token));
  const back = (reply: FastifyReply, token: string, said: string) =>
    reply.redirect(`/activate/${encodeURIComponent(token)}?said=${said}`, 303);

  app.get<Parameters>("/activate/:token", async (request, reply) => {
    const { token } = request.params;
    const invitation = await find(token);
    if (!invitation) return drawDead(deps, request, reply, null, "unknown");
    const { account, organisation, id } = invitation;
    // ACT-8: activation happens once; then the link leads where the person wanted to go.
    if (invitation.state === "activated")
      return reply.redirect(homeOf(account, organisation)?.url ?? `/sign-in?organisation=${organisation.slug}`, 303);
    const dead = whyDead(invitation, clock.now());
    if (dead) return drawDead(deps, request, reply, invitation, dead);
    const { browserHash } = http.origin(request, reply);
    const open = await findOpenJourney(db, { browserHash, subjectId: id, now: clock.now() });
    if (open) return reply.redirect(`/journey/${open}`, 303);
    const said = sayings.find((saying) => saying === request.query.said) ?? null;
    const page = pinPage(viewOf(deps, request, reply, invitation), invitation, said);
    return drawOwnPage(http, request, reply, organisation, page, {
      hints: [account.language],
      refused: said !== null && said !== "sent",
    });
  });

  app.post<Parameters>("/activate/:token", async (request, reply) => {
    const { token } = request.params;
    const outcome = await deps.submitPin(token, formField(request, "pin") ?? "", http.origin(request, reply));
    if (outcome.result === "verified") return reply.redirect(`/journey/${outcome.journeyId}`, 303);
    if (outcome.result === "malformed") return back(reply, token, "malformed" satisfies Saying);
    return back(reply, token, outcome.result === "refused" ? outcome.verdict : "over");
  });

  app.post<Parameters>("/activate/:token/pin", async (request, reply) => {
    const { token } = request.params;
    return back(reply, token, await deps.requestPin(token, http.origin(request, reply)));
  });

  app.post<Parameters>("/activate/:token/send-again", async (request, reply) => {
    const { token } = request.params;
    const invitation = await find(token);
    const why = invitation && whyDead(invitation, clock.now());
    if (!invitation || !why || why === "revoked") return reply.redirect(`/activate/${encodeURIComponent(token)}`, 303);
    const said = (await mayToSend(deps, invitation)) ? "sent" : "too-soon";
    if (said === "sent") await deps.sendAgain(invitation.id, { actor: "stranger" });
    return back(reply, token, said);
  });
}

/** A minute apart, five a day: enough for a person, and no way to flood a mailbox. */
async function mayToSend({ db, clock }: RouteDeps, { id }: Invitation): Promise<boolean> {
  const now = clock.now();
  if (await use(db, { key: `link-request:minute:${id}`, limit: 1, window: minutes(1) }, now)) return false;
  return !(await use(db, { key: `link-request:day:${id}`, limit: 5, window: days(1) }, now));
}

function whyDead(invitation: Invitation, now: Date): DeadLink | null {
  if (invitation.state === "revoked" || invitation.organisation.state === "closed") return "revoked";
  if (isShut(invitation.account.state)) return "revoked";
  if (invitation.replaced) return "replaced";
  if (invitation.state === "locked") return "locked";
  return now >= invitation.expiresAt ? "expired" : null;
}

function drawDead(
  deps: RouteDeps,
  request: FastifyRequest<Parameters>,
  reply: FastifyReply,
  invitation: Invitation | null,
  why: DeadLink,
): FastifyReply {
  const said = request.query.said === "sent" || request.query.said === "too-soon" ? request.query.said : null;
  const page = deadLinkPage(viewOf(deps, request, reply, invitation), why, said);
  const hints = invitation ? [invitation.account.language] : [];
  reply.code(said || why !== "unknown" ? 200 : 404);
  return drawOwnPage(deps.http, request, reply, invitation?.organisation ?? null, page, { hints });
}

function viewOf(
  { http }: RouteDeps,
  request: FastifyRequest<Parameters>,
  reply: FastifyReply,
  invitation: Invitation | null,
) {
  const hints = invitation ? [invitation.account.language] : [];
  const language = http.language(request, hints, invitation?.organisation.languages);
  return {
    language,
    t: translator(language),
    token: request.params.token,
    formToken: http.forms.token(http.cookies.browser(request.raw, reply.raw)),
  };
}
