import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type AccountGround, openAccountGround, rightPassword } from "../../../test/grounds/account-ground.ts";
import { minutes, seconds } from "../../kernel/time.ts";

let ground: AccountGround;
let count = 0;
before(async () => {
  ground = await openAccountGround();
});
after(() => ground.close());

const newPerson = () => ground.person(`person${++count}@koivula.example`);

test("USR-5 without sign-in the page compares clocks, takes no code and tells nothing of one", async () => {
  const aino = await newPerson();
  const stranger = await ground.browser();
  const { status, page } = await stranger.get("/test/code");
  assert.equal(status, 200);
  assert.match(page, /Is your phone’s clock right\?/);
  assert.match(page, /<time datetime="2026-11-22T09:00:00.000Z">11:00:00<\/time>/);
  assert.doesNotMatch(page, /name="code"/);
  const posted = await stranger.post("/test/code", { code: aino.code() });
  assert.equal(posted.to, "/test/code");
  const here = await ground.browser(aino);
  assert.match((await here.post("/test/code", { code: aino.code() })).page, /The code is right/);
});

test("USR-5 says whether a code is right, used or wrong; the code is spent for signing in too", async () => {
  const aino = await newPerson();
  const here = await ground.browser(aino);
  const right = await here.post("/test/code", { code: aino.code() });
  assert.match(right.page, /The code is right/);
  assert.match((await here.post("/test/code", { code: aino.code() })).page, /already been used/);
  assert.match((await here.post("/test/code", { code: "12" })).page, /six digits/);
  const wrong = aino.code() === "000000" ? "111111" : "000000";
  const refused = await here.post("/test/code", { code: wrong });
  assert.match(refused.page, /<title>Error: [\s\S]*The code is wrong/);

  const other = await ground.browser();
  const journey = (await other.get("/sign-in?organisation=koivula&to=account")).to;
  await other.post(journey, { step: "password", username: aino.email, password: rightPassword });
  await other.post(journey, { step: "totp", code: aino.code() });
  assert.match((await other.get(journey)).page, /already been used/);
});

test("USR-5 tells by how much the clock is off, and being told spends the code", async () => {
  const aino = await newPerson();
  const here = await ground.browser(aino);
  const late = aino.code(6);
  assert.match((await here.post("/test/code", { code: late })).page, /about 3 minutes behind/);
  assert.match((await here.post("/test/code", { code: late })).page, /already been used/);
});

test("USR-5 ten wrong codes block it here as at sign-in, and a right one is told nothing", async () => {
  const aino = await newPerson();
  const here = await ground.browser(aino);
  const wrong = ["000000", "111111"].find((code) => ![0, 1, -1].some((ago) => aino.code(ago) === code)) ?? "222222";
  for (let round = 0; round < 10; round++) await here.post("/test/code", { code: wrong });
  assert.match((await here.post("/test/code", { code: aino.code() })).page, /Too many wrong codes/);
  ground.clock.advance(minutes(16));
  assert.match((await here.post("/test/code", { code: aino.code() })).page, /The code is right/);
});

test("USR-5 whoever has shown the password half-way may test a code, in that browser only, and is not signed in by it", async () => {
  const aino = await newPerson();
  const here = await ground.browser();
  const journey = (await here.get("/sign-in?organisation=koivula&to=account")).to;
  assert.doesNotMatch((await here.get("/test/code")).page, /name="code"/);
  await here.post(journey, { step: "password", username: aino.email, password: rightPassword });
  const { page } = await here.get("/test/code");
  assert.match(page, /name="code"/);
  assert.ok(page.includes(`href="${journey}"`));
  assert.match((await here.post("/test/code", { code: aino.code() })).page, /The code is right/);
  assert.equal((await here.get("/account")).to, "/sign-in?to=account");
  assert.match((await here.get(journey)).page, /name="code"/);
  const elsewhere = await ground.browser();
  assert.doesNotMatch((await elsewhere.get("/test/code")).page, /name="code"/);
  ground.clock.advance(minutes(61));
  assert.doesNotMatch((await here.get("/test/code")).page, /name="code"/);
});

test("USR-5 sixteen tests of one code at once: one of them is right", async () => {
  const aino = await newPerson();
  const browsers = await Promise.all(Array.from({ length: 16 }, () => ground.browser(aino)));
  const code = aino.code();
  const pages = await Promise.all(browsers.map((browser) => browser.post("/test/code", { code })));
  assert.equal(pages.filter(({ page }) => page.includes("The code is right")).length, 1);
  ground.clock.advance(seconds(1));
  const types = (await ground.audit.listEvents(ground.db, { accountId: aino.id, limit: 50 })).map(({ type }) => type);
  assert.deepEqual(types, Array(16).fill("code.tested"));
});
