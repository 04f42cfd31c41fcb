import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { after, before, test } from "node:test";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import {
  authorizeUrl,
  type Client,
  type Ground,
  makeAccount,
  makePkce,
  openProvider,
  tokensFor,
} from "../../../test/grounds/provider-ground.ts";
import type { Agent } from "../../../test/harness/browser-agent.ts";
import { eventually } from "../../../test/harness/eventually.ts";
import { freePort } from "../../../test/harness/free-port.ts";
import { endSession } from "../sessions/index.ts";

let ground: Ground;
let client: Client;
let application: Server;
const told: string[] = [];
const signedOut = "https://app.example/signed-out";

before(async () => {
  ground = await openProvider();
  const port = await freePort();
  application = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      told.push(new URLSearchParams(body).get("logout_token") ?? "");
      response.end();
    });
  }).listen(port, "127.0.0.1");
  client = await ground.register({
    backchannelLogoutUri: `http://127.0.0.1:${port}/logout`,
    homeUrl: "https://app.example/",
  });
});
after(async () => {
  application.close();
  await ground.close();
});

const outUrl = (wish: Record<string, string>) => `/sign-out?${new URLSearchParams(wish)}`;
const isSignedIn = async (agent: Agent) => {
  const answer = await agent.send(authorizeUrl(client, makePkce().challenge, { prompt: "none" }));
  return answer.location?.includes("code=") ?? false;
};

async function signedIn(accountId = ground.accountId) {
  const agent = ground.agent();
  const tokens = await tokensFor({ ...ground, accountId }, agent, client);
  return { agent, hint: tokens.id_token ?? "", tokens };
}

/** What the application was told of the session that this ID token is of, once. */
const toldOf = (hint: string): Promise<string> =>
  eventually(() => {
    const { sid } = decodeJwt(hint);
    const [one, ...more] = told.filter((token) => decodeJwt(token).sid === sid);
    assert.ok(one);
    assert.deepEqual(more, []);
    return one;
  });

/** The fields of the page's form. */
const fieldsOf = (page: string) =>
  new URLSearchParams(
    [...page.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = "", value = ""]): [string, string] => [
      name,
      value,
    ]),
  );

test("SIN-11 an application that shows who is signed in signs them out at once, and is told so", async () => {
  const { agent, hint, tokens } = await signedIn();
  const wish = { id_token_hint: hint, post_logout_redirect_uri: signedOut, state: "s&1" };
  const answer = await agent.send(outUrl(wish));
  assert.equal(answer.location, `${signedOut}?state=s%261`);
  assert.ok(!agent.cookies().some(({ name }) => name === "vahva_session"));
  assert.equal(await isSignedIn(agent), false);
  const userinfo = await fetch(`${ground.origin}/userinfo`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  assert.equal(userinfo.status, 401);

  const keys = createRemoteJWKSet(new URL(`${ground.origin}/jwks`));
  const { payload, protectedHeader } = await jwtVerify(await toldOf(hint), keys, {
    issuer: ground.origin,
    audience: client.clientId,
  });
  assert.equal(protectedHeader.typ, "logout+jwt");
  assert.equal(payload.sub, ground.accountId);
  assert.deepEqual(payload.events, { "http://schemas.openid.net/event/backchannel-logout": {} });
  const { sid } = JSON.parse(Buffer.from(hint.split(".")[1] ?? "", "base64url").toString());
  assert.ok(sid);
  assert.equal(payload.sid, sid);
  const event = await ground.db
    .selectFrom("audit_event")
    .select("actor")
    .where("type", "=", "session.ended")
    .executeTakeFirstOrThrow();
  assert.equal(event.actor, `account:${ground.accountId}`);
});

test("SIN-11 without that proof the person is asked, and a yes from our own page ends the session", async () => {
  for (const wish of [
    {},
    { state: "only" },
    { client_id: client.clientId, post_logout_redirect_uri: signedOut, state: "x" },
  ]) {
    const { agent, hint } = await signedIn();
    const page = await agent.send(outUrl(wish));
    assert.equal(page.status, 200);
    assert.match(page.text, /<form[^>]*action="\/sign-out\/confirm"/);
    assert.ok(await isSignedIn(agent));
    const fields = fieldsOf(page.text);
    fields.delete("form_token");
    await agent.send("/sign-out/confirm", { method: "POST", body: fields });
    assert.ok(await isSignedIn(agent), "a form that is not ours");
    const foreign = { "sec-fetch-site": "cross-site" };
    await agent.send("/sign-out/confirm", { method: "POST", body: fieldsOf(page.text), headers: foreign });
    assert.ok(await isSignedIn(agent), "a form that another site posts");
    const answer = await agent.send("/sign-out/confirm", { method: "POST", body: fieldsOf(page.text) });
    const expected = "client_id" in wish ? `${signedOut}?state=x` : `${ground.origin}/sign-out/success`;
    assert.equal(answer.location, expected);
    assert.equal(await isSignedIn(agent), false);
    await toldOf(hint);
  }
  const success = await ground.agent().send(`/sign-out/success?client_id=${client.clientId}`);
  assert.match(success.text, /href="https:\/\/app\.example\/"/);
});

test("T-A12 another person's ID token does not sign anybody out unasked", async () => {
  const other = await makeAccount(ground.db, ground.organisationId);
  const { hint } = await signedIn(other);
  const { agent } = await signedIn();
  const page = await agent.send(outUrl({ id_token_hint: hint, post_logout_redirect_uri: signedOut }));
  assert.equal(page.status, 200);
  assert.match(page.text, /\/sign-out\/confirm/);
  assert.ok(await isSignedIn(agent));
});

test("T63 a hint or an address that is not genuine is followed nowhere", async () => {
  const { agent, hint } = await signedIn();
  const [header, payload, signature = ""] = hint.split(".");
  const modified = `${header}.${payload}.${signature.slice(0, -4)}AAAA`;
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
  const other = await ground.register();
  const wishes = [
    { id_token_hint: modified, post_logout_redirect_uri: signedOut },
    { id_token_hint: unsigned, post_logout_redirect_uri: signedOut },
    { id_token_hint: "nonsense", post_logout_redirect_uri: signedOut },
    { id_token_hint: hint, client_id: other.clientId, post_logout_redirect_uri: signedOut },
    { id_token_hint: hint, post_logout_redirect_uri: `${signedOut}?x=1` },
    { id_token_hint: hint, post_logout_redirect_uri: `${signedOut}/` },
    { id_token_hint: hint, post_logout_redirect_uri: "https://evil.example/" },
    { client_id: "nobody", post_logout_redirect_uri: signedOut },
  ];
  for (const wish of wishes) {
    const answer = await agent.send(outUrl(wish));
    assert.equal(answer.status, 400, JSON.stringify(wish));
    assert.equal(answer.location, null);
    assert.ok(await isSignedIn(agent));
  }
  const nameless = await ground.agent().send(outUrl({ post_logout_redirect_uri: "https://evil.example/" }));
  assert.equal(nameless.location, `${ground.origin}/sign-out/success`);
});

test("SIN-11 signing out twice, or without having signed in, ends where it should", async () => {
  const { agent, hint } = await signedIn();
  const wish = { id_token_hint: hint, post_logout_redirect_uri: signedOut };
  for (let round = 0; round < 2; round += 1) assert.equal((await agent.send(outUrl(wish))).location, signedOut);
  const posted = await agent.send("/sign-out", {
    method: "POST",
    body: new URLSearchParams(wish),
    headers: { "sec-fetch-site": "cross-site" },
  });
  assert.equal(posted.location, signedOut);
});

test("SIN-11 applications are told of a session that ended elsewhere; one that does not answer holds nobody up", async () => {
  const { hint } = await signedIn();
  const { uid } = await ground.db
    .selectFrom("session")
    .select("uid")
    .orderBy("created_at", "desc")
    .executeTakeFirstOrThrow();
  const ended = await endSession(ground.db, ground.accountId, uid);
  assert.ok(ended);
  const deaf = await ground.register({ backchannelLogoutUri: "http://127.0.0.1:9/logout" });
  const applications = [...ended.applications, { clientId: deaf.clientId, sid: "x" }];
  await ground.provider.notifyLogout([{ ...ended, applications }]);
  await toldOf(hint);
});
