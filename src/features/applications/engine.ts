import type { IncomingMessage } from "node:http";
import { type JWKS, type KoaContextWithOIDC, Provider } from "oidc-provider";
import type { Identity } from "../../kernel/identity.ts";
import { acrValues } from "../../kernel/strength.ts";
import { type Duration, days, minutes } from "../../kernel/time.ts";
import { makeAdapter, tokenLengths } from "./adapter.ts";
import { claimsOfHolder, claimsOfIdentity, claimsOfScopes } from "./claims.ts";
import type { Clients } from "./clients.ts";
import { identityScope } from "./domain/application.ts";
import type { EngineTime } from "./engine-time.ts";
import { makeLoadGrant, refuseForeignScopes } from "./grants.ts";
import { interactionLifetime } from "./interaction-cookie.ts";
import { asksForAnother, isStepUp, makePolicy, requirementOf } from "./interactions.ts";
import type { StoredKey } from "./key-store.ts";
import type { SignIn } from "./sign-in.ts";
import { makeSyncKey } from "./sync-key.ts";
import { applicationOf, type Problem, work } from "./unit-of-work.ts";

export type EngineOptions = {
  issuer: string;
  secure: boolean;
  sessionCookie: string;
  keys: readonly StoredKey[];
  clients: Clients;
  time: EngineTime;
  pairwise(sector: string, accountId: string): string;
  signIn: SignIn;
  /** Who the account's person is to a state, where that is known. */
  identityOf(accountId: string): Promise<Identity | null>;
  /** Applications may live where only our own network reaches: logout notices and key sets go there too. */
  privateNetworks: boolean;
  refreshLifetime?: Duration;
};

export const paths = {
  authorization: "/authorize",
  token: "/token",
  userinfo: "/userinfo",
  jwks: "/jwks",
  pushed_authorization_request: "/par",
  introspection: "/introspect",
  revocation: "/revoke",
  end_session: "/sign-out",
} as const;

const inSeconds = (duration: Duration) => Math.floor(duration / 1000);

/** The OpenID provider, certified and maintained by others, on our own storage, sign-in and pages. */
export function makeEngine(options: EngineOptions): Provider {
  const { issuer, secure, clients, time, signIn, privateNetworks, refreshLifetime = days(30) } = options;
  const provider: Provider = new Provider(issuer, {
    adapter: makeAdapter({ clients, time }),
    jwks: { keys: options.keys.map(makeSyncKey) } as unknown as JWKS, // keys of our own class stand in for JWKs
    routes: paths,
    cookies: {
      names: {
        session: options.sessionCookie,
        interaction: "vahva_unused",
        resume: secure ? "__Secure-vahva_resume" : "vahva_resume",
      },
      // Their values are 256 random bits each: a signature would add nothing.
      long: { signed: false, httpOnly: true, sameSite: "lax", path: "/", secure },
      short: { signed: false, httpOnly: true, sameSite: "lax", secure },
    },
    acrValues: [...acrValues],
    claims: Object.fromEntries(Object.entries(claimsOfScopes).map(([scope, claims]) => [scope, [...claims]])),
    scopes: ["openid", "offline_access"],
    responseTypes: ["code"],
    subjectTypes: ["public", "pairwise"],
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    enabledJWA: {
      idTokenSigningAlgValues: ["ES256", "RS256"],
      clientAuthSigningAlgValues: ["ES256", "RS256", "PS256", "EdDSA"],
    },
    clockTolerance: 10,
    allowOmittingSingleRegisteredRedirectUri: false,
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: true },
      dPoP: { enabled: false },
      introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => mayIntrospect(client, token) },
      pushedAuthorizationRequests: { enabled: true },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true },
      externalSigningSupport: { enabled: true, ack: "experimental-01" },
    },
    formats: { bitsOfOpaqueRandomness: (_ctx, token) => 6 * (lengths[token.kind] ?? 43) },
    ttl: {
      AccessToken: inSeconds(minutes(10)),
      AuthorizationCode: 60,
      ClientCredentials: inSeconds(minutes(10)),
      Grant: inSeconds(days(60)),
      IdToken: inSeconds(minutes(10)),
      Interaction: inSeconds(interactionLifetime),
      RefreshToken: (_ctx, token) => Math.max(1, inSeconds(refreshLifetime) - token.totalLifetime()),
      Session: inSeconds(days(1)),
    },
    pkce: { required: (_ctx, client) => !applicationOf(client.clientId).settings.legacy },
    expiresWithSession: async (_ctx, source) => !source.scopes.has("offline_access"),
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    rotateRefreshToken: async () => {
      work().touch();
      return true;
    },
    extraTokenClaims: refuseForeignScopes,
    clientBasedCORS: (_ctx, origin, client) => isSpaOrigin(origin, client.clientId),
    findAccount: (ctx, id) => {
      const holder = work().holder(id);
      if (!holder) return undefined;
      return {
        accountId: holder.accountId,
        claims: async (use, scope) => {
          // An ID token is passed on and kept; what an application is entitled to may have changed since its grant.
          const told = use === "userinfo" && isIn(scope, identityScope) && isEntitled(ctx.oidc.client?.clientId);
          const identity = told ? await options.identityOf(holder.accountId) : null;
          return { ...claimsOfHolder(holder), ...(identity && claimsOfIdentity(identity)) };
        },
      };
    },
    loadExistingGrant: makeLoadGrant(() => provider, options.identityOf),
    pairwiseIdentifier: async (_ctx, accountId, client) =>
      options.pairwise(String(client.sectorIdentifier ?? ""), accountId),
    interactions: {
      policy: makePolicy(({ oidc }) => {
        const accountId = oidc.session?.accountId ?? "";
        const pairwise = oidc.client?.subjectType === "pairwise";
        return pairwise ? options.pairwise(String(oidc.client?.sectorIdentifier ?? ""), accountId) : accountId;
      }),
      async url(ctx, interaction) {
        const { now, edge, started, current } = work();
        const { reasons } = interaction.prompt;
        const asked = requirementOf(ctx, now);
        const requirement = asksForAnother(reasons) ? { ...asked, notBefore: now } : asked;
        const session = current();
        const { journeyId, url } = await signIn.begin({
          browserHash: edge.browserHash(),
          application: ctx.oidc.client?.clientId ?? "",
          organisationId: requirement.organisationId,
          returnTo: `${paths.authorization}/${interaction.uid}`,
          requested: {
            ...(requirement.strength !== null && { strength: requirement.strength }),
            ...(requirement.notBefore !== null && { notBefore: requirement.notBefore }),
            applicationName: applicationOf(clientIdOf(ctx) ?? "").settings.name,
            ...textOf(ctx, "login_hint", (loginHint) => ({ loginHint })),
            ...textOf(ctx, "ui_locales", (locales) => ({ uiLocales: locales.split(" ") })),
          },
          carried: session?.proofs ?? [],
          ...(session && isStepUp(reasons) && { accountId: accountOf(session.uid) }),
        });
        if (started) Object.assign(started, { journey: { id: journeyId, url }, requirement });
        return url;
      },
    },
    renderError: async (ctx, out) => {
      ctx.type = "html";
      ctx.body = await work().edge.page(problemOf(out.error, out.error_description), clientIdOf(ctx));
    },
    fetch: (url, init) => fetch(url, { ...withoutGuard(init, privateNetworks), redirect: "manual" }),
  });
  provider.proxy = true; // reads the public address that `asPublic` puts there
  return provider;

  /** A public client learns only of its own tokens; nobody learns of a closed application's. */
  async function mayIntrospect(client: KnownClient, token: { clientId?: string | undefined }): Promise<boolean> {
    const issuedTo = await clients.find(token.clientId ?? "");
    return (
      issuedTo !== null &&
      (applicationOf(client.clientId).settings.authentication !== "none" || token.clientId === client.clientId)
    );
  }
}

const isIn = (scope: string, name: string): boolean => scope.split(" ").includes(name);

const isEntitled = (clientId: string | undefined): boolean =>
  applicationOf(clientId).settings.scopes.includes(identityScope);

type KnownClient = { clientId: string };

const lengths: Readonly<Record<string, number>> = tokenLengths;

const accountOf = (sessionUid: string): string => work().holderOf(sessionUid)?.accountId ?? "";

const clientIdOf = (ctx: KoaContextWithOIDC): string | null => ctx.oidc.client?.clientId ?? null;

function textOf<T extends object>(ctx: KoaContextWithOIDC, name: string, use: (text: string) => T): T | undefined {
  const value = ctx.oidc.params?.[name];
  return typeof value === "string" && value !== "" ? use(value.slice(0, 300)) : undefined;
}

function problemOf(error: string, description = ""): Problem {
  if (error === "server_error") return "fault";
  if (error === "invalid_client") return "unknown-application";
  if (error === "invalid_redirect_uri" || description.includes("redirect_uri")) return "wrong-return-address";
  return "bad-request";
}

/** The engine guards its own requests against special-use addresses by a dispatcher of its own. */
function withoutGuard(init: RequestInit | undefined, privateNetworks: boolean): RequestInit {
  if (!privateNetworks) return init ?? {};
  const { dispatcher: _guard, ...rest } = (init ?? {}) as RequestInit & { dispatcher?: unknown };
  return rest;
}

function isSpaOrigin(origin: string, clientId: string): boolean {
  const { settings } = applicationOf(clientId);
  return settings.type === "spa" && settings.redirectUris.some((uri) => URL.parse(uri)?.origin === origin);
}

/** The engine builds addresses from what a request says of its host: it is told the configured one (§4.5). */
export function asPublic(request: IncomingMessage, issuer: URL): IncomingMessage {
  request.headers["x-forwarded-host"] = issuer.host;
  request.headers["x-forwarded-proto"] = issuer.protocol.replace(":", "");
  return request;
}
