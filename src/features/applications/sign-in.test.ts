import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  authorizeUrl,
  type Client,
  codeOf,
  exchange,
  type Ground,
  makeAccount,
  makeOrganisation,
  makePkce,
  openProvider,
  signInTo,
  type Wish,
} from "../../../test/grounds/provider-ground.ts";
import type { Agent } from "../../../test/harness/browser-agent.ts";
import { hours, minutes, plus } from "../../kernel/time.ts";

let ground: Ground;
let client: Client;
let offset = 0;
before(async () => {
  // A machine clock that runs on, and that tests push ahead.
  ground = await openProvider({ clock: { now: () => new Date(Date.now() + offset) } });
  client = await ground.register({ homeUrl: "https://app.example/home" });
});
after(() => ground.close());

const isJourney = (location: string | null) => location?.includes("/journey/") ?? false;
const backAt = (location: string | null) => new URL(location ?? "about:blank");
const asked = async (agent: Agent, location: string | null) => JSON.parse((await agent.send(location ?? "")).text);

async function claimsOf(agent: Agent, wish: Wish = {}, acr?: string) {
  const { verifier, challenge } = makePkce();
  const answer = await signInTo(agent, authorizeUrl(client, challenge, wish), ground.accountId, acr);
  const tokens = await exchange(ground.origin, client, codeOf(answer), verifier);
  return JSON.parse(Buffer.from(tokens.id_token?.split(".")[1] ?? "", "base64url").toString());
}

test("SIN-11 one session for all applications: the second asks nothing", async () => {
  const agent = ground.agent();
  await claimsOf(agent);
  const other = await ground.register({ redirectUris: ["https://other.example/cb"] });
  const wish = { redirect_uri: "https://other.example/cb" };
  const answer = await agent.send(authorizeUrl(other, makePkce().challenge, wish));
  assert.match(answer.location ?? "", /^https:\/\/other\.example\/cb\?.*code=/);
});

test("SIN-9 prompt=none tells login_required without a session and answers with one", async () => {
  const agent = ground.agent();
  const silent = () => agent.send(authorizeUrl(client, makePkce().challenge, { prompt: "none" }));
  assert.equal(backAt((await silent()).location).searchParams.get("error"), "login_required");
  await claimsOf(agent);
  assert.ok(backAt((await silent()).location).searchParams.has("code"));
  const tooWeak = { prompt: "none", acr_values: "aal3" };
  const answer = await agent.send(authorizeUrl(client, makePkce().challenge, tooWeak));
  assert.equal(backAt(answer.location).searchParams.get("error"), "interaction_required");
});

test("SIN-9 prompt=login and max_age ask anew, and auth_time tells the new sign-in", async () => {
  const agent = ground.agent();
  const first = await claimsOf(agent);
  offset += minutes(10);
  for (const wish of [{ prompt: "login" }, { max_age: "0" }, { max_age: "300" }, { prompt: "select_account" }]) {
    const before = plus(ground.clock.now(), -2_000).getTime() / 1000;
    const claims = await claimsOf(agent, wish);
    assert.ok(claims.auth_time >= before, JSON.stringify(wish));
    assert.ok(claims.auth_time >= first.auth_time);
    offset += minutes(10);
  }
  const fresh = await agent.send(authorizeUrl(client, makePkce().challenge, { max_age: "100000" }));
  assert.ok(backAt(fresh.location).searchParams.has("code"));
});

test("T66 coming back from a fresh sign-in without having done it leads back to it", async () => {
  const agent = ground.agent();
  await claimsOf(agent);
  const asking = await agent.send(authorizeUrl(client, makePkce().challenge, { prompt: "login" }));
  assert.ok(isJourney(asking.location));
  const { returnTo } = await asked(agent, asking.location);
  const early = await agent.send(returnTo);
  assert.equal(early.location, asking.location);
});

test("SIN-9 acr_values begin a step-up of the same account, which counts what the session rests on", async () => {
  const agent = ground.agent();
  const weak = await claimsOf(agent, {}, "aal1");
  assert.equal(weak.acr, "aal1");
  const stepUp = await agent.send(authorizeUrl(client, makePkce().challenge, { acr_values: "aal2" }));
  assert.ok(isJourney(stepUp.location));
  const request = await asked(agent, stepUp.location);
  assert.equal(request.requested.strength, 2);
  assert.equal(request.accountId, ground.accountId);
  assert.deepEqual(
    request.carried.map(({ kind }: { kind: string }) => kind),
    ["password"],
  );
  assert.equal((await claimsOf(agent, { acr_values: "aal2" })).acr, "aal2");
  assert.equal((await claimsOf(agent, { acr_values: "urn:unknown 1 2" })).acr, "aal2");
});

test("SIN-9 an essential acr is met or refused, and reported in the words of whoever asked", async () => {
  const essential = (values: string[]) => ({
    claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }),
  });
  const agent = ground.agent();
  assert.equal((await claimsOf(agent, {}, "aal3")).acr, "aal3");
  assert.equal((await claimsOf(agent, essential(["aal2", "aal1"]))).acr, "aal2");
  const unknown = await agent.send(authorizeUrl(client, makePkce().challenge, essential(["urn:nobody:knows"])));
  assert.equal(backAt(unknown.location).searchParams.get("error"), "unmet_authentication_requirements");

  const weak = ground.agent();
  const url = authorizeUrl(client, makePkce().challenge, essential(["aal3"]));
  const journey = (await weak.send(url)).location;
  const unmet = await weak.open(`${journey}?end=unmet`);
  assert.equal(backAt(unmet.location).searchParams.get("error"), "unmet_authentication_requirements");
  const tooWeak = await weak.open(`${(await weak.send(url)).location}?as=${ground.accountId}&acr=aal2`, isJourney);
  assert.ok(isJourney(tooWeak.location) || backAt(tooWeak.location).searchParams.get("error"), "no code for less");
  assert.ok(!tooWeak.location?.includes("code="));
});

test("a person who turns back is told to the application as access_denied", async () => {
  const agent = ground.agent();
  const journey = (await agent.send(authorizeUrl(client, makePkce().challenge))).location;
  const answer = await agent.open(`${journey}?end=cancelled`);
  assert.equal(backAt(answer.location).searchParams.get("error"), "access_denied");
  assert.equal(backAt(answer.location).searchParams.get("state"), "state-1");
});

test("SIN-8 an answered, stale or foreign address of a sign-in leads to the application or to a page with a way on", async () => {
  const agent = ground.agent();
  const journey = (await agent.send(authorizeUrl(client, makePkce().challenge))).location;
  const { returnTo } = await asked(agent, journey);
  const other = await ground.agent().send(returnTo);
  assert.equal(other.status, 410);
  assert.match(other.text, /href="\/sign-in"/);
  await agent.open(`${journey}?as=${ground.accountId}`);
  const again = await agent.send(returnTo);
  assert.equal(again.location, "https://app.example/home");
  assert.equal((await agent.send("/authorize/nonsense")).status, 410);

  const slow = ground.agent();
  const late = (await slow.send(authorizeUrl(client, makePkce().challenge))).location;
  const lateReturn = (await asked(slow, late)).returnTo;
  offset += hours(2);
  assert.equal((await slow.send(lateReturn)).location, "https://app.example/home");
});

test("SIN-8 a sign-in finished in another tab finishes this one too", async () => {
  const agent = ground.agent();
  const first = (await agent.send(authorizeUrl(client, makePkce().challenge))).location;
  const second = (await agent.send(authorizeUrl(client, makePkce().challenge, { state: "second" }))).location;
  const { returnTo } = await asked(agent, second);
  await agent.open(`${first}?as=${ground.accountId}`);
  const answer = await agent.send(returnTo);
  assert.ok(backAt(answer.location).searchParams.has("code"));
  assert.equal(backAt(answer.location).searchParams.get("state"), "second");
});

test("two tabs that come back at once both get codes that work", async () => {
  const agent = ground.agent();
  await claimsOf(agent);
  const fresh = await ground.register();
  const tabs = [makePkce(), makePkce(), makePkce()];
  const answers = await Promise.all(tabs.map(({ challenge }) => agent.send(authorizeUrl(fresh, challenge))));
  const tokens = await Promise.all(
    answers.map((answer, tab) => exchange(ground.origin, fresh, codeOf(answer), tabs[tab]?.verifier ?? "")),
  );
  assert.deepEqual(
    tokens.map(({ status }) => status),
    [200, 200, 200],
  );
});

test("another account in the same browser takes over without an error", async () => {
  const agent = ground.agent();
  await claimsOf(agent);
  const other = await makeAccount(ground.db, ground.organisationId);
  const { verifier, challenge } = makePkce();
  const answer = await signInTo(agent, authorizeUrl(client, challenge, { prompt: "login" }), other);
  const tokens = await exchange(ground.origin, client, codeOf(answer), verifier);
  assert.equal(JSON.parse(Buffer.from(tokens.id_token?.split(".")[1] ?? "", "base64url").toString()).sub, other);
});

test("a request for one person is not answered with another", async () => {
  const agent = ground.agent();
  const { verifier, challenge } = makePkce();
  const first = await signInTo(agent, authorizeUrl(client, challenge), ground.accountId);
  const { id_token: hint = "" } = await exchange(ground.origin, client, codeOf(first), verifier);
  const other = await makeAccount(ground.db, ground.organisationId);
  await signInTo(agent, authorizeUrl(client, challenge, { prompt: "login" }), other);

  const url = authorizeUrl(client, challenge, { id_token_hint: hint });
  const silent = await agent.send(authorizeUrl(client, challenge, { id_token_hint: hint, prompt: "none" }));
  assert.equal(backAt(silent.location).searchParams.get("error"), "interaction_required");
  const journey = (await agent.send(url)).location;
  const { returnTo } = await asked(agent, journey);
  assert.equal((await agent.send(returnTo)).location, journey, "going back does not help");
  const wrong = await agent.open(`${journey}?as=${other}`);
  assert.equal(backAt(wrong.location).searchParams.get("error"), "login_required");
  const right = await agent.open(`${(await agent.send(url)).location}?as=${ground.accountId}`);
  assert.ok(backAt(right.location).searchParams.has("code"));
});

test("an answer by form_post runs under our policy: its one script is named by its hash", async () => {
  const agent = ground.agent();
  await claimsOf(agent);
  const page = await agent.send(authorizeUrl(client, makePkce().challenge, { response_mode: "form_post" }));
  assert.equal(page.status, 200);
  assert.match(page.text, /action="https:\/\/app\.example\/callback"/);
  const policy = page.headers.get("content-security-policy") ?? "";
  assert.match(policy, /script-src 'self' 'sha256-[^']+'/);
  assert.match(policy, /form-action 'self' https:/);
});

test("T70 an application of one organisation takes no account of another", async () => {
  const elsewhere = await makeOrganisation(ground, "lehtola");
  const theirs = await ground.register({}, { organisationId: elsewhere });
  const agent = ground.agent();
  await claimsOf(agent);
  const answer = await agent.send(authorizeUrl(theirs, makePkce().challenge));
  assert.ok(isJourney(answer.location));
  assert.equal((await asked(agent, answer.location)).organisationId, elsewhere);
  const wrong = await agent.open(`${answer.location}?as=${ground.accountId}`, isJourney);
  assert.ok(!wrong.location?.includes("code="));
});

test("a request too large for a cookie waits in a row", async () => {
  const agent = ground.agent();
  const { verifier, challenge } = makePkce();
  const state = "s".repeat(5_000);
  const answer = await signInTo(agent, authorizeUrl(client, challenge, { state }), ground.accountId);
  assert.equal(backAt(answer.location).searchParams.get("state"), state);
  assert.equal((await exchange(ground.origin, client, codeOf(answer), verifier)).status, 200);
});

test("T71 a session id that somebody planted is worth nothing, and the engine never sets one", async () => {
  const agent = ground.agent();
  agent.restore([{ name: "vahva_session", value: "planted".repeat(6), path: "/" }]);
  const answer = await agent.send(authorizeUrl(client, makePkce().challenge));
  assert.ok(isJourney(answer.location));
  assert.ok(!answer.headers.getSetCookie().some((cookie) => cookie.startsWith("vahva_session=")));
  const copied = agent.copy();
  await agent.open(`${answer.location}?as=${ground.accountId}`);
  assert.ok(isJourney((await copied.send(authorizeUrl(client, makePkce().challenge))).location));
});

test("T74 cookies of a request are HttpOnly, SameSite=Lax and bound to its own path", async () => {
  const answer = await ground.agent().send(authorizeUrl(client, makePkce().challenge));
  const cookies = answer.headers.getSetCookie();
  assert.ok(cookies.length >= 3);
  for (const cookie of cookies) {
    assert.match(cookie, /httponly/i);
    assert.match(cookie, /samesite=lax/i);
    if (!cookie.startsWith("vahva_browser")) assert.match(cookie, /path=\/authorize\/[\w-]{43}/i);
  }
});

test("T73 a session that idled or lived too long signs in to nothing", async () => {
  for (const pause of [minutes(61), hours(25)]) {
    const agent = ground.agent();
    await claimsOf(agent);
    offset += pause;
    assert.ok(isJourney((await agent.send(authorizeUrl(client, makePkce().challenge))).location));
  }
});
