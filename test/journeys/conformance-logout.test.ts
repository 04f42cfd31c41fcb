import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { type Conformance, errorOf, openConformance } from "../grounds/conformance.ts";
import type { Wish } from "../grounds/provider-ground.ts";
import type { Agent, Answer } from "../harness/browser-agent.ts";
import { freePort } from "../harness/free-port.ts";

const signedOut = "https://app.example/signed-out";
let op: Conformance;
let client: Conformance["client"];
let request: Conformance["request"];
let authorize: Conformance["authorize"];
let redeem: Conformance["redeem"];

before(async () => {
  op = await openConformance();
  ({ client, request, authorize, redeem } = op);
});
after(() => op.close());

// RP-Initiated Logout OP

async function signedIn(app = client) {
  const agent = op.agent();
  const tokens = await redeem(await authorize({}, agent, app), app);
  return { agent, hint: tokens.id_token ?? "" };
}
const signOut = (agent: Agent, wish: Wish) => agent.send(`/sign-out?${new URLSearchParams(wish)}`);
const isSignedIn = async (agent: Agent) => errorOf(await agent.send(request({ prompt: "none" }))) === null;

/** Answers the page that asks, as a person who says yes. */
async function confirm(agent: Agent, page: Answer): Promise<Answer> {
  assert.equal(page.status, 200);
  const found = page.text.matchAll(/name="([^"]+)" value="([^"]*)"/g);
  const fields = [...found].map(([, name = "", value = ""]): [string, string] => [name, value]);
  return agent.send("/sign-out/confirm", { method: "POST", body: new URLSearchParams(fields) });
}

test("oidcc-rp-initiated-logout oidcc-rp-initiated-logout-no-state", async () => {
  for (const state of ["s1", ""]) {
    const { agent, hint } = await signedIn();
    const wish = { id_token_hint: hint, post_logout_redirect_uri: signedOut, ...(state && { state }) };
    const answer = await signOut(agent, wish);
    assert.equal(answer.location, state ? `${signedOut}?state=s1` : signedOut);
    assert.equal(await isSignedIn(agent), false);
  }
});

test("oidcc-rp-initiated-logout-bad-id-token-hint oidcc-rp-initiated-logout-modified-id-token-hint", async () => {
  const { agent, hint } = await signedIn();
  const [header, , signature] = hint.split(".");
  const payload = Buffer.from(JSON.stringify({ iss: op.origin, aud: client.clientId, sub: "x" })).toString("base64url");
  for (const bad of ["bad", `${header}.${payload}.${signature}`]) {
    const answer = await signOut(agent, { id_token_hint: bad, post_logout_redirect_uri: signedOut, state: "s" });
    assert.equal(answer.location, null);
    assert.equal(answer.status, 400);
  }
});

test("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri", async () => {
  const { agent, hint } = await signedIn();
  for (const uri of ["https://evil.example/", `${signedOut}?foo=bar`]) {
    const answer = await signOut(agent, { id_token_hint: hint, post_logout_redirect_uri: uri });
    assert.equal(answer.location, null);
    assert.equal(answer.status, 400);
  }
});

test("oidcc-rp-initiated-logout-no-id-token-hint oidcc-rp-initiated-logout-no-post-logout-redirect-uri oidcc-rp-initiated-logout-only-state oidcc-rp-initiated-logout-no-params", async () => {
  const own = `${op.origin}/sign-out/success`;
  for (const wish of [{ post_logout_redirect_uri: signedOut, state: "s" }, { state: "s" }, {}]) {
    const { agent } = await signedIn();
    const answer = await confirm(agent, await signOut(agent, wish));
    assert.equal(answer.location, own);
    assert.equal(await isSignedIn(agent), false);
  }
  const { agent, hint } = await signedIn();
  const answer = await signOut(agent, { id_token_hint: hint, state: "s" });
  assert.ok(answer.location?.startsWith(own));
});

// Back-Channel Logout OP

test("oidcc-backchannel-rp-initiated-logout", async () => {
  const port = await freePort();
  const told: Promise<string> = new Promise((resolve) => {
    const server = createServer((incoming, response) => {
      let body = "";
      incoming.on("data", (chunk) => {
        body += chunk;
      });
      incoming.on("end", () => {
        response.end();
        server.close();
        resolve(new URLSearchParams(body).get("logout_token") ?? "");
      });
    }).listen(port, "127.0.0.1");
  });
  const app = await op.register({ legacy: true, backchannelLogoutUri: `http://127.0.0.1:${port}/` });
  const { agent, hint } = await signedIn(app);
  await signOut(agent, { id_token_hint: hint });
  const keys = createRemoteJWKSet(new URL(`${op.origin}/jwks`));
  const { payload } = await jwtVerify(await told, keys, { issuer: op.origin, audience: app.clientId });
  assert.equal(payload.sub, op.accountId);
  assert.ok(payload.sid && payload.jti && payload.events);
  assert.equal(payload.nonce, undefined);
});
