import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import {
  authorizeUrl,
  type Client,
  codeOf,
  type Ground,
  makePkce,
  openProvider,
  refresh,
  signInTo,
  tokensFor,
  userinfo,
} from "../../../test/grounds/provider-ground.ts";

let ground: Ground;
let client: Client;
/** Whether the rules of the moment let in by what sessions rest on. */
let allowed = true;
const asked: object[] = [];
before(async () => {
  ground = await openProvider({
    stillLetsIn: ({ acr, proofs }, { category, policy }) => {
      asked.push({ acr, kinds: proofs.map(({ kind }) => kind), category, policy });
      return allowed;
    },
  });
  client = await ground.register();
});
after(() => ground.close());
beforeEach(() => {
  allowed = true;
});

const url = (wish = {}) => authorizeUrl(client, makePkce().challenge, wish);
const errorOf = (location: string | null) => new URL(location ?? "about:blank").searchParams.get("error");

test("POL-3 SIN-11 a session whose method was forbidden is no sign-in for any application: the person is asked anew", async () => {
  const agent = ground.agent();
  await signInTo(agent, url(), ground.accountId);
  assert.ok(codeOf(await agent.send(url())));
  allowed = false;
  const answer = await agent.send(url());
  assert.match(answer.location ?? "", /\/journey\//);
  const { carried, accountId } = JSON.parse((await agent.send(answer.location ?? "")).text);
  assert.deepEqual([carried, accountId], [[], undefined], "nothing is carried over from it");
  assert.equal(errorOf((await agent.send(url({ prompt: "none" }))).location), "login_required");
});

test("POL-3 coming back from the sign-in without having done it leads back to it, and never to a code", async () => {
  const agent = ground.agent();
  await signInTo(agent, url(), ground.accountId);
  allowed = false;
  const asking = (await agent.send(url())).location ?? "";
  const { returnTo } = JSON.parse((await agent.send(asking)).text);
  assert.equal((await agent.send(returnTo)).location, asking);
});

test("POL-3 a refresh is refused while the method is forbidden, and taken once it is permitted again", async () => {
  const tokens = await tokensFor(ground, ground.agent(), client);
  allowed = false;
  assert.equal((await refresh(ground.origin, client, tokens.refresh_token)).error, "invalid_grant");
  allowed = true;
  const next = await refresh(ground.origin, client, tokens.refresh_token);
  assert.equal(next.status, 200, "a forbidden method is no stolen token: nothing was revoked");
  assert.equal((await userinfo(ground.origin, next.access_token)).status, 200);
});

test("POL-3 the rules are put to what the session shows, as they are stored at that moment", async () => {
  const agent = ground.agent();
  await signInTo(agent, url(), ground.accountId);
  asked.length = 0;
  await agent.send(url());
  const [{ policy, ...rest }] = asked as [{ policy: { methods: object } }];
  assert.deepEqual(rest, { acr: "aal2", kinds: ["password"], category: "staff" });
  assert.ok(policy.methods);
});

test("POL-3 SIN-11 whoever is signed in by a forbidden method can still sign out", async () => {
  const agent = ground.agent();
  await signInTo(agent, url(), ground.accountId);
  allowed = false;
  const page = await agent.open(`/sign-out?client_id=${client.clientId}`);
  assert.equal(page.status, 200);
  assert.match(page.text, /<form/);
});
