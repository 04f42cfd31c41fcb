import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type AccountGround, openAccountGround, rightPassword } from "../../../test/grounds/account-ground.ts";
import { minutes } from "../../kernel/time.ts";

let ground: AccountGround;
let count = 0;
before(async () => {
  ground = await openAccountGround();
});
after(() => ground.close());
beforeEach(() => allow(true));

const allow = (mayRemove: boolean, permitted = ["totp"]) =>
  ground.setPolicy({ methods: { staff: { permitted, mayRemove } } });

type Person = Awaited<ReturnType<AccountGround["person"]>>;
type Browser = Awaited<ReturnType<AccountGround["browser"]>>;

const newPerson = () => ground.person(`person${++count}@koivula.example`);
const remove = (browser: Browser, authenticator: string) => browser.post("/account/remove", { authenticator });
const linked = async ({ id }: Person) => {
  const rows = await ground.db
    .selectFrom("authenticator")
    .select(["id", "method"])
    .where("account_id", "=", id)
    .where("removed_at", "is", null)
    .execute();
  return rows.filter(({ method }) => method !== "password").map(({ id: each }) => each);
};
const events = async ({ id }: Person) =>
  (await ground.audit.listEvents(ground.db, { accountId: id, limit: 50 })).map(({ type }) => type);

test("USR-6 by default only support removes: the page says so, and a post made by hand does nothing", async () => {
  await allow(false);
  const aino = await newPerson();
  const second = await ground.secondApp(aino);
  const here = await ground.browser(aino);
  const { page } = await here.get("/account");
  assert.match(page, /Only <a href="#help">user support<\/a> can remove it\./);
  assert.ok(!page.includes("/account/remove"));
  assert.equal((await here.get(`/account/remove/${second.id}`)).to, "/account");
  assert.equal((await remove(here, second.id)).to, "/account");
  assert.equal((await linked(aino)).length, 2);
});

test("USR-6 where the organisation lets people, a page says what will happen and what is left, and changes nothing", async () => {
  const aino = await newPerson();
  const second = await ground.secondApp(aino);
  const here = await ground.browser(aino);
  assert.ok((await here.get("/account")).page.includes(`href="/account/remove/${second.id}"`));
  const { status, page } = await here.get(`/account/remove/${second.id}`);
  assert.equal(status, 200);
  assert.match(page, /Remove the sign-in method\?[\s\S]*From then on you sign in with: Authenticator app/);
  assert.match((await here.get(`/account/remove/${second.id}?lang=fi`)).page, /Irrotetaanko/);
  assert.match((await here.get(`/account/remove/${second.id}?lang=sv`)).page, /Ska kopplingen tas bort\?/);
  assert.equal((await linked(aino)).length, 2);
  assert.equal((await here.get("/account/remove")).status, 405);
});

test("USR-6 USR-7 T72 a removed one is gone with its secret, other sessions end, it is told and audited", async () => {
  const aino = await newPerson();
  const second = await ground.secondApp(aino);
  const [here, thief] = [await ground.browser(aino), await ground.browser(aino)];
  const halfWay = (await thief.post("/account/password")).to;
  const told = ground.enqueued.length;
  const done = await remove(here, second.id);
  assert.equal(done.to, "/account?removed=yes");
  assert.match((await here.get(done.to)).page, /The sign-in method was removed/);
  assert.deepEqual(await linked(aino), [aino.ids.totp]);
  const { removed_at } = await ground.db
    .selectFrom("authenticator")
    .select("removed_at")
    .where("id", "=", second.id)
    .executeTakeFirstOrThrow();
  assert.ok(removed_at, "it stays on record, with the time");
  const secret = await ground.db.selectFrom("totp").selectAll().where("authenticator_id", "=", second.id).execute();
  assert.deepEqual(secret, []);
  assert.equal((await thief.get("/account")).to, "/sign-in?to=account");
  assert.equal((await thief.get(halfWay)).status, 410);
  assert.deepEqual(
    ground.enqueued.slice(told).map(({ template, channel, to }) => [template, channel, to]),
    [
      ["method-removed", "email", aino.email],
      ["method-removed", "sms", aino.phone],
    ],
  );
  assert.ok((await events(aino)).includes("method.removed"));
});

test("USR-7 a hardware token that was removed is called one", async () => {
  const aino = await newPerson();
  const second = await ground.secondApp(aino);
  await ground.db.updateTable("authenticator").set({ name: "8659273" }).where("id", "=", second.id).execute();
  const told = ground.enqueued.length;
  await remove(await ground.browser(aino), second.id);
  assert.deepEqual(
    ground.enqueued.slice(told).map(({ parameters }) => "method" in parameters && parameters.method),
    ["token", "token"],
  );
});

test("USR-6 whoever came by what they remove is signed out here too, and comes in by what is left", async () => {
  const aino = await newPerson();
  const second = await ground.secondApp(aino);
  const here = await ground.browser(aino);
  await remove(here, aino.ids.totp);
  assert.deepEqual(await linked(aino), [second.id]);
  assert.equal((await here.get("/account")).to, "/sign-in?to=account");
  const journey = (await here.get("/sign-in?to=account&organisation=koivula")).to;
  await here.post(journey, { step: "password", username: aino.email, password: rightPassword });
  await here.post(journey, { step: "totp", code: aino.code() });
  assert.match((await here.get(journey)).page, /name="code"/, "the removed app's codes are worth nothing");
  assert.equal((await here.post(journey, { step: "totp", code: second.code() })).to, "/account");
});

test("USR-6 the last one stays, whatever is posted; so does another person's, and the password", async () => {
  const [aino, pekka] = [await newPerson(), await newPerson()];
  await ground.secondApp(pekka);
  const here = await ground.browser(aino);
  assert.match((await here.get("/account")).page, /You have no other: link another before you remove it/);
  for (const id of [aino.ids.totp, aino.ids.password, pekka.ids.totp, "", "'", pekka.id]) {
    assert.equal((await remove(here, id)).to, "/account", id);
    assert.equal((await here.get(`/account/remove/${encodeURIComponent(id)}`)).to || "/account", "/account");
  }
  assert.equal((await linked(aino)).length, 1);
  assert.equal((await linked(pekka)).length, 2);
});

test("USR-9 T16 a session older than minutes shows what it rests on anew before anything is removed", async () => {
  const aino = await newPerson();
  const second = await ground.secondApp(aino);
  const here = await ground.browser(aino);
  ground.clock.advance(minutes(6));
  const journey = (await remove(here, second.id)).to;
  assert.match((await here.get(journey)).page, /name="password"/);
  await here.post(journey, { step: "continue" });
  assert.equal((await linked(aino)).length, 2);
  await here.post(journey, { step: "password", password: rightPassword });
  assert.equal((await here.post(journey, { step: "totp", code: aino.code() })).to, "/account?removed=yes");
  assert.deepEqual(await linked(aino), [aino.ids.totp]);
});

test("USR-6 POL-3 what the policy forbids meanwhile is refused at the end, and audited", async () => {
  const aino = await newPerson();
  const second = await ground.secondApp(aino);
  const [here, other] = [await ground.browser(aino), await ground.browser(aino)];
  ground.clock.advance(minutes(6));
  const journey = (await remove(here, second.id)).to;
  await here.post(journey, { step: "password", password: rightPassword });
  await allow(false);
  assert.equal((await here.post(journey, { step: "totp", code: aino.code() })).to, "/account");
  assert.equal((await linked(aino)).length, 2);
  assert.ok((await events(aino)).includes("method.remove-refused"));
  assert.equal((await other.get("/account")).status, 200, "nothing ended, since nothing was removed");
});

test("USR-6 T46 two browsers that remove the last two at once leave one", async () => {
  for (let round = 0; round < 5; round++) {
    const aino = await newPerson();
    const second = await ground.secondApp(aino);
    const browsers = await Promise.all(Array.from({ length: 8 }, () => ground.browser(aino)));
    await Promise.all(browsers.map((browser, index) => remove(browser, index % 2 ? second.id : aino.ids.totp)));
    assert.equal((await linked(aino)).length, 1, `round ${round}`);
    assert.equal((await events(aino)).filter((type) => type === "method.removed").length, 1);
  }
});

test("POL-3 USR-1 whoever has nothing left that is permitted is told at the top what the organisation asks for", async () => {
  const aino = await newPerson();
  const here = await ground.browser(aino);
  await allow(true, ["eid"]);
  const { page } = await here.get("/account");
  assert.match(page, /Your sign-in methods are no longer permitted[\s\S]*Sign-in methods<\/h2>/);
});
