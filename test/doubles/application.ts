import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as client from "openid-client";
import type { ApplicationRegistry } from "../../src/features/applications/index.ts";

type Pending = { verifier: string; nonce: string };
type SignedIn = { claims: client.IDToken; person: client.UserInfoResponse; idToken: string };

export type ApplicationOptions = { organisationId?: string; settings?: object };

/**
 * A web application that somebody else might have written: openid-client, code flow with PKCE, on 127.0.0.1, another host
 * than the service's. `/` shows whose session it holds, `/login?acr_values=…` signs in with any parameters, `/logout`
 * signs out of both; logout notices end sessions by `sid`.
 */
export async function startApplication(
  { url, features }: { url: string; features: { applications: Pick<ApplicationRegistry, "register"> } },
  { organisationId, settings = {} }: ApplicationOptions = {},
) {
  const pending = new Map<string, Pending>();
  const sessions = new Map<string, SignedIn>();
  const notices: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500, { "content-type": "text/plain" }).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP listener has one
  const registered = await features.applications.register(
    {
      organisationId: organisationId ?? null,
      settings: {
        name: { fi: "Kalenteri", sv: "Kalender", en: "Calendar" },
        redirectUris: [`${own}/callback`],
        postLogoutRedirectUris: [`${own}/signed-out`],
        backchannelLogoutUri: `${own}/backchannel`,
        homeUrl: `${own}/`,
        scopes: ["openid", "profile", "email", "organisation"],
        ...settings,
      },
    },
    { actor: "operator" },
  );
  if ("problems" in registered) throw new Error(JSON.stringify(registered.problems));
  const { clientId } = registered;
  const config = await client.discovery(
    new URL(url),
    clientId,
    undefined,
    client.ClientSecretBasic(registered.secret ?? ""),
    { execute: [client.allowInsecureRequests] },
  );
  const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri ?? ""));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = new URL(request.url ?? "/", own);
    const held = /app=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
    const to = (where: string, headers: Record<string, string> = {}) =>
      response.writeHead(303, { location: where, ...headers }).end();
    const page = (content: string) =>
      response
        .writeHead(200, { "content-type": "text/html; charset=utf-8" })
        .end(`<!doctype html><html lang="en"><title>Calendar</title><body><h1>Calendar</h1>${content}</body></html>`);

    if (at.pathname === "/login") return void to(await authorizationUrl(at.searchParams));
    if (at.pathname === "/callback") {
      const known = pending.get(at.searchParams.get("state") ?? "");
      if (at.searchParams.has("error"))
        return void page(`<p>Not signed in: ${at.searchParams.get("error")}</p>${ways}`);
      // A callback that is opened again, or was never asked for: the way on is the application itself.
      if (!known) return void to("/");
      pending.delete(at.searchParams.get("state") ?? "");
      const id = randomUUID();
      sessions.set(id, await redeem(at, known));
      return void to("/", { "set-cookie": `app=${id}; Path=/; HttpOnly; SameSite=Lax` });
    }
    if (at.pathname === "/logout") {
      const signedIn = sessions.get(held);
      sessions.delete(held);
      const hint = signedIn && at.searchParams.get("hint") !== "no" ? { id_token_hint: signedIn.idToken } : {};
      const parameters = { post_logout_redirect_uri: `${own}/signed-out`, state: "bye", ...hint };
      return void to(client.buildEndSessionUrl(config, parameters).href);
    }
    if (at.pathname === "/backchannel") return void (await takeNotice(request, response));
    const signedIn = sessions.get(held);
    const whose = signedIn
      ? `<p>Signed in</p><pre>${JSON.stringify({ ...signedIn.person, ...signedIn.claims }, null, 1).replaceAll("<", "&lt;")}</pre>`
      : `<p>${at.pathname === "/signed-out" ? "You have left" : "Nobody is signed in"}</p>`;
    page(whose + ways);
  }

  async function authorizationUrl(wish: URLSearchParams): Promise<string> {
    const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    pending.set(state, { verifier, nonce });
    return client.buildAuthorizationUrl(config, {
      redirect_uri: `${own}/callback`,
      scope: "openid profile email organisation",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
      ...Object.fromEntries(wish),
    }).href;
  }

  async function redeem(back: URL, { verifier, nonce }: Pending): Promise<SignedIn> {
    const tokens = await client.authorizationCodeGrant(config, back, {
      pkceCodeVerifier: verifier,
      expectedNonce: nonce,
      expectedState: back.searchParams.get("state") ?? "",
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims || !tokens.id_token) throw new Error("no ID token came");
    const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    return { claims, person, idToken: tokens.id_token };
  }

  async function takeNotice(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const token = new URLSearchParams(body).get("logout_token") ?? "";
    const { payload } = await jwtVerify(token, keys, { issuer: url, audience: clientId, typ: "logout+jwt" });
    for (const [id, { claims }] of sessions) if (claims.sid === payload.sid) sessions.delete(id);
    notices.push(String(payload.sid));
    response.writeHead(200).end();
  }

  return {
    url: own,
    clientId,
    config,
    /** The `sid` of every session that it was told the end of. */
    notices,
    signedIn: () => [...sessions.values()],
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const ways =
  '<p><a href="/login">Sign in</a></p><p><a href="/login?prompt=login">Sign in anew</a></p><p><a href="/logout">Sign out</a></p>';

export type TestApplication = Awaited<ReturnType<typeof startApplication>>;
