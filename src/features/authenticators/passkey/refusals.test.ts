import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Cbor, cbor, type Wrong } from "../../../../test/doubles/software-authenticator.ts";
import { openPasskeyGround, type PasskeyGround } from "../../../../test/grounds/passkeys.ts";
import { hours } from "../../../kernel/time.ts";

let ground: PasskeyGround;
let people = 0;

before(async () => {
  ground = await openPasskeyGround();
});
beforeEach(() => {
  ground.enqueued.length = 0;
});
after(() => ground.close());

const someone = () => `person${++people}`;

/** What is wrong with an answer, and the reason that the audit tells. */
const wrongs: Record<string, [Wrong, string]> = {
  "the person not verified (A25)": [{ userVerified: false }, "unverified"],
  "the person not present": [{ userPresent: false }, "unverified"],
  "another host signed for": [{ rpId: "evil.example" }, "unverified"],
  "another site": [{ origin: "https://login.example.evil.example" }, "wrong-origin"],
  "a host below ours": [{ origin: "https://a.login.example" }, "wrong-origin"],
  "a frame of another site": [{ crossOrigin: true }, "cross-origin"],
  "a page on top of ours": [{ topOrigin: "https://evil.example" }, "cross-origin"],
  "a challenge of nobody's": [{ challenge: "AAAA" }, "wrong-challenge"],
};

const linkings: Record<string, [Wrong, string]> = {
  ...wrongs,
  "the other ceremony": [{ type: "webauthn.get" }, "wrong-ceremony"],
  "a maker's certificates, to be followed": [
    {
      format: "packed",
      statement: new Map<Cbor, Cbor>([
        ["alg", -7],
        ["sig", Buffer.from("s")],
        ["x5c", [Buffer.from("c")]],
      ]),
    },
    "attested",
  ],
  "a statement under none": [{ statement: new Map<Cbor, Cbor>([["sig", Buffer.from("s")]]) }, "unverified"],
  "an unknown format": [{ format: "home-made" }, "unverified"],
};
for (const [what, [wrong, reason]] of Object.entries(linkings))
  test(`T33 ACT-7 a passkey made with ${what} is not linked`, async () => {
    const { account, id } = await ground.beginLinking(someone());
    const { response } = ground.device.create(await ground.asked(id), wrong);
    assert.equal((await ground.post(id, { step: "passkey-link", response })).to, "page");
    assert.equal((await ground.notice(id))?.key, "passkey:refused");
    assert.equal(await ground.lastReason("method.link-refused"), reason);
    assert.deepEqual(await ground.passkeysOf(account.id), []);
    assert.deepEqual(ground.enqueued, []);
    assert.deepEqual((await ground.read(id)).authenticators, []);
  });

test("T33 an algorithm that was not asked for is refused, however well it signs", async () => {
  const { account, id } = await ground.beginLinking(someone());
  const { response } = ground.device.create(await ground.asked(id), {}, "ES384");
  await ground.post(id, { step: "passkey-link", response });
  assert.equal(await ground.lastReason("method.link-refused"), "unverified");
  assert.deepEqual(await ground.passkeysOf(account.id), []);
});

test("T33 what is no answer at all, or a broken one, is refused and no fault", async () => {
  const { account, id } = await ground.beginLinking(someone());
  const broken = { clientDataJSON: "e30", attestationObject: cbor(new Map()).toString("base64url") };
  const body = { id: "aWQ", rawId: "aWQ", type: "public-key", response: broken };
  for (const response of ["{", "null", "[]", "{}", JSON.stringify(body)]) {
    assert.equal((await ground.post(id, { step: "passkey-link", response })).to, "page", response);
    assert.ok(await ground.notice(id), response);
    await ground.asked(id);
  }
  const { response } = ground.device.create(await ground.asked(id));
  const cut = JSON.parse(response);
  cut.response.attestationObject = cut.response.attestationObject.slice(0, 80);
  await ground.post(id, { step: "passkey-link", response: JSON.stringify(cut) });
  assert.equal((await ground.notice(id))?.key, "passkey:refused");
  assert.deepEqual(await ground.passkeysOf(account.id), []);
});

const uses: Record<string, [Wrong, string]> = {
  ...wrongs,
  "the other ceremony": [{ type: "webauthn.create" }, "wrong-ceremony"],
  "a signature of nothing": [{ signature: Buffer.alloc(70) }, "unverified"],
  "a key that has become a synced one": [{ backupEligible: true }, "backup-changed"],
};
for (const [what, [wrong, reason]] of Object.entries(uses))
  test(`T33 SIN-7 a passkey used with ${what} signs nobody in, and its owner can see it`, async () => {
    const { account, key } = await ground.activated(someone());
    const { id, result } = await ground.use(key, wrong);
    assert.equal(result.to, "page");
    assert.equal((await ground.notice(id))?.key, "passkey:refused");
    assert.equal(await ground.lastReason("passkey.refused"), reason);
    assert.equal((await ground.events("passkey.refused")).at(-1)?.account_id, account.id);
    assert.deepEqual((await ground.read(id)).proofs, []);
    assert.equal((await ground.passkeysOf(account.id))[0]?.counter, 0);
    assert.equal((await ground.use(key)).result.to, "destination", "the right answer is taken still");
  });

test("T33 a challenge is good for its own journey and step alone, and once", async () => {
  const { key } = await ground.activated(someone());
  const mine = await ground.beginSigningIn();
  const other = await ground.beginSigningIn({ browser: "another" });
  const theirs = await ground.asked(other, { browser: "another" });
  await ground.asked(mine);
  await ground.post(mine, { step: "passkey", response: ground.device.get(theirs, key) });
  assert.equal(await ground.lastReason("passkey.refused"), "wrong-challenge");

  const { account, id } = await ground.beginLinking(someone());
  const options = await ground.asked(id);
  const stranger = await ground.beginLinking(someone(), "stranger");
  const foreign = ground.device.create(await ground.asked(stranger.id, { browser: "stranger" }));
  await ground.post(id, { step: "passkey-link", response: foreign.response });
  assert.equal(await ground.lastReason("method.link-refused"), "wrong-challenge");
  const late = ground.device.create(options);
  await ground.post(id, { step: "passkey-link", response: late.response });
  assert.equal(await ground.lastReason("method.link-refused"), "expired", "whatever came for it, it is gone");
  assert.deepEqual(await ground.passkeysOf(account.id), []);
});

test("T33 a passkey that is linked already is nobody else's, also when it was removed since", async () => {
  const { account, key } = await ground.activated(someone());
  const { id, account: thief } = await ground.beginLinking(someone());
  const again = async () => {
    const { response } = ground.device.create(await ground.asked(id), { credentialId: key.id });
    await ground.post(id, { step: "passkey-link", response });
    assert.equal((await ground.notice(id))?.key, "passkey:taken");
    assert.deepEqual(await ground.passkeysOf(thief.id), []);
  };
  await again();
  await removeAll(account.id);
  await again();
});

test("T34 A02 a captured answer is worth nothing: not in its own journey, not in another, not in another browser", async () => {
  const { key } = await ground.activated(someone());
  const id = await ground.beginSigningIn();
  const response = ground.device.get(await ground.asked(id), key);
  assert.equal((await ground.post(id, { step: "passkey", response })).to, "destination");
  const { result } = await ground.read(id);
  await ground.post(id, { step: "passkey", response });
  assert.deepEqual((await ground.read(id)).result, result);
  const next = await ground.beginSigningIn();
  assert.equal((await ground.post(next, { step: "passkey", response })).to, "page");
  await ground.asked(next);
  assert.equal((await ground.post(next, { step: "passkey", response })).to, "page");
  assert.deepEqual((await ground.read(next)).proofs, []);
  assert.equal((await ground.post(id, { step: "passkey", response }, { browser: "thief" })).to, "nowhere");
});

test("T34 a copy that has counted less far is refused, audited, and told to the person once a day", async () => {
  const { account, key } = await ground.activated(someone());
  await ground.db.updateTable("account").set({ phone: "+358401234567" }).where("id", "=", account.id).execute();
  const copy = { ...key };
  assert.equal((await ground.use(key)).result.to, "destination");
  assert.equal((await ground.use(key)).result.to, "destination");
  ground.enqueued.length = 0;

  const { id, result } = await ground.use(copy);
  assert.equal(result.to, "page");
  assert.equal((await ground.notice(id))?.key, "passkey:copied");
  assert.deepEqual((await ground.read(id)).proofs, []);
  const [own] = await ground.passkeysOf(account.id);
  const event = (await ground.events("passkey.counter-refused")).at(-1);
  assert.equal(event?.account_id, account.id);
  assert.equal(event?.result, "refused");
  assert.deepEqual(
    ground.enqueued.map(({ template, channel }) => [template, channel]),
    [
      ["passkey-copied", "email"],
      ["passkey-copied", "sms"],
    ],
  );
  assert.equal(own?.counter, 2);
  await ground.use(copy);
  assert.equal(ground.enqueued.length, 2);
  ground.clock.advance(hours(25));
  await ground.use(copy, { counter: 1 });
  assert.equal(ground.enqueued.length, 4);
  assert.equal((await ground.use(key)).result.to, "destination", "the one that counts on is the person's");
});

test("T34 a synced passkey never counts, and is taken each time", async () => {
  const { account, key } = await ground.activated(someone(), { wrong: { backupEligible: true } });
  for (let round = 0; round < 3; round += 1)
    assert.equal((await ground.use(key, { backupEligible: true, counter: 0 })).result.to, "destination");
  assert.equal((await ground.passkeysOf(account.id))[0]?.backup_eligible, true);
});

/** Whom the audit names of the last refusal, and why; in one chain alone, since chains have no order among them. */
const lastRefused = async (stream = ground.organisation.id) => {
  const event = (await ground.events("passkey.refused")).filter((each) => each.stream === stream).at(-1);
  return [event?.account_id, (event?.detail as { reason?: string } | undefined)?.reason]; // every event of it has one
};

const removeAll = (accountId: string) =>
  ground.db
    .updateTable("authenticator")
    .set({ removed_at: ground.clock.now() })
    .where("account_id", "=", accountId)
    .execute();

const setState = (accountId: string, state: "closed" | "frozen" | "activating" | "invited") =>
  ground.db.updateTable("account").set({ state }).where("id", "=", accountId).execute();

const outs: Record<string, [change: (accountId: string) => Promise<unknown>, audited: string]> = {
  "a closed account": [(id) => setState(id, "closed"), "account-closed"],
  "a frozen account": [(id) => setState(id, "frozen"), "account-frozen"],
  "an account that is not active yet": [(id) => setState(id, "activating"), "not-linked"],
  "a removed passkey": [removeAll, "removed"],
  "a handle of somebody else": [
    (id) =>
      ground.db
        .updateTable("passkey_user")
        .set({ handle: Buffer.alloc(64, id) })
        .where("account_id", "=", id)
        .execute(),
    "",
  ],
};
for (const [what, [change, audited]] of Object.entries(outs))
  test(`T35 A26 AUD-1 ${what} is told what a stranger is told, and signs nobody in`, async () => {
    const { account, key } = await ground.activated(someone());
    await change(account.id);
    const { id, result } = await ground.use(key);
    assert.equal(result.to, "page");
    assert.deepEqual(await ground.notice(id), { key: "passkey:not-linked", tone: "warn" });
    assert.equal((await ground.read(id)).account, null);
    assert.deepEqual(await lastRefused(), audited ? [account.id, audited] : [null, "not-linked"]);

    const unknown = await ground.use({ ...key, id: Buffer.alloc(32) });
    assert.deepEqual(await lastRefused(), [null, "not-linked"]);
    assert.deepEqual(await ground.notice(unknown.id), { key: "passkey:not-linked", tone: "warn" });
  });

test("T35 a passkey is its own organisation's: not another's, and not a closed one's", async () => {
  const other = await ground.createOrganisation("toinen");
  await ground.permit(["passkey"], other.id);
  const { account, key } = await ground.activated(someone(), { organisationId: other.id });
  const { id } = await ground.use(key);
  assert.equal((await ground.notice(id))?.key, "passkey:not-linked");
  assert.equal((await ground.use(key, {}, { organisationId: null })).result.to, "destination");
  await ground.db.updateTable("organisation").set({ state: "closed" }).where("id", "=", other.id).execute();
  const late = await ground.use(key, {}, { organisationId: null });
  assert.equal((await ground.notice(late.id))?.key, "passkey:not-linked");
  assert.deepEqual(await lastRefused(other.id), [account.id, "organisation-closed"]);
});

test("T35 T91 A27 an organisation that forbids passkeys takes none, by whatever way it comes", async () => {
  const { account, key } = await ground.activated(someone());
  const begun = await ground.beginSigningIn();
  const asked = await ground.asked(begun);
  await ground.permit(["totp"]);
  try {
    assert.equal((await ground.post(begun, { step: "passkey", response: ground.device.get(asked, key) })).to, "page");
    assert.deepEqual((await ground.read(begun)).proofs, []);
    const anywhere = await ground.beginSigningIn({ organisationId: null });
    const answer = ground.device.get(await ground.asked(anywhere), key);
    assert.equal((await ground.post(anywhere, { step: "passkey", response: answer })).to, "page");
    assert.equal((await ground.read(anywhere)).endedAt, null, "it takes more than the passkey then");
    assert.equal((await ground.read(anywhere)).result, null);
  } finally {
    await ground.permit(["passkey", "totp"]);
  }
  assert.ok(account);
});

test("T36 T94 what browsers are asked tells nothing of accounts, whatever name or hint the request carries", async () => {
  const { account } = await ground.activated(someone());
  const shapes: string[] = [];
  for (const loginHint of [account.userName, account.email, "nobody@koivula.example", undefined]) {
    const id = await ground.beginSigningIn({ requested: loginHint ? { loginHint } : {} });
    const { challenge, ...rest } = await ground.asked(id);
    assert.equal(challenge.length, 43);
    assert.deepEqual(rest.allowCredentials, []);
    shapes.push(JSON.stringify(rest));
  }
  assert.equal(new Set(shapes).size, 1);
});

test("T34 sixteen posts of one answer at once are one sign-in, and of one new passkey one link", async () => {
  const crowd = Array.from({ length: 16 });
  const { account, id } = await ground.beginLinking(someone());
  const made = ground.device.create(await ground.asked(id));
  const links = await Promise.all(crowd.map(() => ground.post(id, { step: "passkey-link", response: made.response })));
  assert.equal(links.filter(({ to }) => to === "destination").length, 1);
  assert.equal((await ground.passkeysOf(account.id)).length, 1);
  assert.equal(ground.enqueued.length, 1);

  const next = await ground.beginSigningIn();
  const response = ground.device.get(await ground.asked(next), made.key);
  const posts = await Promise.all(crowd.map(() => ground.post(next, { step: "passkey", response })));
  assert.equal(posts.filter(({ to }) => to === "destination").length, 1);
});
