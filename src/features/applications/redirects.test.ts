import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  authorizeUrl,
  type Client,
  callback,
  type Ground,
  makePkce,
  openProvider,
  post,
  signInTo,
} from "../../../test/grounds/provider-ground.ts";

let ground: Ground;
let client: Client;
before(async () => {
  ground = await openProvider();
  client = await ground.register({ homeUrl: "https://app.example/" });
});
after(() => ground.close());

const { challenge } = makePkce();

/** Every way in which a redirect address has been bent elsewhere; the registered one is https://app.example/callback. */
const bent = [
  "https://app.example/callback/",
  "https://app.example/callback/more",
  "https://app.example/callback?x=1",
  "https://app.example/callback?",
  "https://app.example/callback#x",
  "https://app.example/callback#",
  "https://app.example/Callback",
  "https://APP.example/callback",
  "HTTPS://app.example/callback",
  "https://app.example./callback",
  "https://app.example:443/callback",
  "https://app.example:8443/callback",
  "http://app.example/callback",
  "https://app.example//callback",
  "https://app.example/./callback",
  "https://app.example/x/../callback",
  "https://app.example/%2e/callback",
  "https://app.example/call%62ack",
  "https://app.example/callback%00",
  "https://app.example/callback%20",
  "https://app.example/callback%0d%0a",
  "https://app.example/callback\\",
  "https://app.example\\@evil.example/callback",
  "https://app.example/\\evil.example",
  "https://app.example@evil.example/callback",
  "https://user:pass@app.example/callback",
  "https://app.example%40evil.example/callback",
  "https://evil.example/callback",
  "https://evil.example/https://app.example/callback",
  "https://app.example.evil.example/callback",
  "https://evilapp.example/callback",
  "https://xapp.example/callback",
  "https://аpp.example/callback",
  "https://xn--pp-8cc.example/callback",
  "https://app.example/callback;x",
  "//app.example/callback",
  "/callback",
  "app.example/callback",
  "javascript:alert(1)//https://app.example/callback",
  "data:text/html,https://app.example/callback",
  " https://app.example/callback",
  "https://app.example/callback ",
  "https://app.example/callback\tx",
  "https://127.0.0.1/callback",
  "",
];

test(`T62 none of ${bent.length} bent redirect addresses is followed: a page of our own says what to do`, async () => {
  assert.ok(bent.length >= 40);
  const two = await ground.register();
  for (const redirectUri of bent) {
    const url = new URL(authorizeUrl(two, challenge), ground.origin);
    url.searchParams.set("redirect_uri", redirectUri);
    for (const extra of ["", "&prompt=none", "&response_type=token", "&scope=nonsense%20openid"]) {
      const answer = await ground.agent().send(url.href + extra);
      assert.equal(answer.location, null, redirectUri);
      assert.equal(answer.status, 400, redirectUri);
      assert.match(answer.headers.get("content-type") ?? "", /text\/html/);
      assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    }
  }
});

test("T62 a second redirect address beside the right one is refused without a redirect", async () => {
  const answer = await ground.agent().send(`${authorizeUrl(client, challenge)}&redirect_uri=https://evil.example/`);
  assert.equal(answer.location, null);
});

test("T62 a redirect address is compared the same way when it was pushed", async () => {
  for (const redirect_uri of ["https://evil.example/callback", "https://app.example/callback/"]) {
    const answer = await post(ground.origin, "/par", client, {
      response_type: "code",
      client_id: client.clientId,
      redirect_uri,
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
    assert.equal(answer.status, 400);
  }
});

test("SIN-12 an unknown or closed application gets a page with a reference and a way on", async () => {
  const closed = await ground.register();
  await ground.registry.close(closed.clientId, { actor: "operator" });
  for (const clientId of ["nobody", closed.clientId, '"><script>alert(1)</script>']) {
    const answer = await ground.agent().send(authorizeUrl({ clientId, secret: null }, challenge));
    assert.equal(answer.status, 400);
    assert.equal(answer.location, null);
    assert.match(answer.text, /[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{2}/);
    assert.match(answer.text, /href="\/sign-in"/);
    assert.doesNotMatch(answer.text, /<script>alert/);
  }
});

test("T63 what is reflected to the application stays in its parameters, and nothing is reflected into a page", async () => {
  const evil = '"><script>alert(1)</script>\r\nSet-Cookie: x=1';
  const wish = { state: evil, login_hint: evil, ui_locales: evil, prompt: "none" };
  const answer = await ground.agent().send(authorizeUrl(client, challenge, wish));
  const back = new URL(answer.location ?? "");
  assert.equal(back.origin + back.pathname, callback);
  assert.equal(back.searchParams.get("state"), evil);
  assert.equal(back.searchParams.get("iss"), ground.origin);
  assert.equal(
    answer.headers.getSetCookie().some((cookie) => cookie.startsWith("x=")),
    false,
  );
});

test("T64 PKCE: none, plain and malformed are refused; only a legacy application that keeps a secret does without", async () => {
  const none = { code_challenge: "", code_challenge_method: "" };
  const bad = [
    none,
    { code_challenge_method: "plain" },
    { code_challenge_method: "" },
    { code_challenge_method: "S512" },
    { code_challenge: "short" },
  ];
  for (const wish of bad) {
    const answer = await ground.agent().send(authorizeUrl(client, challenge, wish));
    assert.equal(new URL(answer.location ?? "").searchParams.get("error"), "invalid_request", JSON.stringify(wish));
  }
  const legacy = await ground.register({ legacy: true });
  const answer = await signInTo(ground.agent(), authorizeUrl(legacy, challenge, none), ground.accountId);
  assert.ok(new URL(answer.location ?? "").searchParams.has("code"));
});

test("a form that an application posts to the authorization endpoint becomes a request with our cookies", async () => {
  const [path = "", query = ""] = authorizeUrl(client, challenge).split("?");
  const agent = ground.agent();
  const headers = { "sec-fetch-site": "cross-site", origin: "https://app.example" };
  const answer = await agent.send(path, { method: "POST", body: new URLSearchParams(query), headers });
  assert.equal(answer.status, 303);
  assert.equal(new URL(answer.location ?? "").search, `?${new URLSearchParams(query)}`);
  const signedIn = await signInTo(agent, answer.location ?? "", ground.accountId);
  assert.ok(new URL(signedIn.location ?? "").searchParams.has("code"));
});
