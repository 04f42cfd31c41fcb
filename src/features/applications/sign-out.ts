import type Provider from "oidc-provider";
import type { Db } from "../../platform/database/index.ts";
import type { Actor, Audit } from "../audit/index.ts";
import { type EndedSession, endSession } from "../sessions/index.ts";
import type { Clients } from "./clients.ts";
import type { Application } from "./domain/application.ts";
import type { Found, Holder, LiveSession } from "./token-store.ts";

/** What an application may say when it signs a person out (OpenID Connect RP-Initiated Logout §2). */
export type SignOutRequest = Readonly<{
  idTokenHint: string | null;
  clientId: string | null;
  postLogoutRedirectUri: string | null;
  state: string | null;
}>;

export type SignOutPlan = Readonly<{
  application: Application | null;
  /** Where the browser goes afterwards: a registered address with the application's `state`, or our own page. */
  returnTo: string | null;
  /** The claims of the application's proof that it knows who is signed in. */
  hint: Readonly<{ sub: unknown; sid: unknown }> | null;
}>;

export type PlanDeps = {
  provider(): Provider;
  clients: Clients;
  pairwise(clientId: string, accountId: string): Promise<string>;
};

/**
 * What a sign-out request amounts to; "unfit" when it names an application, an address or a hint that is not genuine.
 * Nothing of such a request is followed.
 */
export async function planSignOut(
  { provider, clients }: PlanDeps,
  request: SignOutRequest,
): Promise<SignOutPlan | "unfit"> {
  const hinted = request.idTokenHint === null ? null : await verifyHint(provider(), request.idTokenHint);
  if (request.idTokenHint !== null && hinted === null) return "unfit";
  const clientId = hinted?.clientId ?? request.clientId;
  if (request.clientId !== null && request.clientId !== clientId) return "unfit";
  const hint = hinted && { sub: hinted.sub, sid: hinted.sid };
  if (clientId === null) return { application: null, returnTo: null, hint };
  const client = await clients.find(clientId);
  if (!client) return "unfit";
  const { application } = client;
  const uri = request.postLogoutRedirectUri;
  if (uri === null) return { application, returnTo: null, hint };
  if (!application.settings.postLogoutRedirectUris.includes(uri)) return "unfit";
  return { application, returnTo: withState(uri, request.state), hint };
}

function withState(uri: string, state: string | null): string {
  if (state === null) return uri;
  const url = new URL(uri);
  url.searchParams.set("state", state);
  return url.href;
}

/** An ID token of ours for a known application, of any age. */
async function verifyHint(provider: Provider, token: string) {
  try {
    const aud = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).aud as unknown;
    const client = typeof aud === "string" ? await provider.Client.find(aud) : undefined;
    if (!client) return null;
    const { payload } = await provider.IdToken.validate(token, client);
    return { clientId: client.clientId, sub: payload.sub, sid: payload.sid };
  } catch {
    return null; // not a token, not ours, or changed
  }
}

/** Whether the hint names the very person and session that is signed in here: then nobody need be asked. */
export async function isOwnHint(
  { pairwise }: Pick<PlanDeps, "pairwise">,
  { application, hint }: SignOutPlan,
  { session, holder }: Found,
): Promise<boolean> {
  if (!application || !hint || !session || !holder) return false;
  const { clientId, settings } = application;
  const sub = settings.subjectType === "pairwise" ? await pairwise(clientId, holder.accountId) : holder.accountId;
  const sid = session.authorizations[clientId]?.sid;
  return hint.sub === sub && sid !== undefined && (hint.sid === undefined || hint.sid === sid);
}

/** Ends a session and says so in the audit; its tokens end with its row. Null if it had ended before. */
export const makeEndSession =
  ({ db, audit }: { db: Db; audit: Audit }) =>
  (
    { session, holder }: { session: LiveSession; holder: Holder },
    { network, reference }: { network: string; reference: string },
  ): Promise<EndedSession | null> =>
    db.transaction().execute(async (tx) => {
      const { accountId, organisationId } = holder;
      const ended = await endSession(tx, accountId, session.uid);
      const actor: Actor = `account:${accountId}`;
      if (ended)
        await audit.record(tx, [
          {
            type: "session.ended",
            result: "done",
            actor,
            organisationId,
            accountId,
            network,
            reference,
            detail: { session: ended.uid, reason: "signed-out" },
          },
        ]);
      return ended;
    });

type Notifying = { backchannelLogoutUri?: string; backchannelLogout(sub: string, sid: string | null): Promise<void> };

/**
 * Tells every application of the ended sessions that listens for it (OpenID Connect Back-Channel Logout), all at once and
 * for 2.5 seconds at most. An application that can't be reached does not keep anybody signed in: its tokens are dead.
 */
export const makeNotifyLogout =
  ({ provider, log }: { provider(): Provider; log: { warn(fields: object, message: string): void } }) =>
  async (ended: readonly EndedSession[]): Promise<void> => {
    const notices = ended.flatMap(({ accountId, applications }) =>
      applications.map(({ clientId, sid }) => ({ accountId, clientId, sid })),
    );
    await Promise.all(
      notices.map(async ({ accountId, clientId, sid }) => {
        try {
          const client = await provider().Client.find(clientId);
          // The engine has the method; its types leave it out.
          const notified = client as unknown as Notifying | undefined;
          if (notified?.backchannelLogoutUri) await notified.backchannelLogout(accountId, sid);
        } catch (error) {
          log.warn({ err: error, application: clientId }, "an application was not told of a sign-out");
        }
      }),
    );
  };
