import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type LogoutGround, openLogoutGround, signedOut } from "../../../../test/grounds/logout-ground.ts";
import { makeAccount } from "../../../../test/grounds/provider-ground.ts";
import { eventually } from "../../../../test/harness/eventually.ts";
import { minutes, plus } from "../../../kernel/time.ts";
import { sweepLogouts } from "./logout-store.ts";

let ground: LogoutGround;
before(async () => {
  ground = await openLogoutGround();
});
beforeEach(async () => {
  ground.suomi.hooks.onRequest = async () => {};
  ground.setState("suomi", "open");
  await ground.db.deleteFrom("throttle").execute();
});
after(() => ground.close());

const soon = () => plus(new Date(), minutes(5));
let messages = 0;
const newId = () => `theirs-${++messages}`;
/** As the broker's frame asks: without a cookie. */
const inFrame = (query: string, { node = ground.a.address, broker = "suomi" } = {}) =>
  fetch(`${node}/eid/${broker}/logout?${query}`, { redirect: "manual" });
const signOutUrl = (wish: Record<string, string>) => `/sign-out?${new URLSearchParams(wish)}`;
const refusals = async () => (await ground.audited("eid.logout-refused")).map(({ reason }) => reason);

test("SIN-11 signing out ends our session, then asks the broker to end its own, and comes back to our page", async () => {
  const { agent, uid, session, accountId } = await ground.signedIn();
  let liveWhenAsked: boolean | null = null;
  ground.suomi.hooks.onRequest = async () => {
    liveWhenAsked = await ground.isLive(uid);
  };
  const left = await ground.post(agent, "/account/sign-out");
  assert.equal(left.status, 303);
  assert.equal(liveWhenAsked, false, "our session ends before the request is made");
  assert.match(left.location ?? "", /^https:\/\/suomi\.example\/slo\?SAMLRequest=/);
  assert.ok(!agent.cookies().some(({ name }) => name === "vahva_session"));
  const { asked, query } = ground.suomi.answers(left.location ?? "");
  assert.deepEqual([asked.brokerSession, asked.language], [`${session};qualified`, "fi"]);
  await eventually(() => assert.equal(ground.toldOf(accountId), 1));

  const back = await agent.send(`/eid/suomi/logout?${query}`);
  assert.deepEqual([back.status, back.location], [303, `${ground.a.origin}/signed-out?organisation=koivula&in=fi`]);
  assert.equal(back.headers.get("x-frame-options"), "DENY");
  const again = await agent.send(`/eid/suomi/logout?${query}`);
  assert.equal(again.location, `${ground.a.origin}/signed-out`);
});

test("SIN-11 so does ending one's own session in the list of sessions", async () => {
  const { agent, uid } = await ground.signedIn();
  const left = await ground.post(agent, "/account/sessions/end", { uid });
  assert.match(left.location ?? "", /^https:\/\/suomi\.example\/slo\?SAMLRequest=/);
});

test("SIN-11 T61 an application's sign-out goes by way of the broker, and ends at its address with its state", async () => {
  const wish = { post_logout_redirect_uri: signedOut, state: "s&1" };
  const proved = await ground.signedIn();
  const unasked = await proved.agent.send(signOutUrl({ ...wish, id_token_hint: proved.hint }));
  const known = await ground.signedIn();
  const confirmed = await ground.post(known.agent, "/sign-out/confirm", { ...wish, client_id: ground.client.clientId });
  for (const [{ agent, uid }, left] of [
    [proved, unasked],
    [known, confirmed],
  ] as const) {
    assert.equal(await ground.isLive(uid), false);
    const { query } = ground.suomi.answers(left.location ?? "");
    assert.ok(!query.includes("app.example"), "where it goes on to does not travel");
    const back = await agent.send(`${ground.b.address}/eid/suomi/logout?${query}`);
    assert.equal(back.location, `${signedOut}?state=s%261`);
  }
});

test("SIN-11 without a broker that can be asked, a sign-out goes straight on", async () => {
  const straight = async (wanted: Parameters<typeof ground.signedIn>[0]) => {
    const { agent, uid, hint } = await ground.signedIn(wanted);
    const left = await agent.send(signOutUrl({ id_token_hint: hint, post_logout_redirect_uri: signedOut }));
    assert.equal(left.location, signedOut);
    assert.equal(await ground.isLive(uid), false);
    const { agent: person } = await ground.signedIn(wanted);
    const own = await ground.post(person, "/account/sign-out");
    assert.equal(own.location, `${ground.a.origin}/signed-out?organisation=koivula&in=fi`);
  };
  await straight({ session: null });
  await straight({ broker: "plain" });
  await straight({ broker: "gone" });
  ground.suomi.hooks.onRequest = () => Promise.reject(new Error("no key"));
  await straight({});
  ground.setState("suomi", "closed");
  ground.suomi.hooks.onRequest = () => assert.fail("a closed broker is asked nothing");
  await straight({});
});

test("SIN-11 T60 a broker's request in a frame without cookies ends exactly the session that began with its own", async () => {
  const accountId = await makeAccount(ground.db, ground.a.organisationId);
  const ends = await ground.signedIn({ accountId });
  const goesOn = [
    await ground.signedIn({ accountId }),
    await ground.signedIn({ accountId, session: null }),
    await ground.signedIn({ session: ends.session, broker: "other" }),
  ];
  const answer = await inFrame(ground.suomi.asks(newId(), ends.session, soon()), { node: ground.b.address });
  assert.equal(answer.status, 302);
  assert.match(answer.headers.get("location") ?? "", /^https:\/\/suomi\.example\/slo\?SAMLResponse=/);
  assert.equal(answer.headers.get("x-frame-options"), null);
  assert.doesNotMatch(answer.headers.get("content-security-policy") ?? "", /frame-ancestors/);
  assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  assert.deepEqual(answer.headers.getSetCookie(), []);

  assert.equal(await ground.isSignedIn(ends.agent), false);
  for (const { agent } of goesOn) assert.equal(await ground.isSignedIn(agent), true);
  await eventually(() => assert.equal(ground.toldOf(accountId), 1));
  const events = (await ground.audited("session.ended")).filter(({ session }) => session === ends.uid);
  assert.deepEqual(events, [{ session: ends.uid, reason: "broker", broker: "suomi" }]);
});

test("T60 a closed broker still ends what began with it; where nothing did, the answer is the same", async () => {
  const { agent, session } = await ground.signedIn();
  ground.setState("suomi", "closed");
  assert.equal((await inFrame(ground.suomi.asks(newId(), session, soon()))).status, 302);
  assert.equal(await ground.isSignedIn(agent), false);
  assert.equal((await inFrame(ground.suomi.asks(newId(), "nobody's", soon()))).status, 302);
});

test("T60 what is forged, altered or late ends nothing, and is audited", async () => {
  const { agent, session } = await ground.signedIn();
  const genuine = () => ground.suomi.asks(newId(), session, soon());
  const before = (await refusals()).length;
  const forged = [
    genuine().replace(/&Signature=.*/, ""),
    genuine().replace(/Signature=..../, "Signature=AAAA"),
    genuine().replace("theirs", "%74heirs"),
    `SAMLRequest=x&${genuine()}`,
    `${genuine()}&SAMLResponse=x`,
    ground.other.asks(newId(), session, soon()),
  ];
  const late = ground.suomi.asks(newId(), session, plus(new Date(), -minutes(1)));
  for (const query of [...forged, late]) {
    const answer = await inFrame(query);
    assert.equal(answer.status, 400, query);
    assert.deepEqual(Object.keys(JSON.parse(await answer.text())), ["error", "reference"]);
  }
  assert.deepEqual((await refusals()).slice(before), [...forged.map(() => "not-genuine"), "expired"]);
  assert.equal((await inFrame(genuine(), { broker: "plain" })).status, 404);
  assert.equal((await inFrame(genuine(), { broker: "nobody" })).status, 404);
  for (const query of ["", "SAMLRequest=%00"]) assert.equal((await inFrame(query)).status, 400);
  assert.equal(await ground.isSignedIn(agent), true);
});

test("T60 a message counts once, however often and on whichever node it comes again", async () => {
  const accountId = await makeAccount(ground.db, ground.a.organisationId);
  const { session } = await ground.signedIn({ accountId });
  const query = ground.suomi.asks(newId(), session, soon());
  const nodes = [ground.a.address, ground.b.address];
  const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => inFrame(query, { node: nodes[i % 2] ?? "" })));
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [302, ...Array.from({ length: 15 }, () => 400)]);
  assert.ok((await refusals()).includes("replayed"));

  // The person has come back since, by the same session at the broker.
  const { agent } = await ground.signedIn({ accountId, session });
  for (const node of nodes) assert.equal((await inFrame(query, { node })).status, 400);
  assert.equal(await ground.isSignedIn(agent), true);
});

test("T60 who sends forgeries without end fills no audit", async () => {
  const before = (await refusals()).length;
  for (let round = 0; round < 25; round += 1) assert.equal((await inFrame(`SAMLRequest=${round}`)).status, 400);
  assert.equal((await refusals()).length - before, 20);
});

test("T61 nothing of an answer leads anywhere: what was kept does, in the browser that left, once", async () => {
  const { agent } = await ground.signedIn();
  const left = await ground.post(agent, "/account/sign-out");
  const { query, state } = ground.suomi.answers(left.location ?? "");
  const page = `${ground.a.origin}/signed-out`;
  for (const relayState of [
    "",
    "javascript:alert(1)",
    "//evil.example",
    "https://evil.example/",
    "<b>x</b>",
    "x".repeat(43),
  ]) {
    const answer = await agent.send(
      `/eid/suomi/logout?${new URLSearchParams({ SAMLResponse: "x", RelayState: relayState })}`,
    );
    assert.deepEqual([answer.status, answer.location, answer.text], [303, page, ""]);
  }
  assert.equal((await agent.send("/eid/suomi/logout?SAMLResponse=x")).location, page);
  assert.equal((await agent.send(`/eid/other/logout?${query}`)).location, page, "another broker's address");
  assert.equal((await agent.send(`/eid/%00/logout?SAMLResponse=x&RelayState=%00`)).status, 400);
  assert.equal((await ground.a.agent().send(`/eid/suomi/logout?${query}`)).location, page, "another browser");
  const more = `SAMLResponse=forged&onward=https://evil.example&RelayState=${state}&RelayState=https://evil.example`;
  const back = await agent.send(`/eid/suomi/logout?${more}`);
  assert.equal(back.location, `${page}?organisation=koivula&in=fi`, "our session has ended, whatever the answer says");
  assert.equal((await refusals()).at(-1), "answer-not-genuine");
  assert.equal((await agent.send(`/eid/suomi/logout?${query}`)).location, page, "used up");
});

test("T61 who comes back after twenty minutes gets to our own page, and what is over is forgotten", async () => {
  const { agent } = await ground.signedIn();
  const { query } = ground.suomi.answers((await ground.post(agent, "/account/sign-out")).location ?? "");
  await ground.db
    .updateTable("eid_logout")
    .set({ expires_at: plus(new Date(), -1) })
    .execute();
  assert.equal((await agent.send(`/eid/suomi/logout?${query}`)).location, `${ground.a.origin}/signed-out`);
  await inFrame(ground.suomi.asks(newId(), "nobody's", soon()));
  assert.ok((await sweepLogouts(ground.db, plus(new Date(), minutes(70)))) >= 2);
  for (const table of ["eid_logout", "eid_logout_seen"] as const)
    assert.deepEqual(await ground.db.selectFrom(table).select("expires_at").execute(), []);
});

test("SIN-11 our metadata is at its address for brokers that read it, for an hour", async () => {
  const answer = await fetch(`${ground.a.address}/eid/suomi/metadata`);
  assert.equal(answer.headers.get("content-type"), "application/samlmetadata+xml");
  assert.equal(answer.headers.get("cache-control"), "public, max-age=3600");
  assert.equal(await answer.text(), '<EntityDescriptor entityID="suomi"/>');
  for (const name of ["plain", "nobody"])
    assert.equal((await fetch(`${ground.a.address}/eid/${name}/metadata`)).status, 404);
});
