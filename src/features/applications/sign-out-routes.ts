import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "../../platform/database/index.ts";
import { formTokenField, type Http } from "../../platform/http/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EndedSession, Farewell } from "../sessions/index.ts";
import type { Clients } from "./clients.ts";
import { paths } from "./engine.ts";
import { makeFrameOf, sendPage } from "./frame.ts";
import { problemPage, signedOutPage, signOutPage } from "./pages.ts";
import {
  isOwnHint,
  type makeEndSession,
  type PlanDeps,
  planSignOut,
  type SignOutPlan,
  type SignOutRequest,
} from "./sign-out.ts";
import type { Found, Holder, LiveSession } from "./token-store.ts";
import type { Reads } from "./unit-of-work.ts";

type Deps = PlanDeps & {
  db: Db;
  clock: Clock;
  http: Http;
  clients: Clients;
  reads: Reads;
  endSession: ReturnType<typeof makeEndSession>;
  notifyLogout(ended: readonly EndedSession[]): Promise<void>;
  /** Where who signs out is sent on to first, for sessions that began elsewhere. */
  farewell?: Farewell;
};

type Ending = { session: LiveSession; holder: Holder };

const confirmPath = `${paths.end_session}/confirm`;
const successPath = `${paths.end_session}/success`;

/** Sign-out for applications (RP-Initiated Logout) and for the person. */
export function signOutRoutes(app: FastifyInstance, deps: Deps): void {
  const { http, clock, reads, clients } = deps;
  const frameOf = makeFrameOf(deps);

  const current = async (request: FastifyRequest, clientId: string | null): Promise<Found | null> => {
    const id = http.cookies.read(request.raw, "session");
    return id === null ? null : reads.session({ id, clientId, now: clock.now() });
  };
  const unfit = async (request: FastifyRequest, reply: FastifyReply) => {
    const frame = await frameOf(request, null);
    return sendPage(reply.code(400), problemPage(frame, "bad-request", { reference: request.id, at: clock.now() }));
  };
  const end = async (request: FastifyRequest, reply: FastifyReply, { session, holder }: Ending, onward: string) => {
    const leave = await deps.farewell?.(session.uid);
    const { browserHash, network, reference } = http.origin(request, reply);
    const ended = await deps.endSession({ session, holder }, { network, reference });
    if (ended) await deps.notifyLogout([ended]);
    const language = http.language(request, [holder.language]);
    return (await leave?.(onward, { browserHash, language })) ?? onward;
  };
  /** Ends the session, where there is one, and leads on to where `plan` says. */
  const signOut = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { application, returnTo }: SignOutPlan,
    found: Found | null,
  ) => {
    const known = application ? `?client_id=${encodeURIComponent(application.clientId)}` : "";
    const onward = returnTo ?? `${successPath}${known}`;
    const { session = null, holder = null } = found ?? {};
    const to = session && holder ? await end(request, reply, { session, holder }, onward) : onward;
    http.cookies.clear(reply.raw, "session");
    return reply.redirect(to, 303);
  };

  const ask = async (request: FastifyRequest, reply: FastifyReply) => {
    const from = request.method === "POST" ? request.body : request.query;
    const wish = wishIn(from);
    const plan = await planSignOut(deps, wish);
    if (plan === "unfit") return unfit(request, reply);
    const found = await current(request, plan.application?.clientId ?? null);
    if (!found?.session || (await isOwnHint(deps, plan, found))) return signOut(request, reply, plan, found);
    const frame = await frameOf(request, plan.application, found.holder ? [found.holder.language] : []);
    const fields = {
      ...fieldsOf(plan, wish),
      [formTokenField]: http.forms.token(http.cookies.browser(request.raw, reply.raw)),
    };
    return sendPage(reply, signOutPage(frame, { action: confirmPath, fields }));
  };
  // Applications post here too: nothing ends without a proof of the application's or the person's own yes.
  app.route({ method: ["GET", "POST"], url: paths.end_session, config: { machine: true }, handler: ask });

  app.post(confirmPath, async (request, reply) => {
    const plan = await planSignOut(deps, { ...wishIn(request.body), idTokenHint: null });
    if (plan === "unfit") return unfit(request, reply);
    return signOut(request, reply, plan, await current(request, null));
  });
  app.get(confirmPath, (_request, reply) => reply.redirect(paths.end_session, 303));

  app.get(successPath, async (request, reply) => {
    const clientId = wishIn(request.query).clientId;
    const application = clientId === null ? null : ((await clients.find(clientId))?.application ?? null);
    return sendPage(reply, signedOutPage(await frameOf(request, application)));
  });
}

function wishIn(from: unknown): SignOutRequest {
  const given = new Map(typeof from === "object" && from !== null ? Object.entries(from) : []);
  const text = (name: string): string | null => {
    const value: unknown = given.get(name);
    return typeof value === "string" && value !== "" ? value : null;
  };
  return {
    idTokenHint: text("id_token_hint"),
    clientId: text("client_id"),
    postLogoutRedirectUri: text("post_logout_redirect_uri"),
    state: text("state"),
  };
}

/** What the confirmation needs again; it is checked again too. */
function fieldsOf({ application, returnTo }: SignOutPlan, wish: SignOutRequest): Record<string, string> {
  return {
    ...(application && { client_id: application.clientId }),
    ...(returnTo !== null &&
      wish.postLogoutRedirectUri !== null && { post_logout_redirect_uri: wish.postLogoutRedirectUri }),
    ...(returnTo !== null && wish.state !== null && { state: wish.state }),
  };
}
