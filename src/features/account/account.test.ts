import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type AccountGround, openAccountGround, rightPassword } from "../../../test/grounds/account-ground.ts";
import type { Identity } from "../../kernel/identity.ts";
import { minutes, seconds } from "../../kernel/time.ts";

let ground: AccountGround;
let count = 0;
before(async () => {
  ground = await openAccountGround();
});
after(() => ground.close());

const newPerson = () => ground.person(`person${++count}@koivula.example`);
const newPassword = "neljä sinistä kettua metsässä";

const eventsOf = async (accountId: string) =>
  (await ground.audit.listEvents(ground.db, { accountId, limit: 20 })).map(({ type, detail }) =>
    typeof detail.reason === "string" ? `${type} ${detail.reason}` : type,
  );

test("USR-1 without a session the page leads to the sign-in page, and so does every post", async () => {
  const stranger = await ground.browser();
  assert.equal((await stranger.get("/account")).to, "/sign-in?to=account");
  assert.equal((await stranger.get("/account/events")).to, "/sign-in?to=account");
  for (const url of ["/account/password", "/account/sessions/end", "/account/sessions/end-others"])
    assert.equal((await stranger.post(url)).to, "/sign-in?to=account");
  stranger.cookies.set("__Host-vahva_session", "x".repeat(43));
  assert.equal((await stranger.get("/account")).to, "/sign-in?to=account");
});

test("USR-1 shows methods, sessions, what happened and who one is, in three languages", async () => {
  const aino = await newPerson();
  const here = await ground.browser(aino);
  await ground.browser(aino, { userAgent: "Mozilla/5.0 (iPhone) Safari" });
  await here.post("/test/code", { code: aino.code() });
  const { status, page } = await here.get("/account");
  assert.equal(status, 200);
  for (const text of [
    "Authenticator app",
    "Password",
    "Firefox, Windows",
    "Safari, iPhone",
    "This browser",
    "198.51.100.…",
    "A code was tested: it was right",
    aino.email,
    "Koivula",
    "Go to Intranet",
    "End all others",
  ])
    assert.ok(page.includes(text), text);
  assert.ok(!page.includes("198.51.100.7"));
  assert.match((await here.get("/account?lang=fi")).page, /Käyttäjäpalvelut[\s\S]*Missä olet kirjautuneena/);
  assert.match((await here.get("/account?lang=sv")).page, /Användartjänster[\s\S]*Var du är inloggad/);
});

test("USR-1 AUD-4 who one is to a state is shown masked, and only once it is proved", async () => {
  const aino = await newPerson();
  const here = await ground.browser(aino);
  const owned = {
    accountId: aino.id,
    organisationId: aino.organisationId,
    broker: "telia",
    level: "substantial",
  } as const;
  const bind = (identity: Identity) =>
    ground.db.transaction().execute(async (tx) => {
      await tx.deleteFrom("identity").execute();
      assert.equal(await ground.identities.bind(tx, { ...owned, identity }, ground.clock.now()), "bound");
    });
  const hetu = { country: "FI", type: "hetu", value: "131052-308T" } as const;
  await ground.db
    .transaction()
    .execute((tx) => ground.identities.expect(tx, [{ ...owned, identity: hetu }], ground.clock.now()));
  assert.doesNotMatch((await here.get("/account")).page, /131052|identity code/);
  await bind(hetu);
  const { page } = await here.get("/account");
  assert.match(page, /Personal identity code[\s\S]{0,40}131052-\*{4}/);
  assert.ok(!page.includes(hetu.value));
  assert.match((await here.get("/account?lang=sv")).page, /Personbeteckning[\s\S]{0,40}131052-\*{4}/);
  await bind({ country: "SE", type: "personnummer", value: "198112289874" });
  assert.match((await here.get("/account?lang=sv")).page, /Personnummer[\s\S]{0,40}19811228\*{4}/);
  await bind({ country: "XX", type: "subject", value: "https://broker.example 24400320" });
  assert.doesNotMatch((await here.get("/account?lang=en")).page, /24400320|identity code|\*{4}/);
});

test("USR-1 what happened is paged by key, without gaps or repeats", async () => {
  const aino = await newPerson();
  const here = await ground.browser(aino);
  const event = {
    type: "sign-in.succeeded",
    result: "done",
    actor: `account:${aino.id}` as const,
    organisationId: aino.organisationId,
    accountId: aino.id,
  } as const;
  const inner = { ...event, type: "password.accepted" } as const;
  for (let round = 0; round < 60; round++) {
    ground.clock.advance(seconds(1));
    await ground.db.transaction().execute((tx) => ground.audit.record(tx, [event, inner]));
  }
  const seen: string[] = [];
  for (let url: string | undefined = "/account/events"; url && seen.length < 100; ) {
    const { page } = await here.get(url);
    seen.push(...[...page.matchAll(/datetime="([^"]+)"/g)].map((found) => found[1] ?? ""));
    url = /href="(\/account\/events\?before=[\w.-]+)"/.exec(page)?.[1];
  }
  assert.equal(seen.length, 60);
  assert.equal(new Set(seen).size, 60);
  assert.equal((await here.get("/account/events?before=nonsense")).status, 200);
});

test("USR-1 a session is ended by its owner alone, and its browser is out with the next request", async () => {
  const [aino, pekka] = [await newPerson(), await newPerson()];
  const [here, there, other] = [await ground.browser(aino), await ground.browser(aino), await ground.browser(pekka)];
  const uid = /name="uid" value="([^"]+)"/.exec((await here.get("/account")).page)?.[1] ?? "";
  assert.equal((await other.post("/account/sessions/end", { uid })).to, "/account");
  assert.equal((await there.get("/account")).status, 200);
  const before = ground.ended.length;
  assert.equal((await here.post("/account/sessions/end", { uid })).to, "/account?ended=session");
  assert.equal((await there.get("/account")).to, "/sign-in?to=account");
  assert.deepEqual(
    ground.ended.slice(before).map((one) => one.uid),
    [uid],
  );
  assert.deepEqual(await eventsOf(aino.id), ["session.ended ended-by-owner"]);
  assert.match((await here.get("/account?ended=session")).page, /The session was ended/);
});

test("USR-1 ending all others keeps this browser's session and nobody else's business", async () => {
  const [aino, pekka] = [await newPerson(), await newPerson()];
  const [here, there, third] = [await ground.browser(aino), await ground.browser(aino), await ground.browser(aino)];
  const other = await ground.browser(pekka);
  assert.equal((await here.post("/account/sessions/end-others")).to, "/account?ended=others");
  assert.equal((await there.get("/account")).status, 303);
  assert.equal((await third.get("/account")).status, 303);
  assert.equal((await here.get("/account")).status, 200);
  assert.equal((await other.get("/account")).status, 200);
});

test("SIN-11 signing out ends the session on the server, clears the cookie and tells the applications", async () => {
  const aino = await newPerson();
  const here = await ground.browser(aino);
  const stolen = await ground.browser();
  stolen.cookies.set("__Host-vahva_session", here.cookies.get("__Host-vahva_session") ?? "");
  const before = ground.ended.length;
  const out = await here.post("/account/sign-out");
  assert.equal(out.to, "/signed-out?organisation=koivula&in=en");
  assert.equal(here.cookies.get("__Host-vahva_session"), undefined);
  assert.equal((await stolen.get("/account")).to, "/sign-in?to=account");
  assert.equal(ground.ended.length, before + 1);
  assert.deepEqual(await eventsOf(aino.id), ["session.ended signed-out"]);
  const { page } = await here.get(out.to);
  assert.match(page, /You are signed out[\s\S]*Sign in again[\s\S]*https:\/\/intra\.example\//);
  assert.equal((await here.post("/account/sign-out")).to, "/signed-out");
  assert.equal((await here.get("/signed-out?organisation=nobody")).status, 200);
});

test("SIN-11 nothing is changed by a GET, nor by a form of another site", async () => {
  const aino = await newPerson();
  const here = await ground.browser(aino);
  assert.equal((await here.get("/account/sign-out")).status, 405);
  assert.equal((await here.post("/account/sign-out", { form_token: "forged" })).status, 410);
  assert.equal((await here.get("/account")).status, 200);
});

const begin = async (browser: Awaited<ReturnType<AccountGround["browser"]>>) =>
  (await browser.post("/account/password")).to;

test("USR-8 T72 A11 a changed password ends every other session at once, and goes on here under a new id", async () => {
  const aino = await newPerson();
  const [here, thief] = [await ground.browser(aino), await ground.browser(aino)];
  const halfWay = await begin(thief);
  const old = here.cookies.get("__Host-vahva_session");
  const journey = await begin(here);
  assert.match((await here.get(journey)).page, /name="new_password"/);
  const done = await here.post(journey, { step: "new-password", new_password: newPassword });
  assert.equal(done.to, "/account?changed=password");
  assert.notEqual(here.cookies.get("__Host-vahva_session"), old);
  assert.match((await here.get(done.to)).page, /Your password was changed/);
  assert.equal((await thief.get("/account")).to, "/sign-in?to=account");
  assert.equal(
    (await thief.post(halfWay, { step: "new-password", new_password: "viisi keltaista ankkaa" })).to,
    halfWay,
  );
  assert.equal((await thief.get(halfWay)).status, 410);
  const stale = await ground.browser();
  stale.cookies.set("__Host-vahva_session", old ?? "");
  assert.equal((await stale.get("/account")).status, 303);
  const { epoch } = await ground.db
    .selectFrom("account")
    .select("epoch")
    .where("id", "=", aino.id)
    .executeTakeFirstOrThrow();
  assert.equal(epoch, aino.epoch + 1);
  assert.ok(ground.enqueued.some((sent) => sent.template === "password-changed" && sent.to === aino.email));
});

test("USR-9 T16 a session older than minutes is asked for password and code again before the password is changed", async () => {
  const aino = await newPerson();
  const here = await ground.browser(aino);
  ground.clock.advance(minutes(6));
  const journey = await begin(here);
  const { page } = await here.get(journey);
  assert.match(page, /name="password"/);
  assert.doesNotMatch(page, /name="new_password"/);
  await here.post(journey, { step: "new-password", new_password: newPassword });
  assert.match((await here.get(journey)).page, /name="password"/);
  await here.post(journey, { step: "password", password: rightPassword });
  assert.match((await here.get(journey)).page, /name="code"/);
  await here.post(journey, { step: "new-password", new_password: newPassword });
  await here.post(journey, { step: "totp", code: aino.code() });
  assert.match((await here.get(journey)).page, /name="new_password"/);
  assert.equal(
    (await here.post(journey, { step: "new-password", new_password: newPassword })).to,
    "/account?changed=password",
  );
});

test("T16 a password that was set when the session began is no change of it, and other browsers can't take it up", async () => {
  const aino = await newPerson();
  const here = await ground.browser(aino);
  const journey = await begin(here);
  await here.post(journey, { step: "continue" });
  assert.match((await here.get(journey)).page, /name="new_password"/);
  const elsewhere = await ground.browser(aino);
  assert.equal((await elsewhere.get(journey)).to, "/sign-in");
  assert.equal((await elsewhere.post(journey, { step: "new-password", new_password: newPassword })).to, "/sign-in");
});
