import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Ground, openGround } from "../../../../../test/grounds/authenticators.ts";
import { hours, minutes, seconds } from "../../../../kernel/time.ts";
import { type CodeParameters, stepAt, usualParameters } from "../domain/code.ts";
import { codeAt } from "../one-time-code.ts";
import { stockPlace } from "../places.ts";
import { makeImportTokens } from "./import-tokens.ts";
import { insertTokens } from "./token-store.ts";

let ground: Ground;
let count = 0;
before(async () => {
  ground = await openGround();
});
beforeEach(() => {
  ground.enqueued.length = 0;
});
after(() => ground.close());

/** A token in stock, whose clock is `off` by so many steps. */
async function stocked(
  parameters: CodeParameters = usualParameters,
  { off = 0, organisation = ground.organisation } = {},
) {
  count += 1;
  const serial = `00${count}`;
  const key = ground.random.bytes(20);
  const id = ground.random.id();
  const secret = ground.keyring.seal(stockPlace(id), key);
  const token = { id, secret, parameters, serial, manufacturer: null, model: null };
  await ground.db.transaction().execute((tx) => insertTokens(tx, organisation.id, [token], ground.clock.now()));
  const code = (steps = 0) => codeAt(key, parameters, stepAt(ground.clock.now(), parameters.period) + off + steps);
  return { id, serial, code };
}
const password = "harmaa kivi sade lokki";

/** A journey at the step of linking. */
async function beginLinking(browser = "browser") {
  count += 1;
  const name = `person${count}`;
  const account = await ground.createAccount(name);
  const id = await ground.beginActivation(account, browser);
  await ground.post(id, { step: "new-password", new_password: password }, { browser });
  return { account, name, id };
}
const link = (id: string, serial: string, code: string, options = {}) =>
  ground.post(id, { step: "totp-link", serial, code }, options);
const tokensOf = (accountId: string) =>
  ground.db
    .selectFrom("authenticator")
    .innerJoin("totp", "totp.authenticator_id", "authenticator.id")
    .leftJoin("token", "token.authenticator_id", "authenticator.id")
    .select([
      "authenticator.name",
      "totp.drift",
      "totp.last_step",
      "totp.digits",
      "token.serial",
      "token.secret as left",
    ])
    .where("account_id", "=", accountId)
    .execute();
/** Signs in with a code; resolves to "right" or the key of the refusal. */
async function signIn(name: string, code: string) {
  const id = await ground.begin({ browser: name });
  await ground.post(id, { step: "password", username: name, password }, { browser: name });
  const result = await ground.post(id, { step: "totp", code }, { browser: name });
  return result.to === "destination" ? "right" : ((await ground.notice(id, name))?.key ?? "");
}

test("USR-2 a token is linked by its serial number and a code: named by it, told, the code spent, its secret in one place", async () => {
  const token = await stocked();
  const { account, name, id } = await beginLinking();
  const page = await ground.page(id);
  assert.match(page.text, /I have a hardware token/);
  assert.match(page.text, /nothing to scan/);
  assert.equal(
    (await link(id, ` ${token.serial.slice(0, 2)} ${token.serial.slice(2)}`, token.code())).to,
    "destination",
  );
  const [row] = await tokensOf(account.id);
  assert.deepEqual([row?.name, row?.serial, row?.left, row?.drift], [token.serial, token.serial, null, 0]);
  assert.deepEqual(
    ground.enqueued.map(({ template, parameters }) => [template, "method" in parameters && parameters.method]),
    [["method-linked", "token"]],
  );
  assert.equal(await signIn(name, token.code()), "totp:code-used");
  ground.clock.advance(seconds(30));
  assert.equal(await signIn(name, token.code()), "right");
});

test("USR-2 SIN-6 tokens of every kind are linked and sign in: SHA-1, 256, 512, six or eight digits, 30 or 60 seconds", async () => {
  for (const algorithm of ["SHA1", "SHA256", "SHA512"] as const)
    for (const digits of [6, 8] as const)
      for (const period of [30, 60]) {
        const token = await stocked({ algorithm, digits, period });
        const { name, id } = await beginLinking();
        assert.equal((await link(id, token.serial, token.code())).to, "destination");
        ground.clock.advance(seconds(period));
        assert.equal(await signIn(name, token.code()), "right", `${algorithm} ${digits} ${period}`);
      }
});

test("USR-2 SIN-6 a token whose clock is off by up to ten steps is linked, and where its clock is was learnt", async () => {
  for (const off of [-10, -4, 7, 10]) {
    const token = await stocked(usualParameters, { off });
    const { account, name, id } = await beginLinking();
    assert.equal((await link(id, token.serial, token.code())).to, "destination", String(off));
    assert.equal((await tokensOf(account.id))[0]?.drift, off);
    ground.clock.advance(minutes(5));
    assert.equal(await signIn(name, token.code(1)), "right");
    assert.equal((await tokensOf(account.id))[0]?.drift, off + 1);
  }
  const late = await stocked(usualParameters, { off: 11 });
  const { id } = await beginLinking();
  await link(id, late.serial, late.code());
  assert.equal((await ground.notice(id))?.key, "totp:token-refused");
});

test("USR-2 T31 a wrong serial number, another's token, another organisation's and a wrong code read the same", async () => {
  const [token, taken] = [await stocked(), await stocked()];
  const elsewhere = await stocked(usualParameters, { organisation: await ground.createOrganisation("lepola") });
  const first = await beginLinking("first");
  await link(first.id, taken.serial, taken.code(), { browser: "first" });
  const { account, id } = await beginLinking();
  const wrong = token.code() === "000000" ? "111111" : "000000";
  for (const [serial, code] of [
    ["nonsense-1", token.code()],
    ["", token.code()],
    ["<b>", token.code()],
    [token.serial, wrong],
    [token.serial, "12"],
    [taken.serial, taken.code(1)],
    [elsewhere.serial, elsewhere.code()],
  ] as const) {
    assert.equal((await link(id, serial, code)).to, "page");
    assert.deepEqual(await ground.notice(id), { key: "totp:token-refused" }, serial);
  }
  assert.deepEqual(await tokensOf(account.id), []);
  assert.match((await ground.page(id)).text, /id="token-code-error"[\s\S]*do not match/);
  assert.equal((await ground.events("method.link-refused")).length, 8);
});

test("USR-2 T31 tries are counted for the account and for the organisation's network, and a right one waits as well", async () => {
  const token = await stocked();
  const mallory = await beginLinking();
  for (let at = 0; at < 10; at += 1) await link(mallory.id, `guess${at}`, "123456", { network: "198.51.100.7" });
  await link(mallory.id, token.serial, token.code(), { network: "203.0.113.1" });
  assert.equal((await ground.notice(mallory.id))?.key, "totp:token-tries");
  assert.match((await ground.page(mallory.id)).text, /Too many tries\. You can try a hardware token again at/);
  for (let person = 0; person < 5; person += 1) {
    const { id } = await beginLinking();
    for (let at = 0; at < 10; at += 1) await link(id, `guess${at}`, "123456", { network: "198.51.100.7" });
  }
  const neighbour = await beginLinking();
  await link(neighbour.id, token.serial, token.code(), { network: "198.51.100.7" });
  assert.equal((await ground.notice(neighbour.id))?.key, "totp:token-tries");
  assert.equal((await link(neighbour.id, token.serial, token.code(), { network: "203.0.113.2" })).to, "destination");
  ground.clock.advance(hours(1));
  const again = { browser: "again", network: "198.51.100.7" };
  const later = await ground.beginActivation(mallory.account, again.browser);
  const other = await stocked();
  assert.equal((await link(later, other.serial, other.code(), again)).to, "destination");
});

test("USR-2 T31 sixteen people with one serial number at once: one of them links it", async () => {
  const token = await stocked();
  const people = await Promise.all(Array.from({ length: 16 }, (_, at) => beginLinking(`crowd${at}`)));
  const results = await Promise.all(
    people.map(({ id }, at) => link(id, token.serial, token.code(), { browser: `crowd${at}` })),
  );
  assert.equal(results.filter(({ to }) => to === "destination").length, 1);
  const linked = await Promise.all(people.map(({ account }) => tokensOf(account.id)));
  assert.equal(linked.flat().length, 1);
});

test("USR-2 a programmable token takes the key of the page, is named by its serial number, and its drift is learnt", async () => {
  const { account, name, id } = await beginLinking();
  const key = ground.keyOn(await ground.page(id));
  assert.equal((await link(id, "8659632-000 17", ground.code(key, -3))).to, "destination");
  const [row] = await tokensOf(account.id);
  assert.deepEqual([row?.name, row?.drift, row?.serial], ["865963200017", -3, null]);
  ground.clock.advance(minutes(2));
  assert.equal(await signIn(name, ground.code(key, -4)), "right");
  const next = await ground.begin({ browser: "next" });
  await ground.post(next, { step: "password", username: name, password }, { browser: "next" });
  const page = await ground.page(next, { browser: "next" });
  assert.match(page.text, /Enter the code from your hardware token/);
  assert.match(page.text, /drifts over the years/);
  assert.doesNotMatch(page.text, /In the app/);
});

test("USR-2 T30 the key of another journey's page links no token in this one", async () => {
  const { account, id } = await beginLinking();
  const old = ground.keyOn(await ground.page(id));
  const second = await ground.beginActivation(account, "second");
  await ground.page(second, { browser: "second" });
  await link(id, "1", ground.code(old));
  assert.equal((await ground.notice(id))?.key, "totp:token-refused");
});

test("SIN-6 USR-5 a token that has drifted too far is told so at sign-in, and two codes in a row on the test page cure it", async () => {
  const token = await stocked();
  const { account, name, id } = await beginLinking();
  await link(id, token.serial, token.code());
  ground.clock.advance(minutes(10));
  assert.equal(await signIn(name, token.code(5)), "totp:clock-ahead");
  const notice = (await ground.db.selectFrom("journey").select("notice").where("notice", "is not", null).execute()).at(
    -1,
  );
  assert.ok(JSON.stringify(notice).includes("token"));
  const testCode = (code: string) =>
    ground.db.transaction().execute((tx) => ground.codes.testCode(tx, account.id, code, ground.clock.now()));
  ground.clock.advance(minutes(1));
  const told = await testCode(token.code(6));
  assert.deepEqual([told.verdict, told.device], ["clock-off", "token"]);
  const outcomes = await Promise.all(Array.from({ length: 16 }, () => testCode(token.code(7))));
  const right = outcomes.filter((one) => one.verdict === "right" && one.resynchronised);
  assert.equal(right.length, 1, "once, however often it is posted");
  assert.equal((await tokensOf(account.id))[0]?.drift, 7);
  for (const spent of [5, 6, 7]) assert.notEqual(await signIn(name, token.code(spent)), "right");
  assert.equal(await signIn(name, token.code(8)), "right");
});

async function importAnew(serial: string) {
  const source = (async function* () {
    yield Buffer.from(`${serial},GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n`);
  })();
  const { rows } = await makeImportTokens(ground)(source, {
    organisation: ground.organisation,
    format: "token2",
    encoding: "base32",
    dryRun: false,
    onError: "skip",
    replace: true,
    actor: "operator",
  });
  return rows.map((row) => (row.verdict === "rejected" ? row.problems[0]?.reason : row.verdict));
}

test("USR-2 a removed token's serial number can be imported anew and linked by another; one in use can't", async () => {
  const token = await stocked();
  const { account, id } = await beginLinking();
  await link(id, token.serial, token.code());
  assert.deepEqual(await importAnew(token.serial), ["linked"]);
  const removed = { removed_at: ground.clock.now() };
  await ground.db.updateTable("authenticator").set(removed).where("account_id", "=", account.id).execute();
  assert.deepEqual(await importAnew(token.serial), ["imported"]);
});
