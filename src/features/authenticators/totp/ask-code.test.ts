import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Ground, openGround, type Person } from "../../../../test/grounds/authenticators.ts";
import { hours, minutes } from "../../../kernel/time.ts";

let ground: Ground;

before(async () => {
  ground = await openGround();
});
after(() => ground.close());

/** A sign-in in which the password was shown. */
const beginAfterPassword = ({ accountId }: Person) =>
  ground.begin({
    account: { id: accountId, epoch: 0 },
    proofs: [{ kind: "password", authenticatorId: null, shownAt: ground.clock.now() }],
  });

/** Posts a code in a journey of its own; resolves to "right" or the key of the refusal. */
async function tryCode(person: Person, code: string, on = ground.node) {
  const id = await beginAfterPassword(person);
  const result = await ground.post(id, { step: "totp", code }, { on });
  return result.to === "destination" ? "right" : (await ground.notice(id))?.key;
}

const row = (person: Person) =>
  ground.db
    .selectFrom("totp")
    .innerJoin("authenticator", "authenticator.id", "totp.authenticator_id")
    .where("account_id", "=", person.accountId)
    .selectAll("totp")
    .executeTakeFirstOrThrow();

test("SIN-6 password, then code: signed in at aal2 with both in amr", async () => {
  const person = await ground.activated("plain");
  const id = await ground.begin();
  await ground.post(id, { step: "password", username: "plain", password: person.password });
  const { kind, text } = await ground.page(id);
  assert.equal(kind, "totp");
  assert.match(text, /<input id="code" name="code"[^>]* autocomplete="one-time-code"/);
  assert.match(text, /In the app the account is named “Koivula”/);
  assert.equal((await ground.post(id, { step: "totp", code: ground.code(person.key) })).to, "destination");
  const { result, proofs } = await ground.read(id);
  assert.deepEqual([result?.acr, result?.amr], ["aal2", ["pwd", "otp", "mfa"]]);
  assert.equal(
    proofs.find(({ kind: shown }) => shown === "totp")?.authenticatorId,
    (await row(person)).authenticator_id,
  );
});

test("SIN-6 a code before the password is nothing, right or wrong", async () => {
  const person = await ground.activated("early");
  const id = await ground.begin();
  await ground.post(id, { step: "totp", code: ground.code(person.key) });
  assert.deepEqual((await ground.read(id)).proofs, []);
  assert.equal(await tryCode(person, ground.code(person.key)), "right", "and it was not spent");
});

test("SIN-6 T26 one step of drift either way, and no more; T23 each code works once", async () => {
  const person = await ground.activated("drift");
  for (const [steps, expected] of [
    [-1, "right"],
    [-1, "totp:code-used"],
    [1, "right"],
    [1, "totp:code-used"],
    [0, "totp:code-used"],
    [-2, "totp:code-used"],
    [2, "totp:clock-ahead"],
  ] as const)
    assert.equal(await tryCode(person, ground.code(person.key, steps)), expected, `${steps}`);
});

test("SIN-6 T23 the same code in other figures is the same code", async () => {
  const person = await ground.activated("figures");
  const code = ground.code(person.key);
  const wide = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join("");
  assert.equal(await tryCode(person, ` ${code.slice(0, 3)} ${wide.slice(3)}`), "right");
  for (const again of [code, wide, `${code.slice(0, 3)}-${code.slice(3)}`])
    assert.equal(await tryCode(person, again), "totp:code-used");
});

test("SIN-6 T24 fifty posts of one right code in fifty journeys on two nodes: one is right", async () => {
  const person = await ground.activated("race");
  const second = ground.openNode();
  const ids = await Promise.all(Array.from({ length: 50 }, () => beginAfterPassword(person)));
  const code = ground.code(person.key);
  const results = await Promise.all(
    ids.map((id, index) => ground.post(id, { step: "totp", code }, { on: index % 2 ? second : ground.node })),
  );
  assert.equal(results.filter(({ to }) => to === "destination").length, 1);
  assert.equal((await row(person)).failures, 0, "a replay is no guess");
});

test("SIN-6 a clock that is off is told of in minutes, with the cure; that code is spent by it", async () => {
  const person = await ground.activated("slow");
  ground.clock.advance(minutes(10));
  const id = await beginAfterPassword(person);
  const behind = ground.code(person.key, -6);
  await ground.post(id, { step: "totp", code: behind });
  const { text } = await ground.page(id);
  assert.match(text, /your phone’s clock is about 3 minutes behind/);
  assert.match(text, /Settings › General › Date &amp; Time › Set Automatically/);
  assert.match((await ground.page(id, { language: "fi" })).text, /kello on noin 3 minuuttia jäljessä/);
  assert.match((await ground.page(id, { language: "sv" })).text, /går ungefär 3 minuter efter/);
  assert.equal(await tryCode(person, behind), "totp:code-used");
  const ahead = ground.code(person.key, 4);
  assert.equal(await tryCode(person, ahead), "totp:clock-ahead");
  ground.clock.advance(minutes(2));
  assert.equal(await tryCode(person, ahead), "totp:code-used", "its own moment has come, and it is spent");
  assert.equal(await tryCode(person, ground.code(person.key, -11)), "totp:wrong");
});

test("SIN-6 T25 T27 ten wrong in a row over ten journeys block it, right or wrong; then twice as long", async () => {
  const person = await ground.activated("blocked");
  for (let index = 0; index < 9; index += 1) assert.equal(await tryCode(person, "000000"), "totp:wrong");
  assert.equal(await tryCode(person, "000000"), "totp:blocked", "the tenth tells nothing more");
  const pages = [];
  for (const code of ["000000", ground.code(person.key), "no code"]) {
    const id = await beginAfterPassword(person);
    await ground.post(id, { step: "totp", code });
    pages.push((await ground.page(id)).text);
  }
  assert.equal(new Set(pages).size, 1);
  assert.match(pages[0] ?? "", /Too many wrong codes. You can try a code again at \d\d:\d\d\./);
  ground.clock.advance(minutes(15));
  for (let index = 0; index < 10; index += 1) await tryCode(person, "000000");
  ground.clock.advance(minutes(29));
  assert.equal(await tryCode(person, ground.code(person.key)), "totp:blocked");
  ground.clock.advance(minutes(1));
  assert.equal(await tryCode(person, ground.code(person.key)), "right");
  assert.equal((await row(person)).failures, 0);
});

test("SIN-6 a block that ends on another day says which", async () => {
  const person = await ground.activated("tomorrow");
  const blockedUntil = new Date(ground.clock.now().getTime() + hours(24));
  await ground.db
    .updateTable("totp")
    .set({ blocked_until: blockedUntil })
    .where("authenticator_id", "=", (await row(person)).authenticator_id)
    .execute();
  const id = await beginAfterPassword(person);
  await ground.post(id, { step: "totp", code: "000000" });
  assert.match((await ground.page(id)).text, /You can try a code again on \d+ Nov 2026 at \d\d:\d\d\./);
});

test("SIN-6 with two apps linked a code of either is right", async () => {
  const person = await ground.activated("two");
  const id = await ground.beginActivation({ id: person.accountId, epoch: 0 }, "more");
  const account = ground.db.updateTable("account").where("id", "=", person.accountId);
  await account.set({ state: "activating" }).execute();
  const key = ground.keyOn(await ground.page(id, { browser: "more" }));
  await ground.post(id, { step: "totp-link", code: ground.code(key) }, { browser: "more" });
  await account.set({ state: "active" }).execute();
  ground.clock.advance(minutes(1));
  assert.equal(await tryCode(person, ground.code(key)), "right");
  assert.equal(await tryCode(person, ground.code(person.key)), "right");
  assert.equal(await tryCode(person, ground.code(key)), "totp:code-used");
});

test("USR-5 T25 the page that tests codes spends them and shares the count", async () => {
  const person = await ground.activated("tester");
  const tested = (code: string) =>
    ground.db.transaction().execute((tx) => ground.codes.testCode(tx, person.accountId, code, ground.clock.now()));
  const code = ground.code(person.key);
  assert.equal((await tested(code)).verdict, "right");
  assert.equal(await tryCode(person, code), "totp:code-used");
  for (let index = 0; index < 5; index += 1) assert.equal((await tested("000000")).verdict, "wrong");
  for (let index = 0; index < 4; index += 1) await tryCode(person, "000000");
  assert.equal((await tested("000000")).verdict, "blocked");
});

test("AUD-1 AUD-4 codes are recorded by what came of them, and never stored", async () => {
  const refused = await ground.events("code.refused");
  assert.deepEqual([...new Set(refused.map(({ detail }) => (detail as { reason: string }).reason))].sort(), [
    "blocked",
    "clock-off",
    "used",
    "wrong",
  ]);
  assert.ok((await ground.events("code.accepted")).length > 0);
});
