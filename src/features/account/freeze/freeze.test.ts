import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type AccountGround, openAccountGround, rightPassword } from "../../../../test/grounds/account-ground.ts";
import { days, plus } from "../../../kernel/time.ts";
import { systemRandom } from "../../../ports/random.ts";
import { loadTemporary, makeIssuePasswords } from "../../authenticators/password/index.ts";
import { linkNotices } from "../../journey/index.ts";
import { loadAccount } from "../../organisations/index.ts";
import { makeThawAccount } from "./thaw-account.ts";

let ground: AccountGround;
let count = 0;
before(async () => {
  ground = await openAccountGround();
});
after(() => ground.close());

type Person = Awaited<ReturnType<AccountGround["person"]>>;

const seen = new Set<string>();

/** Somebody who was just told by e-mail that a method was linked, and the link in it. */
async function noticed(): Promise<{ aino: Person; link: string }> {
  const aino = await ground.person(`person${++count}@koivula.example`);
  return { aino, link: await notice(aino) };
}

async function notice(aino: Person): Promise<string> {
  const now = ground.clock.now();
  await ground.db
    .transaction()
    .execute(async (tx) => ground.messages.enqueue(tx, await linkNotices(tx, aino, ground.organisation, "totp", now)));
  const letters = (await ground.mailTo(aino.email)).map(({ text }) => text).join("\n");
  const links = [...letters.matchAll(/https:\/\/login\.example(\/not-me\/[\w-]{43})\s/g)].map(([, path]) => path ?? "");
  const fresh = links.find((path) => !seen.has(path));
  assert.ok(fresh, letters);
  seen.add(fresh);
  return fresh;
}

const stateOf = async ({ id }: Person) => (await loadAccount(ground.db, id))?.state;
const events = async ({ id }: Person) =>
  (await ground.audit.listEvents(ground.db, { accountId: id, limit: 20 })).map(({ type }) => type);

test("REC-8 MSG-4 opening the link, and every scanner that opens it, changes nothing; the page says what it will do", async () => {
  const { aino, link } = await noticed();
  const here = await ground.browser(aino);
  const reader = await ground.browser();
  for (let time = 0; time < 3; time++) {
    const { status, page } = await reader.get(link);
    assert.equal(status, 200);
    assert.match(page, /Freeze the account\?[\s\S]*a sign-in method was linked[\s\S]*signed out at once/);
    assert.match(page, /\+358105550100/);
    assert.ok(!page.includes(aino.email) && !page.includes("Virtanen"), "it tells nothing of the account");
  }
  assert.match((await reader.get(`${link}?lang=fi`)).page, /Lukitaanko tili\?/);
  assert.match((await reader.get(`${link}?lang=sv`)).page, /Ska kontot låsas\?/);
  assert.equal(await stateOf(aino), "active");
  assert.equal((await here.get("/account")).status, 200);
});

test("REC-8 T79 the post freezes at once: sessions and half-way journeys end, all addresses, support, the audit and the log are told", async () => {
  const { aino, link } = await noticed();
  const [thief, other] = [await ground.browser(aino), await ground.browser(aino)];
  const halfWay = (await thief.post("/account/password")).to;
  const [told, logged, gone] = [ground.enqueued.length, ground.logged.length, ground.ended.length];
  const reader = await ground.browser();
  assert.equal((await reader.post(link)).to, link);
  assert.match((await reader.get(link)).page, /The account is frozen[\s\S]*Contact user support/);
  assert.equal(await stateOf(aino), "frozen");
  for (const browser of [thief, other]) assert.equal((await browser.get("/account")).to, "/sign-in?to=account");
  assert.equal((await thief.get(halfWay)).status, 410);
  assert.equal(ground.ended.length, gone + 2);
  assert.deepEqual(
    ground.enqueued.slice(told).map(({ template, channel, to }) => [template, channel, to]),
    [
      ["account-frozen", "email", aino.email],
      ["account-frozen", "sms", aino.phone],
    ],
  );
  const letters = (await ground.mailTo(aino.email)).filter(({ text }) => text.includes("/not-me/"));
  assert.equal(letters.length, 1, "that message leads nowhere");
  assert.deepEqual(ground.directories.withheld.at(-1), aino.id);
  const happened = await events(aino);
  for (const type of ["account.frozen", "case.opened"]) assert.ok(happened.includes(type), type);
  assert.deepEqual(ground.logged.length, logged + 1);
  assert.ok(JSON.stringify(ground.logged.at(-1)).includes(aino.id));
  assert.ok(!JSON.stringify(ground.logged).includes(link.split("/").at(-1) ?? ""), "the token is in no log");
});

test("REC-8 a temporary password that is out is worthless from then on, also once the account is thawed", async () => {
  const { aino, link } = await noticed();
  const issuing = { organisation: ground.organisation, orderedBy: "stranger", now: ground.clock.now() } as const;
  const issue = makeIssuePasswords({ random: systemRandom, keyring: { hash: () => Buffer.alloc(32) } });
  await ground.db.transaction().execute((tx) => issue(tx, [aino.id], issuing));
  assert.ok(await loadTemporary(ground.db, aino.id));
  await (await ground.browser()).post(link);
  assert.equal(await loadTemporary(ground.db, aino.id), null);
});

test("REC-8 nobody signs in to a frozen account, and a stranger hears what a stranger hears of any", async () => {
  const { aino, link } = await noticed();
  await (await ground.browser()).post(link);
  const stranger = await ground.browser();
  const journey = (await stranger.get("/sign-in?organisation=koivula")).to;
  await stranger.post(journey, { step: "password", username: aino.email, password: rightPassword });
  const frozen = (await stranger.get(journey)).page;
  await stranger.post(journey, { step: "password", username: aino.email, password: "not it at all" });
  const wrong = (await stranger.get(journey)).page;
  for (const page of [frozen, wrong]) assert.match(page, /The user name or password is wrong/);
  assert.doesNotMatch(frozen, /frozen|name="code"/i);
});

test("REC-8 a link works once, and every other of the account with it; expired and made-up ones do nothing and say what to do", async () => {
  const { aino, link } = await noticed();
  const another = await notice(aino);
  const reader = await ground.browser();
  await reader.post(link);
  await thaw(aino);
  assert.equal(await stateOf(aino), "active");
  for (const used of [link, another]) {
    await reader.post(used);
    assert.match((await reader.get(used)).page, /This link no longer works[\s\S]*contact user support at once/);
  }
  assert.equal(await stateOf(aino), "active");

  const late = await notice(aino);
  await ground.db
    .updateTable("notice_link")
    .set({ expires_at: plus(ground.clock.now(), -1) })
    .where("used_at", "is", null)
    .execute();
  await reader.post(late);
  assert.match((await reader.get(late)).page, /no longer works[\s\S]*\+358105550100/);
  for (const none of [`/not-me/${"x".repeat(43)}`, "/not-me/%00", "/not-me/'%20or%201=1"]) {
    await reader.post(none);
    const { status, page } = await reader.get(none);
    assert.equal(status, 404, none);
    assert.match(page, /no longer works/);
  }
  assert.equal(await stateOf(aino), "active");
});

test("REC-8 T46 sixteen posts of one link at once freeze once: one record, one message to each address", async () => {
  const { aino, link } = await noticed();
  const before = ground.enqueued.length;
  const readers = await Promise.all(Array.from({ length: 16 }, () => ground.browser()));
  await Promise.all(readers.map((reader) => reader.post(link)));
  assert.equal(ground.enqueued.length, before + 2);
  assert.equal((await events(aino)).filter((type) => type === "account.frozen").length, 1);
});

test("REC-8 T30 another site's form freezes nothing", async () => {
  const { aino, link } = await noticed();
  assert.equal((await (await ground.browser()).post(link, { form_token: "forged" })).status, 410);
  assert.equal(await stateOf(aino), "active");
});

test("REC-8 only a hash of the link is stored, and links live thirty days", async () => {
  const { aino, link } = await noticed();
  const row = await ground.db
    .selectFrom("notice_link")
    .selectAll()
    .where("account_id", "=", aino.id)
    .executeTakeFirstOrThrow();
  assert.equal(row.token_hash.length, 32);
  assert.ok(!JSON.stringify(row).includes(link.split("/").at(-1) ?? ""));
  assert.equal(row.expires_at.getTime(), plus(ground.clock.now(), days(30)).getTime());
});

const thaw = ({ id }: Person) => makeThawAccount(ground)(id, { actor: "operator" });

test("HLP-3 a thawed account is as it was, and its sessions stay ended; only a frozen one is thawed", async () => {
  const { aino, link } = await noticed();
  assert.equal(await thaw(aino), "not-frozen");
  const here = await ground.browser(aino);
  await (await ground.browser()).post(link);
  assert.equal(await thaw(aino), "thawed");
  assert.deepEqual(ground.directories.told.at(-1), { accountId: aino.id, task: "account", causeId: null });
  assert.ok((await events(aino)).includes("account.thawed"));
  assert.equal((await here.get("/account")).to, "/sign-in?to=account");
  assert.equal(await thaw({ ...aino, id: "0c9e1d5a-0000-4000-8000-000000000000" }), "no-such-account");
});

test("REC-8 an account that was frozen while it was being activated is activated anew once it is thawed", async () => {
  const { aino, link } = await noticed();
  await ground.db
    .updateTable("account")
    .set({ state: "activating", activated_at: null })
    .where("id", "=", aino.id)
    .execute();
  await (await ground.browser()).post(link);
  assert.equal(await stateOf(aino), "frozen");
  await thaw(aino);
  assert.equal(await stateOf(aino), "invited");
});
