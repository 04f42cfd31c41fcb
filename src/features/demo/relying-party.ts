import { createRemoteJWKSet, jwtVerify } from "jose";
import * as client from "openid-client";
import { demoClientId } from "./prepare.ts";

/** What the application asks of the sign-in besides a sign-in. */
export const wishes = {
  "": {},
  again: { prompt: "login" },
  recent: { max_age: "60" },
  aal2: { acr_values: "aal2" },
  aal3: { acr_values: "aal3" },
} as const satisfies Record<string, Record<string, string>>;

export type Wish = keyof typeof wishes;

export const isWish = (value: string): value is Wish => Object.hasOwn(wishes, value);

/** What the application must remember while the person is away signing in. */
export type Pending = Readonly<{ state: string; nonce: string; verifier: string; wish: Wish }>;

export type Claims = Readonly<Record<string, unknown>>;

export type SignedIn = Readonly<{
  idToken: string;
  /** Of the ID token: who, and how the sign-in happened. */
  claims: Claims & { sub: string };
  /** Of the userinfo endpoint: what the scopes tell. */
  userinfo: Claims;
}>;

/** Why a sign-in came to nothing: an error of OAuth, or our own words for what is none. */
export type Failure = Readonly<{ code: string; description: string | null }>;

export type RelyingParty = ReturnType<typeof makeRelyingParty>;

/** An OpenID Connect client such as any application has: it knows the issuer's address, its own id, and nothing else. */
export function makeRelyingParty({ publicUrl }: { publicUrl: string }) {
  let found: Promise<client.Configuration> | null = null;
  const discover = (): Promise<client.Configuration> => {
    found ??= client
      .discovery(new URL(publicUrl), demoClientId, { [client.clockTolerance]: 30 }, client.None(), {
        // The demo is served on this machine only, where http is as good.
        execute: publicUrl.startsWith("http:") ? [client.allowInsecureRequests] : [],
      })
      .catch((error: unknown) => {
        found = null;
        throw error;
      });
    return found;
  };
  let keys: ReturnType<typeof createRemoteJWKSet> | null = null;

  return {
    /** The address at which the person signs in, and what to remember until they are back. */
    async begin(wish: Wish, language: string): Promise<{ url: string; pending: Pending }> {
      const configuration = await discover();
      const pending = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
        wish,
      };
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: `${publicUrl}/demo/callback`,
        scope: "openid profile email phone organisation",
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: "S256",
        ui_locales: language,
        ...wishes[wish],
      });
      return { url: url.href, pending };
    },

    /** Redeems the answer that the browser came back with; `path` is the callback's, with its query. */
    async finish(path: string, pending: Pending): Promise<SignedIn | Failure> {
      try {
        const configuration = await discover();
        const { max_age: maxAge } = { max_age: undefined, ...wishes[pending.wish] };
        const tokens = await client.authorizationCodeGrant(configuration, new URL(path, publicUrl), {
          pkceCodeVerifier: pending.verifier,
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          idTokenExpected: true,
          ...(maxAge && { maxAge: Number(maxAge) }),
        });
        const claims = tokens.claims();
        if (!claims || !tokens.id_token) return { code: "unexpected", description: null };
        const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
        return { idToken: tokens.id_token, claims, userinfo };
      } catch (error) {
        return failureOf(error);
      }
    },

    /** Where the browser goes to end the session for all applications. */
    async signOutUrl(idToken: string): Promise<string> {
      return client.buildEndSessionUrl(await discover(), {
        id_token_hint: idToken,
        post_logout_redirect_uri: `${publicUrl}/demo`,
        state: "signed-out",
      }).href;
    },

    /** Whose session has ended, by a notice of the issuer (Back-Channel Logout §2.6); null unless it is genuine. */
    async readLogoutToken(token: string): Promise<{ sub: string | null; sid: string | null } | null> {
      try {
        const { issuer, jwks_uri: uri } = (await discover()).serverMetadata();
        keys ??= createRemoteJWKSet(new URL(uri ?? ""));
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience: demoClientId,
          requiredClaims: ["iat", "jti", "events"],
          clockTolerance: 30,
          maxTokenAge: 300,
        });
        const events: unknown = payload.events;
        const isLogout = typeof events === "object" && events !== null && logoutEvent in events;
        if (!isLogout || "nonce" in payload) return null;
        const { sub = null, sid } = payload;
        return { sub, sid: typeof sid === "string" ? sid : null };
      } catch {
        return null;
      }
    },
  };
}

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";

function failureOf(error: unknown): Failure {
  const { error: code, error_description: description, message } = error as Partial<Record<string, unknown>>; // read defensively below
  if (typeof code === "string") return { code, description: typeof description === "string" ? description : null };
  return { code: "unexpected", description: typeof message === "string" ? message : null };
}
