import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, beforeEach, test } from "node:test";
import { type Ground, openGround } from "../../../../test/grounds/authenticators.ts";
import { minutes } from "../../../kernel/time.ts";

let ground: Ground;

before(async () => {
  ground = await openGround();
});
beforeEach(() => {
  ground.enqueued.length = 0;
});
after(() => ground.close());

/** A journey at the step of linking. */
async function beginLinking(name: string, browser = "browser") {
  const account = await ground.createAccount(name);
  const id = await ground.beginActivation(account, browser);
  await ground.post(id, { step: "new-password", new_password: "harmaa kivi sade lokki" }, { browser });
  return { account, id };
}
const appsOf = (accountId: string) =>
  ground.db
    .selectFrom("authenticator")
    .leftJoin("totp", "totp.authenticator_id", "authenticator.id")
    .where("account_id", "=", accountId)
    .where("method", "=", "totp")
    .selectAll()
    .execute();

test("ACT-6 USR-2 the page shows a 160-bit key as a picture and in groups of four, named as the organisation wishes", async () => {
  const { id } = await beginLinking("shows");
  const page = await ground.page(id);
  assert.equal(page.kind, "totp-link");
  const key = ground.keyOn(page);
  assert.match(key, /^[A-Z2-7]{32}$/);
  assert.match(page.text, /<svg role="img" aria-label="QR code for your authenticator app"/);
  assert.match(page.text, /In the app the account is named “Koivula”/);
  assert.match(page.text, /must come from another device than the one you are signing in on/);
  assert.match(page.text, /Each person links an app of their own/);
  assert.doesNotMatch(page.text, /style="/);
  assert.equal(ground.keyOn(await ground.page(id)), key, "opened again, it is the same");
});

test("ACT-6 the right code links the app: on record, told by e-mail, and that code is spent", async () => {
  const { account, id } = await beginLinking("links");
  const key = ground.keyOn(await ground.page(id));
  const code = ground.code(key);
  assert.equal((await ground.post(id, { step: "totp-link", code })).to, "destination");
  const { proofs, result } = await ground.read(id);
  assert.deepEqual(proofs.map(({ kind }) => kind).sort(), [
    "invitation-pin",
    "new-password",
    "password",
    "totp",
    "totp-link",
  ]);
  assert.deepEqual(result?.amr, ["pwd", "otp", "mfa"]);
  assert.equal((await appsOf(account.id)).length, 1);
  assert.deepEqual(
    ground.enqueued.map(({ template, channel, to }) => [template, channel, to]),
    [["method-linked", "email", "links@koivula.example"]],
  );
  assert.equal((await ground.events("method.linked")).at(-1)?.account_id, account.id);
  const next = await ground.begin();
  await ground.post(next, { step: "password", username: "links", password: "harmaa kivi sade lokki" });
  await ground.post(next, { step: "totp", code });
  assert.equal((await ground.notice(next))?.key, "totp:code-used");
});

test("SIN-6 linking tolerates the drift of signing in, and tells of a clock that is off", async () => {
  const { id } = await beginLinking("drifts");
  const key = ground.keyOn(await ground.page(id));
  const ahead = ground.code(key, 4);
  await ground.post(id, { step: "totp-link", code: ahead });
  assert.match((await ground.page(id)).text, /clock is about 2 minutes ahead/);
  ground.clock.advance(minutes(2));
  await ground.post(id, { step: "totp-link", code: ahead });
  assert.equal((await ground.notice(id))?.key, "totp:code-used");
  assert.equal((await ground.post(id, { step: "totp-link", code: ground.code(key, 1) })).to, "destination");
});

test("USR-2 T29 a wrong code links nothing: the same key stays, and the next sign-in still asks for it", async () => {
  const { account, id } = await beginLinking("wrong");
  const key = ground.keyOn(await ground.page(id));
  for (let index = 0; index < 12; index += 1) await ground.post(id, { step: "totp-link", code: "000000" });
  assert.equal((await ground.notice(id))?.key, "totp:wrong");
  assert.equal(ground.keyOn(await ground.page(id)), key);
  assert.deepEqual(await appsOf(account.id), []);
  assert.deepEqual(ground.enqueued, []);
  const next = await ground.begin({ browser: "next" });
  await ground.post(
    next,
    { step: "password", username: "wrong", password: "harmaa kivi sade lokki" },
    { browser: "next" },
  );
  assert.equal((await ground.page(next, { browser: "next" })).kind, "totp-link");
  await ground.post(next, { step: "totp", code: ground.code(key) }, { browser: "next" });
  assert.equal((await ground.read(next, "next")).endedAt, null);
});

test("USR-2 T28 the key is ours, sealed, and shown to nobody once it is confirmed", async () => {
  const { account, id } = await beginLinking("sealed");
  const key = ground.keyOn(await ground.page(id));
  await ground.post(id, { step: "totp-link", code: "000000", secret: "JBSWY3DPEHPK3PXP", key: "JBSWY3DPEHPK3PXP" });
  assert.equal(ground.keyOn(await ground.page(id)), key);
  await ground.post(id, { step: "totp-link", code: ground.code(key) });
  const offers = ground.db.selectFrom("totp_offer").where("account_id", "=", account.id).selectAll();
  assert.deepEqual(await offers.execute(), []);
  const again = await ground.begin({ browser: "again" });
  await ground.post(
    again,
    { step: "password", username: "sealed", password: "harmaa kivi sade lokki" },
    { browser: "again" },
  );
  const page = await ground.page(again, { browser: "again" });
  assert.equal(page.kind, "totp");
  assert.ok(!page.text.includes(key.slice(0, 4)) && !(await ground.everythingStored()).includes(key));
  const rows = await appsOf(account.id);
  assert.ok(rows[0]?.secret && rows[0].secret.length > 40);
});

test("USR-2 a newer page takes the older one's place: only one key of an account is live (A10)", async () => {
  const { account, id: first } = await beginLinking("tabs");
  const old = ground.keyOn(await ground.page(first));
  const second = await ground.beginActivation(account, "second");
  const fresh = ground.keyOn(await ground.page(second, { browser: "second" }));
  assert.notEqual(fresh, old);
  await ground.post(first, { step: "totp-link", code: ground.code(old) });
  assert.equal((await ground.notice(first))?.key, "totp:link-replaced");
  await ground.post(second, { step: "totp-link", code: ground.code(old) }, { browser: "second" });
  assert.equal((await ground.notice(second, "second"))?.key, "totp:wrong");
  assert.deepEqual(await appsOf(account.id), []);
  assert.equal(
    (await ground.post(second, { step: "totp-link", code: ground.code(fresh) }, { browser: "second" })).to,
    "destination",
  );
  await ground.post(first, { step: "totp-link", code: ground.code(old) });
  assert.equal((await appsOf(account.id)).length, 1);
});

test("USR-2 T30 another's key can't be confirmed in this journey, nor this one from another browser", async () => {
  const mallory = await beginLinking("mallory", "mallory");
  const theirs = ground.keyOn(await ground.page(mallory.id, { browser: "mallory" }));
  const { account, id } = await beginLinking("victim");
  await ground.page(id);
  await ground.post(id, { step: "totp-link", code: ground.code(theirs) });
  assert.equal((await ground.notice(id))?.key, "totp:wrong");
  const stolen = await ground.post(id, { step: "totp-link", code: ground.code(theirs) }, { browser: "mallory" });
  assert.equal(stolen.to, "nowhere");
  assert.deepEqual(await appsOf(account.id), []);
});

test("ACT-6 twenty posts of one right code link one app", async () => {
  const { account, id } = await beginLinking("crowd");
  const code = ground.code(ground.keyOn(await ground.page(id)));
  await Promise.all(Array.from({ length: 20 }, () => ground.post(id, { step: "totp-link", code })));
  assert.equal((await appsOf(account.id)).length, 1);
  assert.equal(ground.enqueued.length, 1);
});

const hasOathtool = spawnSync("oathtool", ["--version"]).status === 0;
test("SIN-6 a code of another maker's program is right", { skip: !hasOathtool && "oathtool is not here" }, async () => {
  const { id } = await beginLinking("oath");
  const key = ground.keyOn(await ground.page(id));
  const at = ground.clock.now().toISOString().replace("T", " ").replace(/\..*/, " UTC");
  const { stdout } = spawnSync("oathtool", ["--totp", "--base32", "--now", at, key], { encoding: "utf8" });
  assert.equal((await ground.post(id, { step: "totp-link", code: stdout })).to, "destination");
});
