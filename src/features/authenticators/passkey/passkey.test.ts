import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { openPasskeyGround, optionsOn, type PasskeyGround } from "../../../../test/grounds/passkeys.ts";
import { hours, minutes } from "../../../kernel/time.ts";
import { passkey } from "./index.ts";

let ground: PasskeyGround;

before(async () => {
  ground = await openPasskeyGround();
});
beforeEach(() => {
  ground.enqueued.length = 0;
});
after(() => ground.close());

test("ACT-7 the page asks for a passkey that is found without a name and unlocked by its person, and tells authenticators nothing of them", async () => {
  const { account, id } = await ground.beginLinking("asks");
  const options = await ground.asked(id);
  assert.deepEqual(options.rp, { id: "login.example", name: "Koivula" });
  assert.equal(Buffer.from(options.challenge, "base64url").length, 32);
  assert.deepEqual(options.authenticatorSelection, {
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  });
  assert.equal(options.attestation, "none");
  assert.deepEqual(
    options.pubKeyCredParams,
    [-7, -8, -257].map((alg) => ({ alg, type: "public-key" })),
  );
  const handle = Buffer.from(options.user?.id ?? "", "base64url");
  assert.equal(handle.length, 64);
  assert.ok(!handle.includes(account.id) && !handle.includes("asks"));
  const again = await ground.asked(id);
  assert.equal(again.challenge, options.challenge, "opened again, it asks for the same");
  assert.equal(again.user?.id, options.user?.id);
  const other = await ground.beginLinking("asks-too");
  assert.notEqual((await ground.asked(other.id)).user?.id, options.user?.id);
});

test("ACT-7 USR-4 a passkey that was made is linked under its name, told by e-mail, and signs in at once", async () => {
  const { account, id } = await ground.beginLinking("links");
  const { response } = ground.device.create(await ground.asked(id));
  const last = await ground.post(id, { step: "passkey-link", response, name: " Työ  puhelin " });
  assert.equal(last.to, "destination");
  const { result } = await ground.read(id);
  assert.equal(result?.acr, "aal2");
  assert.deepEqual(result?.amr, ["pop", "user", "mfa"]);
  const [own] = await ground.passkeysOf(account.id);
  assert.equal(own?.name, "Työ puhelin");
  assert.deepEqual(own?.transports, ["internal"]);
  assert.deepEqual(
    ground.enqueued.map(({ template, channel, to }) => [template, channel, to]),
    [["method-linked", "email", "links@koivula.example"]],
  );
  assert.equal((await ground.events("method.linked")).at(-1)?.account_id, account.id);
});

test("USR-4 without a name of its own a passkey is called after the browser", async () => {
  const { account, key } = await ground.activated("unnamed");
  assert.equal((await ground.passkeysOf(account.id))[0]?.name, "Firefox");
  assert.ok(key);
});

for (const algorithm of ["ES256", "EdDSA", "RS256"] as const)
  test(`SIN-7 SIN-9 a passkey of ${algorithm} signs in without a user name, wherever the organisation is not known too`, async () => {
    const { account, key } = await ground.activated(`with-${algorithm.toLowerCase()}`, { algorithm });
    for (const beginning of [{}, { organisationId: null }]) {
      const { id, result } = await ground.use(key, {}, { ...beginning, browser: "another" });
      assert.equal(result.to, "destination");
      const { result: ended } = await ground.read(id, "another");
      assert.equal(ended?.accountId, account.id);
      assert.equal(ended?.acr, "aal2");
      assert.deepEqual(ended?.amr, ["pop", "user", "mfa"]);
    }
    const [own] = await ground.passkeysOf(account.id);
    assert.equal(own?.counter, 2);
    assert.deepEqual(own?.last_used_at, ground.clock.now());
  });

test("USR-4 an account has several passkeys, and the browser is told of those that it has", async () => {
  const { account, key } = await ground.activated("several");
  const id = await ground.begin({
    purpose: "link-method",
    account: { id: account.id, epoch: account.epoch },
    requested: { link: "passkey" },
    proofs: [{ kind: "passkey", authenticatorId: null, shownAt: ground.clock.now() }],
  });
  const options = await ground.asked(id);
  assert.deepEqual(options.excludeCredentials, [
    { id: key.id.toString("base64url"), type: "public-key", transports: ["internal"] },
  ]);
  const { key: second, response } = ground.device.create(options);
  assert.equal(second.userHandle, key.userHandle);
  assert.equal((await ground.post(id, { step: "passkey-link", response })).to, "destination");
  assert.equal((await ground.passkeysOf(account.id)).length, 2);
  assert.equal((await ground.use(second)).result.to, "destination");
  assert.equal((await ground.use(key)).result.to, "destination");
});

test("SIN-7 whoever is known already is asked for one of their own passkeys, and another person's is refused", async () => {
  const { account, key } = await ground.activated("known");
  const { key: theirs } = await ground.activated("known-not");
  const begin = () =>
    ground.beginSigningIn({ purpose: "change-password", account: { id: account.id, epoch: account.epoch } });
  const id = await begin();
  const options = await ground.asked(id);
  assert.deepEqual(
    options.allowCredentials?.map((one) => one.id),
    [key.id.toString("base64url")],
  );
  await ground.post(id, { step: "passkey", response: ground.device.get(options, theirs) });
  assert.equal((await ground.notice(id))?.key, "passkey:not-linked");
  const silent = ground.device.get(await ground.asked(id), key, { userHandle: null });
  await ground.post(id, { step: "passkey", response: silent });
  assert.ok((await ground.read(id)).proofs.some(({ kind }) => kind === "passkey"));
});

test("SIN-7 the page of another way lets browsers offer passkeys where the name is typed, and takes one unchosen", async () => {
  const { account, key } = await ground.activated("autofill");
  const id = await ground.begin();
  await ground.post(id, { step: "choose", method: "totp" });
  assert.match((await ground.page(id)).text, /name="username"[^>]*autocomplete="username webauthn"/);
  const drawn = await ground.alongside(id);
  assert.doesNotMatch(drawn, /<button/);
  const response = ground.device.get(optionsOn(drawn, "autofill"), key);
  assert.equal((await ground.post(id, { step: "passkey", response })).to, "destination");
  assert.equal((await ground.read(id)).result?.accountId, account.id);
});

test("SIN-10 A07 A29 wrong passwords and codes by the dozen leave the passkey of the same account as it was", async () => {
  const { accountId, userName, password } = await ground.withApp("guessed");
  const { epoch } = await ground.db
    .selectFrom("account")
    .select("epoch")
    .where("id", "=", accountId)
    .executeTakeFirstOrThrow();
  const shownAt = ground.clock.now();
  const linking = await ground.begin({
    purpose: "link-method",
    account: { id: accountId, epoch },
    requested: { link: "passkey" },
    proofs: ["password", "totp"].map((kind) => ({ kind, authenticatorId: null, shownAt })),
  });
  const { key, response } = ground.device.create(await ground.asked(linking));
  assert.equal((await ground.post(linking, { step: "passkey-link", response })).to, "destination");
  assert.deepEqual(
    ground.enqueued.slice(-2).map(({ channel }) => channel),
    ["email", "sms"],
    "an active account is told by both",
  );

  const stranger = await ground.begin({ browser: "stranger" });
  await ground.post(stranger, { step: "choose", method: "totp" }, { browser: "stranger" });
  await ground.post(stranger, { step: "password", username: userName, password }, { browser: "stranger" });
  for (let round = 0; round < 12; round += 1) {
    await ground.post(stranger, { step: "totp", code: "000000" }, { browser: "stranger" });
    const id = await ground.begin({ browser: "other" });
    await ground.post(id, { step: "choose", method: "totp" }, { browser: "other" });
    await ground.post(id, { step: "password", username: userName, password: "no" }, { browser: "other" });
  }
  assert.equal((await ground.notice(stranger, "stranger"))?.key, "totp:blocked");
  assert.equal((await ground.use(key)).result.to, "destination");
});

test("SIN-1 nobody without an organisation is offered a passkey before there is one", async () => {
  const fresh = await openPasskeyGround();
  try {
    const { room } = fresh;
    const offered = () => [null, fresh.organisation].map((organisation) => room.method.isOffered?.(organisation));
    await room.look();
    assert.deepEqual(offered(), [false, true]);
    const { userName, password } = await fresh.withApp("by-app");
    const id = await fresh.begin({ organisationId: null });
    await fresh.post(id, { step: "password", username: userName, password });
    assert.equal((await fresh.read(id)).proofs.length, 1, "the one way that there is goes on");
    const other = passkey({ ...fresh.node, publicUrl: "https://login.example" });
    await fresh.activated("first");
    assert.deepEqual(offered(), [true, true]);
    assert.equal(other.method.isOffered?.(null), false);
    await other.look();
    assert.equal(other.method.isOffered?.(null), true, "another node sees it when it looks");
    const address = passkey({ ...fresh.node, publicUrl: "http://127.0.0.1:4000" });
    await address.look();
    assert.equal(address.method.isOffered?.(fresh.organisation), false, "browsers have none at a bare address");
  } finally {
    await fresh.close();
  }
});

test("GUI-2 without JavaScript the page says so, and a post without an answer does too", async () => {
  const id = await ground.beginSigningIn();
  assert.match((await ground.page(id)).text, /<noscript>.*Passkeys need JavaScript.*<\/noscript>/);
  const { challenge } = await ground.asked(id);
  await ground.post(id, { step: "passkey", response: "" });
  assert.equal((await ground.notice(id))?.key, "passkey:no-script");
  const { text } = await ground.page(id);
  assert.doesNotMatch(text, /<noscript>/);
  assert.match(text, /role="alert".*Passkeys need JavaScript/);
  assert.equal(optionsOn(text).challenge, challenge);
});

test("SIN-7 a challenge is good for a quarter of an hour from when its page was last drawn", async () => {
  const { key } = await ground.activated("slow");
  const id = await ground.beginSigningIn();
  const options = await ground.asked(id);
  ground.clock.advance(minutes(14));
  await ground.asked(id);
  ground.clock.advance(minutes(14));
  assert.equal(
    (await ground.post(id, { step: "passkey", response: ground.device.get(options, key) })).to,
    "destination",
  );

  const late = await ground.beginSigningIn();
  const first = await ground.asked(late);
  ground.clock.advance(minutes(15));
  await ground.post(late, { step: "passkey", response: ground.device.get(first, key) });
  assert.equal((await ground.notice(late))?.key, "passkey:expired");
  const next = await ground.asked(late);
  assert.notEqual(next.challenge, first.challenge);
  assert.equal(
    (await ground.post(late, { step: "passkey", response: ground.device.get(next, key) })).to,
    "destination",
  );
  ground.clock.advance(hours(1));
});
