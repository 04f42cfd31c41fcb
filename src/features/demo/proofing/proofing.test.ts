import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { refusedKeys } from "../../../../test/grounds/broker-kind.ts";
import { makeVisitor, type Visitor } from "../../../../test/harness/agent.ts";
import { freePort } from "../../../../test/harness/free-port.ts";
import { candourKind } from "../../../adapters/candour/index.ts";
import { type Language, languages } from "../../../kernel/language.ts";
import { Secret } from "../../../kernel/secret.ts";
import { minutes, plus, seconds } from "../../../kernel/time.ts";
import { type Http, makeHttp } from "../../../platform/http/index.ts";
import { makeLog } from "../../../platform/log/index.ts";
import { makeKeyring } from "../../../platform/seal/index.ts";
import { fakeClock } from "../../../ports/clock.ts";
import type { IdentityBroker } from "../../../ports/identity-broker.ts";
import { systemRandom as random } from "../../../ports/random.ts";
import { proofingRegistration, proofingRoutes } from "./index.ts";
import { callbackOf } from "./registration.ts";

const clock = fakeClock();
const keyring = makeKeyring([new Secret("a secret of the demo proofing service's tests, for nothing else")]);
let publicUrl: string;
let http: Http;
let broker: IdentityBroker;

before(async () => {
  const port = await freePort();
  publicUrl = `http://localhost:${port}`;
  const log = makeLog("error");
  http = makeHttp({ publicUrl, demo: true, trustedProxies: [], tls: null, keyring, random, clock, log });
  proofingRoutes(http.app, { http, clock, random, keyring });
  http.app.get("/eid/demo-proofing/callback", async (_request, reply) => reply.type("text/html").send("<h1>Back</h1>"));
  await http.app.listen({ port });
  const { profile, settings, secret } = proofingRegistration({ publicUrl, keyring });
  const context = { publicUrl, environment: "test", callbackUrl: callbackOf(publicUrl), keys: refusedKeys } as const;
  broker = candourKind.connect({ name: "demo-proofing", profile, settings, secret }, context);
});
after(() => http.app.close());

/** Leaves for the service; `come` asks what has come of it. */
async function leave() {
  const sentAt = clock.now();
  const wish = { state: random.id(), language: "en", level: "substantial" } as const;
  const left = await broker.depart({ ...wish, means: null, now: sentAt });
  assert.ok(left.result === "departs", JSON.stringify(left));
  const sent = { ...wish, memory: left.memory, sentAt };
  return { ...left, state: wish.state, come: () => broker.identify({}, { ...sent, now: clock.now() }) };
}

async function invited(language: Language = "en"): Promise<Awaited<ReturnType<typeof leave>> & { visitor: Visitor }> {
  const left = await leave();
  const visitor = makeVisitor(publicUrl, { "accept-language": language });
  await visitor.get(left.url);
  return { ...left, visitor };
}

test("demo proofing REC-3: the service's own adapter is told who somebody is, by a passport that nobody has", async () => {
  const codes = [
    ["Aino Virtanen", "010170-960F"],
    ["Mikael Öhman", "230991-961K"],
  ] as const;
  for (const [name, value] of codes) {
    const { visitor, come, state } = await invited();
    assert.deepEqual(await come(), { result: "pending" });
    await visitor.submit({}, name); // the first of theirs
    assert.equal(visitor.page().url, `${callbackOf(publicUrl)}?state=${state}`);
    const identity = { country: "FI", type: "hetu", value };
    const how = { level: "substantial", authenticatedAt: clock.now(), brokerSession: null };
    assert.deepEqual(await come(), { result: "identified", identity, ...how });
    assert.deepEqual(await come(), { result: "refused", reason: "session-gone" });
  }
  const { visitor, come } = await invited();
  await visitor.submit({}, "mikael-abroad");
  const person = { givenName: "Mikael", familyName: "Öhman", birthDate: "1991-09-23" };
  const described = { result: "described", person, level: "substantial", authenticatedAt: clock.now() };
  assert.deepEqual(await come(), described);
});

test("demo proofing REC-3: one passport's check goes on for ten seconds after the person has come back", async () => {
  const { visitor, come } = await invited();
  await visitor.submit({}, "mikael-later");
  assert.equal(visitor.page().heading, "Back");
  assert.deepEqual(await come(), { result: "pending" });
  clock.advance(seconds(10));
  assert.equal((await come()).result, "identified");
});

test("demo proofing REC-4: another face, a way back and a passport too late prove nobody", async () => {
  const other = await invited();
  await other.visitor.submit({}, "another-face");
  assert.deepEqual(await other.come(), { result: "refused", reason: "not-verified" });
  const cancelled = await invited();
  await cancelled.visitor.submit({}, "Cancel");
  assert.deepEqual(await cancelled.come(), { result: "cancelled" });
  const late = await invited();
  clock.advance(minutes(21));
  await late.visitor.submit({}, "Aino Virtanen");
  assert.equal(late.visitor.page().status, 404);
  assert.deepEqual(await late.come(), { result: "refused", reason: "expired" });
});

test("T75 demo proofing: an invitation is answered once, by its own page, with a passport that there is", async () => {
  const { url, visitor, come } = await invited();
  const invitationGuid = new URL(url).searchParams.get("invitationGuid") ?? "";
  const forged = await visitor.post("/demo/proofing/invitation", { invitationGuid, document: "aino" });
  assert.notEqual(forged.status, 303);
  assert.deepEqual(await come(), { result: "pending" });
  await visitor.get(url);
  assert.equal((await visitor.post("/demo/proofing/invitation", { ...visitor.hidden(), document: "no" })).status, 400);
  await visitor.get(url);
  await visitor.submit({}, "Mikael");
  assert.equal((await visitor.get(url)).heading, "This link can’t be used any more");
  assert.equal((await visitor.get("/demo/proofing/invitation")).status, 404);
});

test("T46 demo proofing: only the service itself opens, reads and erases sessions", async () => {
  const { settings, secret } = proofingRegistration({ publicUrl, keyring });
  const call = async (
    method: string,
    path: string,
    { body, by = secret, message = body ?? path.slice(1) }: Call = {},
  ) => {
    const signature = createHmac("sha256", by).update(message).digest("hex");
    const headers = { "x-auth-client": settings.clientId, "x-hmac-signature": signature };
    const init = body === undefined ? {} : { body, headers: { ...headers, "content-type": "application/json" } };
    const answer = await fetch(`${settings.baseUrl}${path}`, { method, headers, ...init });
    const { verificationSessionId } = (await answer.json()) as { verificationSessionId?: string };
    return { status: answer.status, verificationSessionId };
  };
  const wanted = (more = {}) =>
    JSON.stringify({
      timestamp: clock.now().toISOString(),
      validUntil: plus(clock.now(), minutes(5)).toISOString(),
      callbackUrl: `${callbackOf(publicUrl)}?state=a`,
      resultProperties: { name: true },
      ...more,
    });
  const body = wanted();
  for (const wrong of [{ by: "another" }, { message: `${body} ` }, { message: "" }])
    assert.equal((await call("POST", "", { body, ...wrong })).status, 401);
  const old = { timestamp: plus(clock.now(), -minutes(6)).toISOString() };
  for (const more of [
    old,
    { validUntil: old.timestamp },
    { callbackUrl: "https://evil.example/?a" },
    { callbackUrl: 1 },
  ])
    assert.equal((await call("POST", "", { body: wanted(more) })).status, 400, JSON.stringify(more));
  assert.equal((await call("POST", "", { body: "{" })).status, 400);

  const { verificationSessionId: id } = await call("POST", "", { body });
  assert.equal((await call("GET", `/${id}`)).status, 200);
  for (const method of ["GET", "DELETE"]) {
    assert.equal((await call(method, `/${id}`, { by: "another" })).status, 401);
    assert.equal((await call(method, "/other", {})).status, 404);
    assert.equal((await call(method, `/${id}`, { message: "other" })).status, 401);
  }
  assert.equal((await call("DELETE", `/${id}`)).status, 200);
  assert.equal((await call("GET", `/${id}`)).status, 404);
});

type Call = { body?: string; by?: string; message?: string };

test("demo proofing: every page says in three languages that it is a demonstration", async () => {
  const words: Readonly<Record<Language, readonly [RegExp, title: RegExp, RegExp]>> = {
    fi: [/Tämä on esittely\. Tällaista palvelua ei ole/, /Ei oikea palvelu/, /Se ei todista/],
    sv: [/Det här är en demonstration\. Tjänsten finns inte/, /Ingen riktig tjänst/, /styrker ingens/],
    en: [/This is a demonstration\. There is no such service/, /Not a real service/, /vouches for nobody/],
  };
  for (const language of languages) {
    const { visitor } = await invited(language);
    const isSaid = () => {
      const { text, html } = visitor.page();
      assert.match(html, new RegExp(`<html lang="${language}">`));
      for (const said of words[language]) assert.match(text, said);
      assert.match(html, new RegExp(`<title>[^<]*${words[language][1].source}</title>`));
    };
    isSaid();
    assert.match(visitor.page().text, /010170-\*{4}/);
    assert.doesNotMatch(visitor.page().html, /010170-960F/);
    await visitor.get("/demo/proofing/invitation?invitationGuid=none");
    isSaid();
  }
});
