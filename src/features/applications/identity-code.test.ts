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
  makePkce,
  openProvider,
  post,
  refresh,
  signInTo,
  type Tokens,
  userinfo,
  type Wish,
} from "../../../test/grounds/provider-ground.ts";
import type { Agent } from "../../../test/harness/browser-agent.ts";
import { eventually } from "../../../test/harness/eventually.ts";
import type { Identity } from "../../kernel/identity.ts";

const code = "131052-308T";
const hetu = { country: "FI", type: "hetu", value: code } as const;
const told = {
  personal_identity_code: code,
  personal_identity_code_type: "hetu",
  personal_identity_code_country: "FI",
};
const scope = "openid profile personal_identity_code";

let ground: Ground;
let entitled: Client;
let other: Client;
before(async () => {
  ground = await openProvider();
  entitled = await ground.register({ scopes: scope.split(" ") });
  other = await ground.register();
});
after(() => ground.close());

async function person(identity: Identity | null = hetu): Promise<string> {
  const organisationId = ground.organisationId;
  const accountId = await makeAccount(ground.db, organisationId);
  if (identity) await bind(accountId, identity);
  return accountId;
}

const bind = (accountId: string, identity: Identity) =>
  ground.db.transaction().execute(async (tx) => {
    // One person has one account in an organisation; each test has its own.
    await tx.deleteFrom("identity").where("account_id", "!=", accountId).execute();
    const proved = {
      accountId,
      organisationId: ground.organisationId,
      identity,
      broker: "telia",
      level: "high",
    } as const;
    assert.equal(await ground.identities.bind(tx, proved, ground.clock.now()), "bound");
  });

async function tokensOf(accountId: string, client: Client, wish: Wish, agent: Agent = ground.agent()): Promise<Tokens> {
  const { verifier, challenge } = makePkce();
  const answer = await signInTo(agent, authorizeUrl(client, challenge, wish), accountId);
  return exchange(ground.origin, client, codeOf(answer), verifier);
}

const toldBy = async ({ access_token }: Tokens): Promise<Record<string, unknown>> => {
  const answer = await userinfo(ground.origin, access_token);
  assert.equal(answer.status, 200);
  const all: Record<string, unknown> = JSON.parse(await answer.text());
  return Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith("personal_identity_code")));
};

const decoded = (token = "") =>
  token
    .split(".")
    .map((part) => Buffer.from(part, "base64url").toString())
    .join("\n");

const releases = async (accountId: string) =>
  (await ground.audit.listEvents(ground.db, { accountId, limit: 20 })).filter(
    ({ type }) => type === "identity.released",
  );

test("APP-3 the personal identity code is told to an application that is entitled to it and asks", async () => {
  const accountId = await person();
  const tokens = await tokensOf(accountId, entitled, { scope });
  assert.equal(tokens.scope, scope);
  assert.deepEqual(await toldBy(tokens), told);
});

test("APP-3 an entitled application that does not ask is told nothing", async () => {
  const tokens = await tokensOf(await person(), entitled, { scope: "openid profile" });
  assert.deepEqual(await toldBy(tokens), {});
});

test("APP-3 it is no default, and an application without it that asks is refused or told nothing", async () => {
  const plain = await ground.register({ scopes: undefined });
  for (const client of [plain, other]) {
    const asked = await ground.agent().send(authorizeUrl(client, makePkce().challenge, { scope }));
    assert.equal(new URL(asked.location ?? "").searchParams.get("error"), "invalid_scope");
    const names = Object.fromEntries(Object.keys(told).map((name) => [name, { essential: true }]));
    const claims = JSON.stringify({ userinfo: names, id_token: names });
    const tokens = await tokensOf(await person(), client, { claims });
    assert.deepEqual(await toldBy(tokens), {});
    assert.ok(!decoded(tokens.id_token).includes(code));
  }
});

test("APP-3 neither ID token, token answer nor introspection ever holds it", async () => {
  const names = Object.fromEntries(Object.keys(told).map((name) => [name, null]));
  const claims = JSON.stringify({ userinfo: names, id_token: names });
  const tokens = await tokensOf(await person(), entitled, { scope, claims });
  assert.deepEqual(await toldBy(tokens), told);
  const introspected = await post(ground.origin, "/introspect", entitled, { token: tokens.access_token ?? "" });
  assert.equal(introspected.active, true);
  for (const text of [decoded(tokens.id_token), JSON.stringify(tokens), JSON.stringify(introspected)])
    assert.ok(!text.includes(code));
  const again = await ground.register({
    scopes: scope.split(" "),
    grantTypes: ["authorization_code", "refresh_token"],
  });
  const first = await tokensOf(await person(), again, { scope, claims });
  const second = await refresh(ground.origin, again, first.refresh_token);
  assert.deepEqual(await toldBy(second), told);
  assert.ok(!decoded(second.id_token).includes(code));
});

test("APP-3 an application that is no longer entitled is told nothing from then on", async () => {
  const client = await ground.register({ scopes: scope.split(" ") });
  const tokens = await tokensOf(await person(), client, { scope });
  assert.deepEqual(await toldBy(tokens), told);
  const settings = { name: { en: "Wiki" }, redirectUris: [callback], scopes: ["openid", "profile"] };
  assert.equal(await ground.registry.change(client.clientId, settings, { actor: "operator" }), "changed");
  await eventually(async () => assert.deepEqual(await toldBy(tokens), {}));
});

test("APP-3 who is only expected, or known by a broker's own name alone, has no code to tell", async () => {
  const expected = await person(null);
  const row = { accountId: expected, organisationId: ground.organisationId, identity: hetu };
  await ground.db.transaction().execute((tx) => ground.identities.expect(tx, [row], ground.clock.now()));
  const named = await person({ country: "XX", type: "subject", value: "https://broker.example 24400320" });
  for (const accountId of [expected, named]) {
    const tokens = await tokensOf(accountId, entitled, { scope });
    assert.equal(tokens.scope, "openid profile");
    assert.deepEqual(await toldBy(tokens), {});
    assert.deepEqual(await releases(accountId), []);
  }
});

test("APP-3 AUD-4 the first release to an application in a session is recorded, without the code", async () => {
  const accountId = await person();
  const agent = ground.agent();
  await tokensOf(accountId, entitled, { scope: "openid" }, agent);
  assert.deepEqual(await releases(accountId), [], "not asked for yet");
  await tokensOf(accountId, entitled, { scope }, agent);
  await tokensOf(accountId, entitled, { scope }, agent);
  const [event, ...more] = await releases(accountId);
  assert.deepEqual(more, []);
  assert.deepEqual(event?.detail, { application: entitled.clientId });
  assert.equal(event?.actor, `account:${accountId}`);
  await tokensOf(accountId, entitled, { scope });
  assert.equal((await releases(accountId)).length, 2, "another session");
});

test("APP-3 a person who is identified during the session has it told from the next request on", async () => {
  const accountId = await person(null);
  const agent = ground.agent();
  assert.deepEqual(await toldBy(await tokensOf(accountId, entitled, { scope }, agent)), {});
  await bind(accountId, hetu);
  assert.deepEqual(await toldBy(await tokensOf(accountId, entitled, { scope }, agent)), told);
  assert.equal((await releases(accountId)).length, 1);
});

test("APP-3 a release that can't be recorded does not happen", async () => {
  const accountId = await person();
  const agent = ground.agent();
  const { challenge } = makePkce();
  await sql`alter table audit_event add constraint broken check (type <> 'identity.released') not valid`.execute(
    ground.db,
  );
  const answer = await signInTo(agent, authorizeUrl(entitled, challenge, { scope }), accountId).finally(() =>
    sql`alter table audit_event drop constraint broken`.execute(ground.db),
  );
  assert.equal(answer.status, 500);
  assert.equal(answer.location, null);
});
