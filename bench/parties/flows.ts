import { expectStatus, locationOf } from "../measure/http.ts";
import type { Ask } from "../measure/load.ts";
import { authorizePath, basic, callback, type Party, verifier } from "./application.ts";

type Tokens = { access_token: string; refresh_token: string; id_token: string };

/** With a live session: the authorization request and the exchange of its code. */
export async function singleSignOn({ caller, client, paths, ...party }: Party, cookies: string): Promise<Tokens> {
  const answer = await caller.send(authorizePath({ client, paths }), { headers: { cookie: cookies } });
  const code = new URL(locationOf(answer, caller.origin)).searchParams.get("code");
  if (!code) throw new Error(`${party.name} gave no code: ${answer.headers.location}`);
  const form = { grant_type: "authorization_code", code, redirect_uri: callback, code_verifier: verifier };
  return JSON.parse(expectStatus(await caller.send(paths.token, post(client, form)), 200).text);
}

const post = (client: Party["client"], form: Record<string, string>) =>
  ({ method: "POST", headers: basic(client), form }) as const;

export type Flows = Awaited<ReturnType<typeof makeFlows>>;

/** What applications ask of a server, for `workers` that each hold a session and tokens of their own. */
export async function makeFlows(party: Party, workers: number) {
  const { caller, client, paths } = party;
  const sessions: { cookies: string; tokens: Tokens }[] = [];
  for (let worker = 0; worker < workers; worker += 1) {
    const cookies = await party.signIn();
    sessions.push({ cookies, tokens: await singleSignOn(party, cookies) });
  }
  const of = (worker: number) => {
    const session = sessions[worker];
    if (!session) throw new Error(`there are ${workers} workers, and no ${worker}`);
    return session;
  };
  const ask = async (path: string, form: Record<string, string>) =>
    expectStatus(await caller.send(path, post(client, form)), 200).text;

  const flows = {
    discovery: async () => expectStatus(await caller.send("/.well-known/openid-configuration"), 200),
    "client credentials": () => ask(paths.token, { grant_type: "client_credentials", scope: "email" }),
    introspection: async (worker) => {
      const { active } = JSON.parse(await ask(paths.introspect, { token: of(worker).tokens.access_token }));
      if (!active) throw new Error(`${party.name} has forgotten a token`);
    },
    refresh: async (worker) => {
      const session = of(worker);
      const form = { grant_type: "refresh_token", refresh_token: session.tokens.refresh_token };
      session.tokens = JSON.parse(await ask(paths.token, form));
    },
    "SSO + exchange": (worker) => singleSignOn(party, of(worker).cookies),
  } satisfies Record<string, Ask>;
  return flows;
}
