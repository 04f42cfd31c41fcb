import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  authorizeUrl,
  codeOf,
  exchange,
  type Ground,
  makePkce,
  openProvider,
  post,
  refresh,
  tokensFor,
  userinfo,
} from "../../../test/grounds/provider-ground.ts";
import { eventually } from "../../../test/harness/eventually.ts";

let ground: Ground;
before(async () => {
  ground = await openProvider();
});
after(() => ground.close());

const allows = async (most: number, what: string, run: () => Promise<unknown>) => {
  const { trips, texts } = await ground.trips.during(run);
  assert.ok(trips > 0 || most === 0, `${what}: nothing was counted`);
  assert.ok(trips <= most, `${what}: ${trips} round trips, ${most} at most\n${texts.join("\n---\n")}`);
};

/** A node forgets what it knows of an application when it hears of a change: that is over before anything is counted. */
async function registerAndHear(settings: object = {}) {
  const heard = () => ground.heard("vahva_application");
  await eventually(() => assert.ok(heard() > 0));
  const before = heard();
  const client = await ground.register(settings);
  await eventually(() => assert.ok(heard() > before));
  return client;
}

test("the OpenID part of a code login takes 3 round trips, a sign-on without a sign-in 4", async () => {
  const client = await registerAndHear();
  const agent = ground.agent();
  await tokensFor(ground, ground.agent(), client); // the application is read once
  const login = makePkce();
  let journey = "";
  let code = "";
  let back = "";
  await allows(0, "authorize", async () => {
    journey = (await agent.send(authorizeUrl(client, login.challenge))).location ?? "";
  });
  back = (await agent.send(`${journey}?as=${ground.accountId}`)).location ?? "";
  await allows(2, "resume", async () => {
    code = codeOf(await agent.send(back));
  });
  await allows(1, "exchange", async () => {
    assert.equal((await exchange(ground.origin, client, code, login.verifier)).status, 200);
  });

  const again = makePkce();
  await allows(4, "single sign-on", async () => {
    const answer = await agent.send(authorizeUrl(client, again.challenge));
    assert.equal((await exchange(ground.origin, client, codeOf(answer), again.verifier)).status, 200);
  });
});

test("a code issued by another node is read first: one round trip more", async () => {
  const client = await registerAndHear();
  const { verifier, challenge } = makePkce();
  const agent = ground.agent();
  await tokensFor(ground, agent, client);
  const code = codeOf(await agent.send(authorizeUrl(client, challenge)));
  await exchange(ground.origin, client, code, makePkce().verifier); // a wrong verifier makes this node forget the code
  await allows(2, "exchange elsewhere", async () => {
    assert.equal((await exchange(ground.origin, client, code, verifier)).status, 200);
  });
});

test("refresh takes 2, client credentials, introspection and userinfo 1, the documents none", async () => {
  const client = await registerAndHear({
    grantTypes: ["authorization_code", "refresh_token", "client_credentials"],
    scopes: ["openid", "profile", "email"],
  });
  const tokens = await tokensFor(ground, ground.agent(), client, { scope: "openid profile" });
  await allows(1, "userinfo", async () => {
    assert.equal((await userinfo(ground.origin, tokens.access_token)).status, 200);
  });
  await allows(1, "introspection", async () => {
    const answer = await post(ground.origin, "/introspect", client, { token: tokens.access_token ?? "" });
    assert.equal(answer.active, true);
  });
  await allows(2, "refresh", async () => {
    assert.equal((await refresh(ground.origin, client, tokens.refresh_token)).status, 200);
  });
  await allows(1, "client credentials", async () => {
    const answer = await post(ground.origin, "/token", client, { grant_type: "client_credentials", scope: "email" });
    assert.equal(answer.status, 200);
  });
  await allows(0, "discovery and keys", async () => {
    const discovery = await fetch(`${ground.origin}/.well-known/openid-configuration`);
    await fetch(`${ground.origin}/jwks`);
    const etag = discovery.headers.get("etag") ?? "";
    const again = await fetch(discovery.url, { headers: { "if-none-match": etag } });
    assert.equal(again.status, 304);
  });
});

test("APP-3 the identity costs one look-up at userinfo, and nothing where it is not asked for", async () => {
  const client = await registerAndHear({ scopes: ["openid", "profile", "personal_identity_code"] });
  const { organisationId, accountId } = ground;
  const identity = { country: "FI", type: "hetu", value: "131052-308T" } as const;
  const proved = { accountId, organisationId, identity, broker: "telia", level: "high" } as const;
  await ground.db.transaction().execute((tx) => ground.identities.bind(tx, proved, ground.clock.now()));
  for (const [scope, most] of [
    ["openid profile", 1],
    ["openid personal_identity_code", 2],
  ] as const) {
    const tokens = await tokensFor(ground, ground.agent(), client, { scope });
    await allows(most, scope, async () => {
      const claims = JSON.parse(await (await userinfo(ground.origin, tokens.access_token)).text());
      assert.equal(claims.personal_identity_code, most === 2 ? identity.value : undefined);
    });
  }
});
