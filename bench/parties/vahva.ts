import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config.ts";
import { categories } from "../../src/features/organisations/index.ts";
import { compose } from "../../src/main.ts";
import { migrate } from "../../src/platform/database/index.ts";
import { freePort } from "../../test/harness/free-port.ts";
import { cookiesAfter, expectStatus, locationOf, makeCaller } from "../measure/http.ts";
import { startPeer } from "../measure/peer.ts";
import type { Postgres } from "../measure/postgres.ts";
import { callback, type Party, password, scope } from "./application.ts";
import { type People, seedPeople } from "./people.ts";

const secret = "a secret of the benchmark that is good for nothing else";

const paths = { authorize: "/authorize", token: "/token", introspect: "/introspect" };

export type Vahva = Party & { people: People };

type Wish = { name: string; accounts: number; signingIn: number };

/** The service on a database of its own with `accounts` accounts, the first of whom sign in. */
export async function startVahva(
  postgres: Pick<Postgres, "database">,
  { name, accounts, signingIn }: Wish,
): Promise<Vahva> {
  const database = await postgres.database(name);
  await migrate(database);
  const folder = mkdtempSync(join(tmpdir(), "vahva-bench-"));
  const env = { VAHVA_PORT: String(await freePort()), VAHVA_DATA: folder, VAHVA_SECRET: secret };
  const { client, people } = await prepare({ ...env, DATABASE_URL: database }, { accounts, signingIn });
  const peer = await startPeer("vahva.ts", { database, env });
  const caller = makeCaller(peer.origin);

  /** The page with the user name, the password, the page with the code, the code. */
  async function signIn(): Promise<string> {
    const person = people.next();
    const begun = await caller.send("/sign-in?organisation=koivula");
    const cookie = cookiesAfter("", begun);
    const at = locationOf(begun, caller.origin);
    const headers = { cookie };
    const asksPassword = expectStatus(await caller.send(at, { headers }), 200).text;
    const first = { ...hidden(asksPassword), username: person.email, password };
    locationOf(await caller.send(at, { method: "POST", headers, form: first }), caller.origin);
    const asksCode = expectStatus(await caller.send(at, { headers }), 200).text;
    const second = { ...hidden(asksCode), code: person.code() };
    const done = await caller.send(at, { method: "POST", headers, form: second });
    const cookies = cookiesAfter(cookie, done);
    if (!cookies.includes("vahva_session=")) throw new Error(`${person.email} was not signed in`);
    return cookies;
  }

  return {
    name: "Vahva",
    ...{ peer, caller, client, paths, people, signIn },
    stop: async () => {
      caller.close();
      await peer.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What an operator would have done: an organisation, its people, an application. */
async function prepare(env: Record<string, string>, { accounts, signingIn }: Omit<Wish, "name">) {
  const composed = await compose({ config: loadConfig(env), claim: false, log: () => {} });
  try {
    const { features } = composed;
    const actor = { actor: "operator" } as const;
    const made = await features.organisations.createOrganisation(
      {
        slug: "koivula",
        name: { fi: "Koivula Oy", en: "Koivula Ltd" },
        // The one method that is measured: where there are others, the first page asks which.
        policy: { methods: Object.fromEntries(categories.map((category) => [category, { permitted: ["totp"] }])) },
      },
      actor,
    );
    if ("problems" in made) throw new Error(JSON.stringify(made.problems));
    const settings = {
      name: { en: "Benchmark" },
      redirectUris: [callback],
      grantTypes: ["authorization_code", "refresh_token", "client_credentials"],
      scopes: scope.split(" "),
    };
    const client = await features.applications.register({ organisationId: null, settings }, actor);
    if ("problems" in client || client.secret === null) throw new Error(JSON.stringify(client));
    const people = await seedPeople(composed, { organisationId: made.organisation.id, accounts, signingIn });
    return { client: { clientId: client.clientId, secret: client.secret }, people };
  } finally {
    await composed.close();
  }
}

/** The fields that a page's form carries besides what a person types. */
const hidden = (page: string) => ({ form_token: field(page, "form_token"), step: field(page, "step") });

const field = (page: string, name: string): string => {
  const found = new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1];
  if (found === undefined) throw new Error(`no field ${name} on the page`);
  return found;
};
