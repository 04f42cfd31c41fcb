import { freePort } from "../../test/harness/free-port.ts";
import { cookiesAfter, expectStatus, locationOf, makeCaller } from "../measure/http.ts";
import { startPeer } from "../measure/peer.ts";
import type { Postgres } from "../measure/postgres.ts";
import { authorizePath, bareClient, type Party, password } from "./application.ts";

const paths = { authorize: "/auth", token: "/token", introspect: "/token/introspection" };

/** Bare oidc-provider on a database of its own. `hash` is of everybody's password. */
export async function startBare(postgres: Postgres, hash: string): Promise<Party> {
  const database = await postgres.database("bench_bare");
  const env = { BARE_PORT: String(await freePort()), BARE_HASH: hash };
  const peer = await startPeer("bare-oidc.ts", { database, env });
  const caller = makeCaller(peer.origin);
  let people = 0;

  async function signIn(): Promise<string> {
    people += 1;
    const asked = await caller.send(authorizePath({ client: bareClient, paths }));
    let cookies = cookiesAfter("", asked);
    const page = locationOf(asked, caller.origin);
    expectStatus(await caller.send(page, { headers: { cookie: cookies } }), 200);
    const form = { username: `person-${people}`, password };
    const shown = await caller.send(page, { method: "POST", headers: { cookie: cookies }, form });
    cookies = cookiesAfter(cookies, shown);
    const back = await caller.send(locationOf(shown, caller.origin), { headers: { cookie: cookies } });
    locationOf(back, caller.origin);
    return cookiesAfter(cookies, back);
  }

  return {
    name: "bare oidc-provider",
    ...{ peer, caller, client: bareClient, paths, signIn },
    stop: async () => {
      caller.close();
      await peer.stop();
    },
  };
}
