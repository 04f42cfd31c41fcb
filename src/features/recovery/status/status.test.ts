import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { openStatusGround, type StatusGround } from "../../../../test/grounds/recovery-status.ts";
import { days, minutes, plus, seconds } from "../../../kernel/time.ts";

let ground: StatusGround;
before(async () => {
  ground = await openStatusGround();
});
beforeEach(() => ground.clear());
after(() => ground.close());

const passValue = "kQ8#vT2!mZ5x";

/** From now on the directory gives a pass that is good for an hour. */
const givesPass = () =>
  ground.answers(() => ({
    result: "done",
    progress: { removed: 2, of: 2 },
    left: [],
    pass: { value: passValue, expiresAt: plus(ground.clock.now(), minutes(60)) },
  }));

const jobIn = (page: string) => /name="job" value="(\d+)"/.exec(page)?.[1] ?? "";

test("REC-3 whoever has the link sees the list, and nothing personal; looking changes nothing", async () => {
  const { account, path } = await ground.reset();
  const before = await ground.jobs();
  for (const browser of [ground.browser(), ground.browser()]) {
    const { status, page } = await browser.get(path);
    assert.equal(status, 200);
    assert.match(page, /By Suomi\.fi e-Identification, at 11:00/);
    assert.match(page, /Sign-in methods removed: 2\. Sessions ended: 3\./);
    assert.match(page, /entra<\/b>[\s\S]*Waiting/);
    assert.match(page, /R4T-8QN-21/);
    for (const personal of [account.email, account.userName, "Aino", "Virtanen", account.id, "totp", "passkey"])
      assert.ok(!page.includes(personal), personal);
  }
  assert.deepEqual(await ground.jobs(), before);
});

test("REC-3 each directory is followed: told, told again at a time, failed, done", async () => {
  await ground.addDirectory("ldap");
  const { path, own } = await ground.reset();
  ground.answers(({ name }) =>
    name === "ldap"
      ? { result: "failed", reason: "no rights", left: ["Password"] }
      : { result: "later", reason: "busy", retryAfter: minutes(4) },
  );
  await ground.directories.deliverDue();
  const first = (await own.get(path)).page;
  assert.match(first, /entra<\/b>[\s\S]*We try again at 11:04\.[\s\S]*Trying again/);
  assert.match(first, /ldap<\/b>[\s\S]*Still there: Password\.[\s\S]*Failed/);
  assert.ok(!first.includes("no rights") && !first.includes("busy"), "reasons are for operators");
  ground.clock.advance(minutes(4));
  ground.answers(() => ground.done);
  await ground.directories.deliverDue();
  const last = (await own.get(path)).page;
  assert.match(last, /entra<\/b>[\s\S]*Done at 11:04\. It took 4 minutes\./);
  assert.match(last, /<h1>Your old sign-in methods are removed here, but not everywhere/);
  await ground.remove("ldap");
});

test("REC-3 REC-8 a frozen account's page says that it stopped, and offers no linking", async () => {
  const { account, path, own } = await ground.reset();
  await ground.db.transaction().execute((tx) => ground.directories.withhold(tx, account.id));
  await ground.setState(account.id, "frozen");
  const { page } = await own.get(path);
  assert.match(page, /The account was frozen before it was told[\s\S]*Stopped/);
  assert.ok(!page.includes(`${path}/link`));
  assert.equal((await own.post(`${path}/link`)).to, path);
});

test("REC-3 a link that is over or never was leads on, with 404", async () => {
  const { path, own } = await ground.reset();
  ground.clock.advance(days(7) - seconds(1));
  assert.equal((await own.get(path)).status, 200);
  ground.clock.advance(seconds(2));
  const links = [path, `/recover/status/${"x".repeat(43)}`, "/recover/status/%00", "/recover/status/'%20or%201=1"];
  for (const link of links) {
    const { status, page } = await own.get(link);
    assert.equal(status, 404, link);
    assert.match(page, /There is no such page any more[\s\S]*href="\/sign-in"[\s\S]*href="\/recover"/);
    assert.equal((await own.get(`${link}/events`)).status, 404);
    for (const post of ["pass", "link"]) assert.equal((await own.post(`${link}/${post}`)).to, "/recover");
  }
});

test("REC-3 T72 the pass is shown once, on the answer, in the browser that proved it and in no other", async () => {
  givesPass();
  const { path, own, account } = await ground.reset();
  await ground.directories.deliverDue();
  const job = jobIn((await own.get(path)).page);
  assert.ok(job);
  for (const other of [ground.browser(), ground.browser("")]) {
    const { page } = await other.get(path);
    assert.ok(!jobIn(page) && !page.includes("Show the pass"));
    const refused = await other.post(`${path}/pass`, { job });
    assert.ok(refused.status >= 300 && !refused.page.includes(passValue));
  }
  assert.equal((await own.post(`${path}/pass`, { job, form_token: "forged" })).status, 410);
  const another = await ground.reset();
  assert.equal((await another.own.post(`${another.path}/pass`, { job })).to, another.path, "of another reset");
  const shown = await own.post(`${path}/pass`, { job });
  assert.equal(shown.status, 200);
  assert.ok(shown.page.includes(passValue));
  assert.match(shown.page, /Valid until 12:\d\d\./);
  const again = await own.post(`${path}/pass`, { job });
  assert.match(again.page, /can’t be shown/);
  const after = (await own.get(path)).page;
  assert.match(after, /The temporary pass has been shown/);
  assert.ok(![again.page, after, shown.to ?? ""].some((text) => text.includes(passValue)));
  assert.equal((await own.get(`${path}/pass?lang=fi`)).to, path, "its language switch leads to the list");
  const told = await ground.db.selectFrom("audit_event").selectAll().where("account_id", "=", account.id).execute();
  assert.deepEqual(told.filter(({ type }) => type === "recovery.pass-shown").length, 1);
  assert.ok(!JSON.stringify(told).includes(passValue), "AUD-4");
});

test("REC-3 a pass whose time is over is neither offered nor shown", async () => {
  givesPass();
  const { path, own } = await ground.reset();
  await ground.directories.deliverDue();
  const job = jobIn((await own.get(path)).page);
  ground.clock.advance(minutes(61));
  assert.equal(jobIn((await own.get(path)).page), "");
  assert.match((await own.post(`${path}/pass`, { job })).page, /can’t be shown/);
});

test("REC-3 T46 sixteen at once get one pass", async () => {
  givesPass();
  const { path, own } = await ground.reset();
  await ground.directories.deliverDue();
  const job = jobIn((await own.get(path)).page);
  const answers = await Promise.all(Array.from({ length: 16 }, () => own.post(`${path}/pass`, { job })));
  assert.equal(answers.filter(({ page }) => page.includes(passValue)).length, 1);
});

test("REC-3 REC-7 an authenticator is linked anew in that browser, for half an hour, while nothing else has changed", async () => {
  const { path, own, account } = await ground.reset();
  assert.match((await own.get(path)).page, new RegExp(`action="${path}/link"`));
  assert.match((await own.post(`${path}/link`)).to ?? "", /^\/journey\/[0-9a-f-]{36}$/);
  const other = ground.browser();
  assert.match(
    (await other.get(path)).page,
    /in the browser in which you proved[\s\S]*\/recover\?organisation=koivula/,
  );
  assert.equal((await other.post(`${path}/link`)).to, path);
  assert.equal((await own.post(`${path}/link`, { form_token: "forged" })).status, 410);

  await ground.db.updateTable("account").set({ epoch: 9 }).where("id", "=", account.id).execute();
  assert.match((await own.get(path)).page, /Your account has changed/);
  assert.equal((await own.post(`${path}/link`)).to, path);

  const late = await ground.reset();
  ground.clock.advance(minutes(30));
  assert.match((await late.own.get(late.path)).page, /More than 30 minutes/);
  assert.equal((await late.own.post(`${late.path}/link`)).to, late.path);
});
