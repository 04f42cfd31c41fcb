import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import {
  authorizeUrl,
  type Client,
  callback,
  codeOf,
  exchange,
  type Ground,
  makeAccount,
  makeOrganisation,
  makePkce,
  openProvider,
  post,
  refresh,
  signInTo,
  type Tokens,
  tokensFor,
  userinfo,
} from "../../../test/grounds/provider-ground.ts";
import { startHost } from "../../../test/grounds/provider-host.ts";
import { eventually } from "../../../test/harness/eventually.ts";
import { freePort } from "../../../test/harness/free-port.ts";
import { days, minutes, seconds } from "../../kernel/time.ts";

let ground: Ground;
let client: Client;
let offset = 0;
const clock = { now: () => new Date(Date.now() + offset) };
before(async () => {
  ground = await openProvider({ clock });
  client = await ground.register();
});
after(() => ground.close());

async function freshCode(agent = ground.agent(), app = client) {
  const { verifier, challenge } = makePkce();
  const code = codeOf(await signInTo(agent, authorizeUrl(app, challenge), ground.accountId));
  return { code, verifier };
}

const isAlive = async (tokens: Tokens) => (await userinfo(ground.origin, tokens.access_token)).status === 200;

test("T64 a code works for its own application, verifier and address only, and a miss does not spend it", async () => {
  const { code, verifier } = await freshCode();
  const stranger = await ground.register();
  assert.equal((await exchange(ground.origin, stranger, code, verifier)).error, "invalid_grant");
  assert.equal((await exchange(ground.origin, client, code, makePkce().verifier)).error, "invalid_grant");
  assert.equal((await exchange(ground.origin, client, code, "")).error, "invalid_grant");
  const elsewhere = await post(ground.origin, "/token", client, {
    grant_type: "authorization_code",
    code,
    code_verifier: verifier,
    redirect_uri: `${callback}/x`,
  });
  assert.equal(elsewhere.error, "invalid_grant");
  assert.equal((await exchange(ground.origin, client, code, verifier)).status, 200);
});

test("T64 a code that comes a second time ends the tokens of the first", async () => {
  const { code, verifier } = await freshCode();
  const tokens = await exchange(ground.origin, client, code, verifier);
  assert.ok(await isAlive(tokens));
  assert.equal((await exchange(ground.origin, client, code, verifier)).error, "invalid_grant");
  assert.equal(await isAlive(tokens), false);
  assert.equal((await refresh(ground.origin, client, tokens.refresh_token)).error, "invalid_grant");
});

test("T64 a code is good for 60 seconds", async () => {
  const { code, verifier } = await freshCode();
  offset += seconds(61);
  assert.equal((await exchange(ground.origin, client, code, verifier)).error, "invalid_grant");
});

test("T65 an old refresh token ends its family, the newest access token too", async () => {
  const tokens = await tokensFor(ground, ground.agent(), client);
  const next = await refresh(ground.origin, client, tokens.refresh_token);
  assert.equal(next.status, 200);
  assert.equal((await refresh(ground.origin, client, tokens.refresh_token)).error, "invalid_grant");
  assert.equal((await refresh(ground.origin, client, next.refresh_token)).error, "invalid_grant");
  assert.equal(await isAlive(next), false);
  const event = await ground.db
    .selectFrom("audit_event")
    .select(["account_id", "detail"])
    .where("type", "=", "token.refused")
    .orderBy("at", "desc")
    .orderBy("number", "desc")
    .executeTakeFirstOrThrow();
  assert.equal(event.account_id, ground.accountId);
  assert.deepEqual(event.detail, { application: client.clientId, reason: "used-twice" });
});

test("T65 without offline_access tokens end with the session; with it they live thirty days from the sign-in and no longer", async () => {
  const agent = ground.agent();
  const bound = await tokensFor(ground, agent, client);
  const wish = { scope: "openid offline_access", prompt: "consent" };
  let kept = await tokensFor(ground, agent, client, wish);
  assert.equal(kept.scope, "openid offline_access");
  const { uid } = await ground.db
    .selectFrom("session")
    .select("uid")
    .orderBy("created_at", "desc")
    .executeTakeFirstOrThrow();
  await ground.db.deleteFrom("session").where("uid", "=", uid).execute();
  assert.equal((await refresh(ground.origin, client, bound.refresh_token)).error, "invalid_grant");
  assert.equal(await isAlive(bound), false);
  for (let day = 0; day < 29; day += 7) {
    kept = await refresh(ground.origin, client, kept.refresh_token);
    assert.equal(kept.status, 200, `day ${day}`);
    offset += days(7);
  }
  assert.equal((await refresh(ground.origin, client, kept.refresh_token)).error, "invalid_grant");
});

test("a session that an application keeps refreshing does not idle", async () => {
  let tokens = await tokensFor(ground, ground.agent(), client);
  for (let round = 0; round < 4; round += 1) {
    offset += minutes(40);
    tokens = await refresh(ground.origin, client, tokens.refresh_token);
    assert.equal(tokens.status, 200);
  }
  offset += minutes(61);
  assert.equal((await refresh(ground.origin, client, tokens.refresh_token)).error, "invalid_grant");
});

test("a code is refused when its session ended in between, on the node that issued it too", async () => {
  const { code, verifier } = await freshCode();
  await ground.db.deleteFrom("session").execute();
  assert.equal((await exchange(ground.origin, client, code, verifier)).error, "invalid_grant");
});

test("T69 a token with a character changed, cut or added is nothing", async () => {
  const tokens = await tokensFor(ground, ground.agent(), client);
  const changes = (token: string) => [
    `${token.slice(0, -1)}${token.endsWith("a") ? "b" : "a"}`,
    `${token.startsWith("a") ? "b" : "a"}${token.slice(1)}`,
    token.slice(0, -1),
    `${token}a`,
    token.slice(1),
  ];
  for (const bad of changes(tokens.access_token ?? ""))
    assert.notEqual((await userinfo(ground.origin, bad)).status, 200);
  for (const bad of changes(tokens.refresh_token ?? ""))
    assert.notEqual((await refresh(ground.origin, client, bad)).status, 200);
  assert.ok(await isAlive(tokens));
  assert.equal((await refresh(ground.origin, client, tokens.access_token)).error, "invalid_grant");
  assert.equal((await userinfo(ground.origin, tokens.refresh_token)).status, 401);
});

test("T67 secrets in the address, of another kind or of nobody are refused", async () => {
  const { code, verifier } = await freshCode();
  const body = { grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: callback };
  const attempts: [string, RequestInit][] = [
    [`/token?client_id=${client.clientId}&client_secret=${client.secret}`, { body: new URLSearchParams(body) }],
    ["/token", { body: new URLSearchParams({ ...body, client_id: client.clientId, client_secret: "wrong" }) }],
    ["/token", { body: new URLSearchParams({ ...body, client_id: client.clientId }) }],
    [
      "/token",
      {
        body: JSON.stringify({ ...body, client_id: client.clientId, client_secret: client.secret }),
        headers: { "content-type": "application/json" },
      },
    ],
  ];
  for (const [path, init] of attempts) {
    const response = await fetch(`${ground.origin}${path}`, { method: "POST", ...init });
    assert.ok(response.status === 400 || response.status === 401, `${path} ${response.status}`);
  }
  assert.equal((await exchange(ground.origin, client, code, verifier)).status, 200);
});

test("T70 a closed account, organisation or application and a raised epoch end everything at once, on every node", async () => {
  const other = await startHost({ url: ground.url, clock, publicUrl: ground.origin, port: await freePort() });
  const node = other.address;
  try {
    const ends: [string, (app: Client, account: string, organisation: string) => Promise<unknown>][] = [
      [
        "account",
        (_app, id) => ground.db.updateTable("account").set({ state: "closed" }).where("id", "=", id).execute(),
      ],
      [
        "epoch",
        (_app, id) =>
          ground.db
            .updateTable("account")
            .set((row) => ({ epoch: row("epoch", "+", 1) }))
            .where("id", "=", id)
            .execute(),
      ],
      [
        "organisation",
        (_app, _id, id) =>
          ground.db.updateTable("organisation").set({ state: "closed" }).where("id", "=", id).execute(),
      ],
      ["application", (app) => ground.registry.close(app.clientId, { actor: "operator" })],
    ];
    for (const [name, end] of ends) {
      const organisation = await makeOrganisation(ground, `gone-${name}`);
      const account = await makeAccount(ground.db, organisation);
      const app = await ground.register();
      const agent = ground.agent();
      const { verifier, challenge } = makePkce();
      const wish = { scope: "openid offline_access", prompt: "consent" };
      const answer = await signInTo(agent, authorizeUrl(app, challenge, wish), account);
      const tokens = await exchange(ground.origin, app, codeOf(answer), verifier);
      assert.equal((await userinfo(node, tokens.access_token)).status, 200, name);
      const unused = codeOf(await agent.send(authorizeUrl(app, challenge)));
      await end(app, account, organisation);
      // Each node hears of a closed application by itself.
      for (const origin of [ground.origin, node])
        await eventually(async () => assert.equal((await userinfo(origin, tokens.access_token)).status, 401, name));
      for (const origin of [ground.origin, node]) {
        assert.equal((await userinfo(origin, tokens.access_token)).status, 401, `${name} userinfo`);
        assert.notEqual((await refresh(origin, app, tokens.refresh_token)).status, 200, `${name} refresh`);
        assert.notEqual((await exchange(origin, app, unused, verifier)).status, 200, `${name} code`);
        const seen = await post(origin, "/introspect", client, { token: tokens.access_token ?? "" });
        assert.equal(seen.active, false, `${name} introspection`);
      }
      const again = await agent.send(authorizeUrl(app, challenge));
      assert.ok(!again.location?.includes("code="), name);
    }
  } finally {
    await other.close();
  }
});

test("when the database refuses, no code and no token leaves, and the same code works after repair", async () => {
  const { code, verifier } = await freshCode();
  const repair = () => sql`alter table oidc_token drop constraint if exists broken`.execute(ground.db);
  await sql`alter table oidc_token add constraint broken check (kind not in ('AccessToken', 'AuthorizationCode')) not valid`.execute(
    ground.db,
  );
  try {
    const failed = await exchange(ground.origin, client, code, verifier);
    assert.equal(failed.status, 500);
    assert.deepEqual(Object.keys(failed).sort(), ["error", "error_description", "status"]);
    const agent = ground.agent();
    const answer = await signInTo(agent, authorizeUrl(client, makePkce().challenge), ground.accountId);
    assert.equal(answer.status, 500);
    assert.equal(answer.location, null);
    assert.match(answer.text, /[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{2}/);
    await repair();
    const reloaded = await agent.send(answer.url);
    assert.ok(reloaded.location?.includes("code="), "the same page works when it is loaded again");
  } finally {
    await repair();
  }
  assert.equal((await exchange(ground.origin, client, code, verifier)).status, 200);
});

test("only hashes of bearer values are stored", async () => {
  const tokens = await tokensFor(ground, ground.agent(), client);
  const rows = await sql<{ row: string }>`select row_to_json(t)::text as row from oidc_token t union all
    select row_to_json(s)::text from session s union all select row_to_json(a)::text from application a`.execute(
    ground.db,
  );
  const stored = rows.rows.map(({ row }) => row).join("\n");
  for (const secret of [tokens.access_token, tokens.refresh_token, client.secret])
    assert.ok(secret && !stored.includes(secret));
});
