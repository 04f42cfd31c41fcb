import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPasswordLinkGround, type PasswordLinkGround } from "../../../../test/grounds/password-links.ts";
import { hours, minutes } from "../../../kernel/time.ts";
import { systemRandom } from "../../../ports/random.ts";
import { sweepPasswordLinks } from "./index.ts";

type Person = Awaited<ReturnType<PasswordLinkGround["person"]>>;

let ground: PasswordLinkGround;
before(async () => {
  ground = await openPasswordLinkGround();
});
after(() => ground.close());

test("REC-6 who gets no link is told by e-mail what to do instead, and the asker hears the same", async () => {
  const change = (id: string, values: object) =>
    ground.db.updateTable("account").set(values).where("id", "=", id).execute();
  const eidOnly = await ground.somebody();
  await ground.db.updateTable("authenticator").set({ method: "eid" }).where("account_id", "=", eidOnly.id).execute();
  const bare = await ground.somebody();
  await ground.db
    .updateTable("authenticator")
    .set({ removed_at: new Date(0) })
    .where("account_id", "=", bare.id)
    .execute();
  const guest = await ground.somebody();
  await change(guest.id, { category: "guest" });
  const invited = await ground.somebody();
  await change(invited.id, { state: "invited" });
  const shut = [await ground.somebody(), await ground.somebody()] as const;
  await change(shut[0].id, { state: "frozen" });
  await change(shut[1].id, { state: "closed" });
  for (const person of [eidOnly, bare, guest, invited, ...shut]) assert.equal(await ground.ask(person.email), "sent");
  assert.equal(await ground.ask("nobody@koivula.example"), "sent");
  assert.equal(await ground.ask("\u0000 \u202e"), "sent");

  const told = async (person: Person) =>
    (await ground.letters(person)).map(({ subject, text }) => `${subject} ${text}`);
  assert.match(
    (await told(eidOnly)).join(),
    /About your password[\s\S]*without a password[\s\S]*\/sign-in\?organisation=koivula/,
  );
  assert.match((await told(bare)).join(), /No sign-in method is linked[\s\S]*\/recover\?organisation=koivula/);
  assert.match((await told(guest)).join(), /guest account[\s\S]*\/help\?organisation=koivula/);
  assert.match((await told(invited)).join(), /not been activated yet/);
  for (const person of shut) assert.deepEqual(await told(person), []);
  assert.ok((await ground.eventsOf(eidOnly)).includes("password-link.refused refused no-password"));
  assert.ok((await ground.eventsOf(shut[0])).includes("password-link.refused refused account-shut"));

  await ground.setPolicy({ password: { way: "temporary" } });
  const temporary = await ground.somebody();
  await ground.ask(temporary.email);
  await ground.setPolicy({ password: { way: "chosen" } });
  assert.match((await told(temporary)).join(), /temporary passwords[\s\S]*\/order-password\?organisation=koivula/);
  const links = await ground.db.selectFrom("recovery_link").select("account_id").execute();
  for (const { id } of [eidOnly, guest, invited, ...shut, temporary])
    assert.ok(!links.some(({ account_id }) => account_id === id));
});

test("REC-1 REC-6 one in five minutes and five a day for an account, known or not; sixty an hour from a network", async () => {
  const aino = await ground.somebody();
  const sent = async () => (await ground.letters(aino)).length;
  for (const wanted of [1, 1]) {
    assert.equal(await ground.ask(aino.email), "sent");
    assert.equal(await sent(), wanted);
  }
  for (const wanted of [2, 3, 4, 5, 5, 5]) {
    ground.clock.advance(minutes(5));
    assert.equal(await ground.ask(aino.userName), "sent");
    assert.equal(await sent(), wanted);
  }
  assert.equal(
    (await ground.eventsOf(aino)).filter((event) => event === "password-link.refused refused too-often").length,
    3,
  );
  ground.clock.advance(hours(24));
  assert.equal(await ground.ask(aino.email), "sent");
  assert.equal(await sent(), 6);

  const network = "198.51.100.1";
  for (let index = 0; index < 60; index += 1)
    assert.equal(await ground.ask(`nobody${index}@koivula.example`, network), "sent");
  const person = await ground.somebody();
  for (const name of ["nobody@koivula.example", person.email])
    assert.equal(await ground.ask(name, network), "too-many");
  assert.deepEqual(await ground.letters(person), []);
});

test("REC-1 SIN-10 strangers who ask for as many as there are take none from a browser that has signed in before", async () => {
  const aino = await ground.somebody();
  const sent = async () => (await ground.letters(aino)).length;
  for (const wanted of [1, 2, 3, 4, 5, 5]) {
    await ground.ask(aino.email);
    assert.equal(await sent(), wanted);
    ground.clock.advance(minutes(5));
  }
  const own = systemRandom.bytes(32);
  const known = { account_id: aino.id, browser_hash: own, method: "totp", last_used_at: ground.clock.now() };
  await ground.db.insertInto("known_browser").values(known).execute();
  const other = await ground.somebody();
  await ground.ask(aino.email, "192.0.2.200");
  assert.equal(await sent(), 5, "no stranger gets one more");
  await ground.ask(aino.email, "192.0.2.201", own);
  assert.equal(await sent(), 6);
  await ground.ask(aino.email, "192.0.2.202", own);
  assert.equal(await sent(), 6, "and it has its own share alone");
  await ground.ask(other.email, "192.0.2.203", own);
  assert.equal((await ground.letters(other)).length, 1, "of another account it is a stranger's");
});

test("REC-1 T21 only a keyed hash of the link is stored, and what is over is swept", async () => {
  const aino = await ground.somebody();
  const token = (await ground.asked(aino)).split("/").at(-1) ?? "";
  const row = await ground.db
    .selectFrom("recovery_link")
    .selectAll()
    .where("account_id", "=", aino.id)
    .executeTakeFirstOrThrow();
  assert.equal(row.token_hash.length, 32);
  assert.equal(row.expires_at.getTime() - ground.clock.now().getTime(), minutes(30));
  const events = JSON.stringify(await ground.audit.listEvents(ground.db, { accountId: aino.id, limit: 30 }));
  assert.ok(!JSON.stringify(row).includes(token) && !events.includes(token));
  await sweepPasswordLinks(ground.db, ground.clock.now());
  ground.clock.advance(hours(24));
  assert.ok((await sweepPasswordLinks(ground.db, ground.clock.now())) > 0);
  assert.deepEqual(await ground.db.selectFrom("recovery_link").selectAll().execute(), []);
});

test("REC-6 the answer is one page for everybody, in the organisation's look where that is known", async () => {
  const reader = await ground.browser();
  const { status, page } = await reader.get("/recover/sent?organisation=koivula");
  assert.equal(status, 200);
  assert.match(page, /If there is an account for this address[\s\S]*Nothing came\?[\s\S]*\+358105550100/);
  assert.match(page, /href="\/sign-in\?organisation=koivula"[\s\S]*href="\/recover\?organisation=koivula"/);
  assert.equal((await reader.get("/recover/sent?organisation=none")).status, 200);
});
