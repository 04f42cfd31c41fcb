import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Registration } from "../../src/features/applications/index.ts";
import type { Db } from "../../src/platform/database/index.ts";
import { type Agent, type Answer, makeAgent } from "../harness/browser-agent.ts";
import { testDatabase } from "../harness/database.ts";
import { type Host, type HostOptions, startHost } from "./provider-host.ts";

export const callback = "https://app.example/callback";

export type Client = { clientId: string; secret: string | null };

/** A provider on a database of its own, with an organisation and people in it. */
export async function openProvider(options: Omit<HostOptions, "url"> = {}) {
  const database = await testDatabase();
  const host = await startHost({ url: database.url, ...options });
  const organisationId = await makeOrganisation(host, "koivula");
  const accountId = await makeAccount(host.db, organisationId);
  return {
    ...host,
    url: database.url,
    organisationId,
    accountId,
    agent: () => makeAgent(host.origin),
    register: (settings: object = {}, given: Partial<Registration> = {}) => register(host, settings, given),
    close: async () => {
      await host.close();
      await database.drop();
    },
  };
}

export type Ground = Awaited<ReturnType<typeof openProvider>>;

export async function makeOrganisation(host: Host, slug: string): Promise<string> {
  const result = await host.organisations.create({ slug, name: { fi: "Koivula" } }, { actor: "operator" });
  if ("problems" in result) throw new Error("the test's organisation was refused");
  return result.organisation.id;
}

export async function makeAccount(db: Db, organisationId: string, name = `user-${randomUUID()}`): Promise<string> {
  const id = randomUUID();
  const now = new Date();
  await db
    .insertInto("person")
    .values({ id, given_name: "Aino", family_name: "Koivu", language: "fi", created_at: now })
    .execute();
  await db
    .insertInto("account")
    .values({
      id,
      organisation_id: organisationId,
      person_id: id,
      user_name: name,
      email: `${name}@koivula.example`,
      phone: "+358401234567",
      category: "staff",
      roles: ["nurse"],
      state: "active",
      created_at: now,
    })
    .execute();
  return id;
}

async function register(host: Host, settings: object, given: Partial<Registration>): Promise<Client> {
  const result = await host.registry.register(
    {
      organisationId: null,
      settings: {
        name: { en: "Wiki" },
        redirectUris: [callback],
        postLogoutRedirectUris: ["https://app.example/signed-out"],
        grantTypes: ["authorization_code", "refresh_token"],
        scopes: ["openid", "profile", "email", "phone", "organisation", "offline_access"],
        ...settings,
      },
      ...given,
    },
    { actor: "operator" },
  );
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result;
}

export const makePkce = () => {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
};

export type Wish = Record<string, string>;

/** The address of an authorization request; an empty value leaves a parameter out. */
export function authorizeUrl({ clientId }: Client, challenge: string, wish: Wish = {}): string {
  const parameters = {
    client_id: clientId,
    response_type: "code",
    redirect_uri: callback,
    scope: "openid profile email",
    state: "state-1",
    nonce: "nonce-1",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...wish,
  };
  return `/authorize?${new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ""))}`;
}

/** Signs in as far as the application's redirect, with `accountId` at the stand-in of the journey when one begins. */
export async function signInTo(agent: Agent, url: string, accountId: string, acr = "aal2"): Promise<Answer> {
  const answer = await agent.open(url, (location) => location.includes("/journey/"));
  if (!answer.location?.includes("/journey/")) return answer;
  return agent.open(`${answer.location}?as=${accountId}&acr=${acr}`);
}

/** The code of an application's redirect. */
export function codeOf(answer: Answer): string {
  const code = answer.location && new URL(answer.location).searchParams.get("code");
  if (!code) throw new Error(`no code: ${answer.status} ${answer.location} ${answer.text.slice(0, 300)}`);
  return code;
}

export const basic = ({ clientId, secret }: Client) =>
  `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret ?? "")}`).toString("base64")}`;

export type Tokens = {
  status: number;
  access_token?: string;
  refresh_token?: string;
  id_token?: string;
  error?: string;
  [name: string]: unknown;
};

/** A post to one of the endpoints that applications use, as that application. */
export async function post(origin: string, path: string, client: Client | null, body: Wish): Promise<Tokens> {
  const response = await fetch(`${origin}${path}`, {
    method: "POST",
    headers: client?.secret ? { authorization: basic(client) } : {},
    body: new URLSearchParams({ ...(client && !client.secret ? { client_id: client.clientId } : {}), ...body }),
  });
  const text = await response.text();
  return { ...(text ? JSON.parse(text) : {}), status: response.status };
}

export const exchange = (origin: string, client: Client, code: string, verifier: string) =>
  post(origin, "/token", client, {
    grant_type: "authorization_code",
    code,
    redirect_uri: callback,
    ...(verifier ? { code_verifier: verifier } : {}),
  });

export const refresh = (origin: string, client: Client, token = "") =>
  post(origin, "/token", client, { grant_type: "refresh_token", refresh_token: token });

/** A whole sign-in: tokens for `accountId`. */
export async function tokensFor(ground: Ground, agent: Agent, client: Client, wish: Wish = {}): Promise<Tokens> {
  const { verifier, challenge } = makePkce();
  const answer = await signInTo(agent, authorizeUrl(client, challenge, wish), ground.accountId);
  return exchange(ground.origin, client, codeOf(answer), verifier);
}

export const userinfo = (origin: string, token = "") =>
  fetch(`${origin}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
