import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rightPassword } from "../../../../test/grounds/account-ground.ts";
import { openPasswordLinkGround, type PasswordLinkGround } from "../../../../test/grounds/password-links.ts";
import { minutes } from "../../../kernel/time.ts";
import { systemRandom } from "../../../ports/random.ts";
import { makeIssuePasswords } from "../../authenticators/password/index.ts";
import { lockAccount, raiseEpoch, setAccountState } from "../../organisations/index.ts";

type Person = Awaited<ReturnType<PasswordLinkGround["person"]>>;

let ground: PasswordLinkGround;
before(async () => {
  ground = await openPasswordLinkGround();
});
after(() => ground.close());

const chosen = "harmaa kivi sade lokki";
const accountOf = ({ id }: Person) =>
  ground.db.selectFrom("account").select(["state", "epoch"]).where("id", "=", id).executeTakeFirstOrThrow();

test("REC-1 MSG-4 opening the link, and every scanner that opens it, changes nothing; the page says what it will do", async () => {
  const aino = await ground.somebody();
  const link = await ground.asked(aino);
  const here = await ground.browser(aino);
  for (let time = 0; time < 10; time += 1) {
    const scanner = await ground.browser();
    const { status, page } = await scanner.get(link);
    assert.equal(status, 200);
    assert.match(page, /Choose a new password[\s\S]*has not changed anything yet[\s\S]*signed out everywhere/);
    assert.ok(!page.includes(aino.email) && !page.includes("Virtanen"), "it tells nothing of the account");
  }
  assert.match((await here.get(`${link}?lang=fi`)).page, /Valitse uusi salasana/);
  assert.match((await here.get(`${link}?lang=sv`)).page, /Välj ett nytt lösenord/);
  assert.equal((await here.get("/account")).status, 200);
  assert.match((await (await ground.browser()).post(link)).to, /^\/journey\//, "and it still works");
});

test("REC-1 REC-7 T76 the new password signs nobody in: sessions end, this browser's too, and the code is still asked", async () => {
  const aino = await ground.somebody();
  const elsewhere = await ground.browser(aino);
  const reader = await ground.browser(aino);
  const journey = (await reader.post(await ground.asked(aino))).to;
  assert.match((await reader.get(journey)).page, /Choose a new password[\s\S]*name="new_password"/);
  await reader.post(journey, { step: "new-password", new_password: "short" });
  assert.match((await reader.get(journey)).page, /too short/);
  const done = await reader.post(journey, { step: "new-password", new_password: chosen });
  assert.equal(done.to, journey);
  assert.match((await reader.get(journey)).page, /Your password was changed[\s\S]*Now sign in[\s\S]*\/sign-in\?/);
  for (const browser of [elsewhere, reader]) assert.equal((await browser.get("/account")).to, "/sign-in?to=account");
  assert.equal((await accountOf(aino)).epoch, 1);

  const id = (await reader.get("/sign-in?organisation=koivula&to=account")).to;
  await reader.post(id, { step: "password", username: aino.email, password: rightPassword });
  assert.match((await reader.get(id)).page, /user name or password is wrong/);
  await reader.post(id, { step: "password", username: aino.email, password: chosen });
  assert.match((await reader.get(id)).page, /name="code"/);
  assert.equal((await reader.get("/account")).to, "/sign-in?to=account");
  assert.equal((await reader.post(id, { step: "totp", code: aino.code() })).to, "/account");
  const events = await ground.eventsOf(aino);
  for (const type of ["password-link.sent", "password-link.used", "password.changed", "password.reset"])
    assert.equal(events.filter((event) => event === `${type} done`).length, 1, type);
});

test("REC-1 USR-7 REC-8 the change is told by e-mail and text message, once, with a way to freeze the account", async () => {
  const [known, never] = [await ground.somebody(), await ground.somebody()];
  await ground.db.deleteFrom("password").where("account_id", "=", never.id).execute();
  await ground.db.deleteFrom("authenticator").where("id", "=", never.ids.password).execute();
  for (const person of [known, never]) {
    const reader = await ground.browser();
    const journey = (await reader.post(await ground.asked(person))).to;
    const before = ground.enqueued.length;
    await reader.post(journey, { step: "new-password", new_password: chosen });
    assert.match((await reader.get(journey)).page, /Your password was changed/);
    const told = ground.enqueued.slice(before).map(({ template, channel, to }) => [template, channel, to]);
    assert.deepEqual(told, [
      ["password-changed", "email", person.email],
      ["password-changed", "sms", person.phone],
    ]);
    const letter = (await ground.mailTo(person.email)).find(({ subject }) => /password was changed/.test(subject));
    assert.match(letter?.text ?? "", /https:\/\/login\.example\/not-me\//);
    const id = (await reader.get("/sign-in?organisation=koivula&to=account")).to;
    await reader.post(id, { step: "password", username: person.email, password: chosen });
    assert.equal((await reader.post(id, { step: "totp", code: person.code() })).to, "/account");
  }
});

test("REC-1 a link works once, for 30 minutes, and only the newest; what is over says so and leads to a new one", async () => {
  const aino = await ground.somebody();
  const first = await ground.asked(aino);
  ground.clock.advance(minutes(5));
  const second = await ground.asked(aino);
  assert.notEqual(second, first);
  const reader = await ground.browser();
  const over = async (link: string, status: number) => {
    assert.match((await reader.post(link)).to, /^\/recover\/password\//);
    const answer = await reader.get(link);
    assert.equal(answer.status, status, link);
    assert.match(answer.page, /This link no longer works[\s\S]*\/recover/);
  };
  await over(first, 404);
  const journey = (await (await ground.browser()).post(second)).to;
  assert.match(journey, /^\/journey\//);
  await over(second, 200);
  for (const none of ["x".repeat(43), "%00", "'%20or%201=1", "..%2F..%2Fetc"])
    await over(`/recover/password/${none}`, 404);

  ground.clock.advance(minutes(5));
  const third = await ground.asked(aino);
  ground.clock.advance(minutes(30) - 1);
  assert.match((await reader.get(third)).page, /has not changed anything yet/);
  ground.clock.advance(1);
  await over(third, 200);
  assert.equal((await accountOf(aino)).epoch, 0);
});

test("REC-1 SIN-8 who opened the link goes on in that browser; another browser gets nowhere with it", async () => {
  const aino = await ground.somebody();
  const link = await ground.asked(aino);
  const reader = await ground.browser();
  const journey = (await reader.post(link)).to;
  assert.equal((await reader.get(link)).to, journey);
  const second = await reader.post(link);
  assert.equal((await reader.get(second.to)).to, journey, "a second click leads there too");
  const stranger = await ground.browser();
  assert.match((await stranger.get(link)).page, /no longer works/);
  assert.equal((await stranger.get(journey)).to, "/sign-in");
  await stranger.post(journey, { step: "new-password", new_password: chosen });
  assert.equal((await accountOf(aino)).epoch, 0);
});

test("REC-1 sixteen browsers use one link at once: one gets on", async () => {
  const aino = await ground.somebody();
  const link = await ground.asked(aino);
  const readers = await Promise.all(Array.from({ length: 16 }, () => ground.browser()));
  const answers = await Promise.all(readers.map((reader) => reader.post(link)));
  assert.equal(answers.filter(({ to }) => to.startsWith("/journey/")).length, 1);
  assert.equal((await ground.eventsOf(aino)).filter((event) => event === "password-link.used done").length, 1);
});

test("REC-1 T30 another site's form uses no link up, and skips no step", async () => {
  const aino = await ground.somebody();
  const link = await ground.asked(aino);
  const reader = await ground.browser();
  assert.equal((await reader.post(link, { form_token: "forged" })).status, 410);
  const journey = (await reader.post(link)).to;
  for (const step of ["continue", "choose", "give-up", "totp", "password", "recovery-way", "identity-proofed"]) {
    await reader.post(journey, {
      step,
      code: aino.code(),
      password: rightPassword,
      username: aino.email,
      method: "totp",
    });
    assert.match((await reader.get(journey)).page, /name="new_password"/, step);
  }
  assert.equal((await reader.get("/account")).to, "/sign-in?to=account");
});

test("REC-1 T72 whatever ends the sessions voids the link: a reset, a freeze, closing, a changed password, the policy", async () => {
  const endings: Record<string, (person: Person) => Promise<unknown>> = {
    "an epoch raised": ({ id }) => ground.db.transaction().execute((tx) => raiseEpoch(tx, id)),
    frozen: ({ id }) => setState(id, "frozen"),
    closed: ({ id }) => setState(id, "closed"),
    "no method left": ({ ids }) => ground.db.deleteFrom("authenticator").where("id", "=", ids.totp).execute(),
    "another way": () => ground.setPolicy({ password: { way: "temporary" } }),
  };
  for (const [what, end] of Object.entries(endings)) {
    const aino = await ground.somebody();
    const link = await ground.asked(aino);
    await end(aino);
    const reader = await ground.browser();
    assert.equal((await reader.post(link)).to, link, what);
  }
  await ground.setPolicy({ password: { way: "chosen" } });

  const frozen = await ground.somebody();
  const reader = await ground.browser();
  const journey = (await reader.post(await ground.asked(frozen))).to;
  await setState(frozen.id, "frozen");
  await reader.post(journey, { step: "new-password", new_password: chosen });
  assert.equal((await accountOf(frozen)).epoch, 0, "frozen half-way, nothing is saved");
});

const setState = (id: string, to: "frozen" | "closed") =>
  ground.db.transaction().execute(async (tx) => {
    await lockAccount(tx, id);
    await setAccountState(tx, id, { from: ["active"], to, now: ground.clock.now() });
  });

test("REC-1 SIN-5 an unused temporary password ends with it", async () => {
  const aino = await ground.somebody();
  const keyring = { hash: () => Buffer.alloc(32) };
  const issuing = { organisation: ground.organisation, orderedBy: "operator", now: ground.clock.now() } as const;
  await ground.db
    .transaction()
    .execute((tx) => makeIssuePasswords({ random: systemRandom, keyring })(tx, [aino.id], issuing));
  const reader = await ground.browser();
  const journey = (await reader.post(await ground.asked(aino))).to;
  await reader.post(journey, { step: "new-password", new_password: chosen });
  const left = await ground.db.selectFrom("temporary_password").where("account_id", "=", aino.id).selectAll().execute();
  assert.deepEqual(left, []);
});
