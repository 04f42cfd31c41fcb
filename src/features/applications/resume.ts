import type { AdapterPayload } from "oidc-provider";
import { isMet } from "./domain/requirement.ts";
import { authTimeOf, type EngineTime } from "./engine-time.ts";
import type { StoredInteraction } from "./interaction-cookie.ts";
import type { SignIn, SignInResult } from "./sign-in.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** What the engine is told of the sign-in. */
type Told = Readonly<Record<string, unknown>>;

export type Resumption =
  /** The journey goes on: the browser came back too early. */
  { go: "journey"; url: string } | { go: "engine"; interaction: AdapterPayload };

type Parts = { signIn: SignIn; time: EngineTime };
type Resumed = { uid: string; returnTo: string; interaction: StoredInteraction; cookie: string | null };

/**
 * What came of the sign-in that a request waits for. The live session is the witness: if it meets all that was asked,
 * that is the answer, and the journey need not be looked up. So a sign-in counts wherever it was finished, in this tab
 * or another, and never counts for more than the session shows.
 */
export async function resume(
  { signIn, time }: Parts,
  work: UnitOfWork,
  { uid, returnTo, interaction, cookie }: Resumed,
): Promise<Resumption> {
  const session = cookie === null ? null : await work.session(cookie);
  const holder = session && work.holderOf(session.uid);
  const { journey, requirement } = interaction;
  const answer = (told: Told): Resumption => ({
    go: "engine",
    interaction: payloadOf({ uid, returnTo, interaction, told }, time),
  });
  if (session && holder) {
    const { acr, amr, authenticatedAt } = session;
    const signedIn = { acr, authenticatedAt, organisationId: holder.organisationId };
    if (isMet(requirement, signedIn))
      return answer(login({ accountId: holder.accountId, acr, amr, ts: authTimeOf(authenticatedAt) }));
  }
  const result: SignInResult = await signIn.result(journey.id, work.edge.browserHash());
  switch (result.state) {
    case "open":
      return { go: "journey", url: journey.url };
    case "cancelled":
      return answer({ error: "access_denied", error_description: "the person turned back" });
    case "unmet":
      return answer({
        error: "unmet_authentication_requirements",
        error_description: "the person can't sign in as strongly as requested",
      });
    // Without a session that fits there is nothing to stand on, whatever the journey says: the person is asked anew.
    case "done":
    case "expired":
      return answer({});
  }
}

const login = (login: { accountId: string; acr: string; amr: readonly string[]; ts: number }): Told => ({
  login,
  select_account: {},
});

function payloadOf(
  { uid, returnTo, interaction, told }: Omit<Resumed, "cookie"> & { told: Told },
  time: EngineTime,
): AdapterPayload {
  const { params, trusted, cid, parJti, createdAt, expiresAt } = interaction;
  return {
    jti: uid,
    kind: "Interaction",
    iat: time.toSeconds(createdAt),
    exp: time.toSeconds(expiresAt),
    params,
    returnTo,
    // What failed or is missing is not a result: the engine then asks for the sign-in again.
    ...(Object.keys(told).length > 0 && { result: told }),
    ...(trusted && { trusted }),
    ...(cid !== undefined && { cid }),
    ...(parJti !== undefined && { parJti }),
  } as AdapterPayload; // the engine's own names, which its types list only in part
}
