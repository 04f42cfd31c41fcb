import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type AccountGround, openAccountGround, rightPassword } from "../../../test/grounds/account-ground.ts";
import { hours, minutes } from "../../kernel/time.ts";

let ground: AccountGround;
let count = 0;
before(async () => {
  ground = await openAccountGround();
});
after(() => ground.close());

/** Signs in, and gives what the browser was told of the session's cookie. */
async function signedIn() {
  const aino = await ground.person(`person${++count}@koivula.example`);
  const browser = await ground.browser();
  const journey = (await browser.get("/sign-in?organisation=koivula&to=account")).to;
  await browser.post(journey, { step: "password", username: aino.email, password: rightPassword });
  const done = await browser.post(journey, { step: "totp", code: aino.code() });
  const set = [done.headers["set-cookie"]].flat().map(String);
  return { browser, cookie: set.find((cookie) => cookie.includes("vahva_session=")) ?? "" };
}

test("SIN-11 at a shared workstation the session ends with the browser: its cookie has no end of its own", async () => {
  await ground.setPolicy({ session: { endsWithBrowser: true } });
  const { browser, cookie } = await signedIn();
  assert.match(cookie, /vahva_session=[\w-]{43}/);
  assert.doesNotMatch(cookie, /max-age|expires/i);
  assert.equal((await browser.get("/account")).status, 200);
  await ground.setPolicy({ session: { endsWithBrowser: false } });
  assert.match((await signedIn()).cookie, /max-age=86400/i);
});

test("SIN-11 T73 and after idle time, which use puts off, and at its end in any case", async () => {
  await ground.setPolicy({ session: { endsWithBrowser: true, idleMinutes: 10, lifetimeMinutes: 60 } });
  const used = await signedIn();
  const left = await signedIn();
  for (let round = 0; round < 6; round++) {
    ground.clock.advance(minutes(9));
    assert.equal((await used.browser.get("/account")).status, 200, `in use, round ${round}`);
  }
  assert.equal((await left.browser.get("/account")).to, "/sign-in?to=account");
  ground.clock.advance(minutes(7));
  assert.equal((await used.browser.get("/account")).to, "/sign-in?to=account");
});

test("SIN-11 a change of the rules holds for sessions that begin after it", async () => {
  await ground.setPolicy({ session: { idleMinutes: 60, lifetimeMinutes: 1440 } });
  const before = await signedIn();
  await ground.setPolicy({ session: { idleMinutes: 5 } });
  const after5 = await signedIn();
  ground.clock.advance(minutes(6));
  assert.equal((await before.browser.get("/account")).status, 200);
  assert.equal((await after5.browser.get("/account")).to, "/sign-in?to=account");
  ground.clock.advance(hours(25));
  assert.equal((await before.browser.get("/account")).to, "/sign-in?to=account");
});
