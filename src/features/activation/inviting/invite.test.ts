import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Ground, openGround } from "../../../../test/grounds/inviting.ts";
import { whilePhoneChanges } from "../../../../test/grounds/meanwhile.ts";
import { parseIdentityCode } from "../../../kernel/identity.ts";
import { days, plus } from "../../../kernel/time.ts";
import { makeRequestPin } from "../request-pin.ts";
import { makeInvite } from "./invite.ts";
import { makeRevoke } from "./revoke.ts";
import { makeSendAgain } from "./send-again.ts";

let ground: Ground;
const actor = "operator";
const aino = { givenName: "Aino", familyName: "Virta", email: "aino@koivula.example", phone: "040 123 4545" };

before(async () => {
  ground = await openGround();
});
after(() => ground.close());

const invite = (given: object, organisation = ground.organisation) =>
  makeInvite(ground.deps)(organisation, given, { actor });
const row = (id: string) =>
  ground.db.selectFrom("invitation").selectAll().where("id", "=", id).executeTakeFirstOrThrow();

async function invited(given: object) {
  const result = await invite(given);
  assert.ok("url" in result, JSON.stringify(result));
  return result;
}

test("ACT-1 ACT-2 an invitation makes an account, a link by e-mail and a PIN by text message; only hashes are kept", async () => {
  const { invitationId, accountId, url } = await invited({
    ...aino,
    category: "external",
    language: "sv",
    userName: "virtaai",
    roles: "reader, clerk",
    home: "https://intra.koivula.example/",
    identityCode: "131052-308T",
  });
  assert.ok(url);
  const token = url.replace("https://login.example/activate/", "");
  assert.equal(Buffer.from(token, "base64url").length, 32);
  const [email, sms] = ground.enqueued.splice(0);
  assert.ok(email?.template === "invitation" && sms?.template === "pin");
  assert.deepEqual([email.to, sms.to], ["aino@koivula.example", "+358401234545"]);
  assert.equal(email.parameters.url, url);
  assert.equal(email.language, "sv");
  assert.match(sms.parameters.pin, /^\d{6}$/);
  assert.ok(!JSON.stringify(email).includes(sms.parameters.pin) && !JSON.stringify(sms).includes(token));
  const stored = await row(invitationId);
  const hash = ground.deps.keyring.hash("pin", `${invitationId}:${sms.parameters.pin}`);
  assert.deepEqual(stored.pin_hash, hash);
  assert.equal(stored.account_id, accountId);
  assert.deepEqual(stored.expires_at, plus(ground.clock.now(), days(14)));
  const identity = parseIdentityCode("131052-308T");
  assert.ok(identity);
  const expected = await ground.identities.expected(ground.db, accountId);
  assert.deepEqual(expected, ground.identities.blindIndex(identity));
  const everything = await ground.everythingStored();
  for (const secret of [token, sms.parameters.pin, "131052-308T"]) assert.ok(!everything.includes(secret), secret);
});

test("ACT-2 with the PIN on request only the e-mail goes out", async () => {
  const policy = { ...ground.organisation.policy, invitation: { days: 3, pinOnRequest: true } };
  const result = await invite({ ...aino, email: "onrequest@koivula.example" }, { ...ground.organisation, policy });
  assert.ok("url" in result);
  const [email, ...others] = ground.enqueued.splice(0);
  assert.ok(email?.template === "invitation" && email.parameters.pinOnRequest);
  assert.deepEqual(others, []);
  assert.equal((await row(result.invitationId)).pin_hash, null);
});

test("ACT-1 the category comes from the e-mail domain when none is given", async () => {
  const emailCategories = { "koivula.example": "external", "student.koivula.example": "student" } as const;
  const organisation = { ...ground.organisation, emailCategories };
  const result = await invite({ ...aino, email: "a@student.koivula.example" }, organisation);
  assert.ok("accountId" in result);
  const account = await ground.db
    .selectFrom("account")
    .selectAll()
    .where("id", "=", result.accountId)
    .executeTakeFirstOrThrow();
  assert.equal(account.category, "student");
  ground.enqueued.length = 0;
});

test("ACT-1 somebody who has an account is not invited again: the answer says what to do", async () => {
  const reasons = async (given: object) => {
    const result = await invite(given);
    assert.ok("problems" in result);
    return result.problems.map(({ field, reason }) => `${field} ${reason}`);
  };
  assert.deepEqual(await reasons({ ...aino, email: "AINO@koivula.example" }), ["email already-invited"]);
  assert.deepEqual(await reasons({ ...aino, email: "other@koivula.example", userName: "Virtaai" }), ["userName taken"]);
  await ground.db.updateTable("account").set({ state: "active" }).where("email", "=", "aino@koivula.example").execute();
  assert.deepEqual(await reasons(aino), ["email already-active"]);
  assert.equal(ground.enqueued.length, 0);
});

test("T12 T11 everything wrong is named, and nothing is stored or sent", async () => {
  const before = await ground.everythingStored();
  const result = await invite({
    givenName: "Aino\r\nBcc: x@evil.example",
    familyName: "",
    email: "aino@koivula.example,x@evil.example",
    phone: "+88213300000",
    category: "boss",
    language: "de",
    userName: "boss@koivula.example",
    roles: "<script>",
    home: "javascript:alert(1)",
    identityCode: "131052-308X",
  });
  assert.ok("problems" in result);
  assert.deepEqual(
    result.problems.map(({ field }) => field),
    ["givenName", "familyName", "email", "phone", "category", "language", "userName", "roles", "home", "identityCode"],
  );
  assert.equal(await ground.everythingStored(), before);
  assert.equal(ground.enqueued.length, 0);
});

test("T12 braces and markup in a name are text", async () => {
  await invited({ ...aino, email: "t12@koivula.example", givenName: "{{7*7}}", familyName: "<img src=x>" });
  const [email] = ground.enqueued.splice(0);
  assert.ok(email?.template === "invitation");
  assert.equal(email.parameters.firstName, "{{7*7}}");
});

test("ACT-2 T13 sending again replaces link and PIN, forgets misses and ends half-way journeys", async () => {
  const first = await invited({ ...aino, email: "again@koivula.example" });
  ground.enqueued.length = 0;
  await ground.db
    .updateTable("invitation")
    .set({ state: "locked", misses: 10, pin_misses: 5 })
    .where("id", "=", first.invitationId)
    .execute();
  ground.clock.advance(days(20));
  const again = await makeSendAgain(ground.deps)(first.invitationId, { actor });
  assert.ok(typeof again === "object" && again.url);
  assert.notEqual(again.url, first.url);
  assert.deepEqual(ground.withdrawn.splice(0), [first.invitationId]);
  assert.equal(ground.enqueued.splice(0).length, 2);
  const stored = await row(first.invitationId);
  assert.deepEqual([stored.state, stored.misses, stored.pin_misses], ["sent", 0, 0]);
  assert.deepEqual(stored.expires_at, plus(ground.clock.now(), days(14)));
  const links = await ground.db
    .selectFrom("invitation_link")
    .selectAll()
    .where("invitation_id", "=", first.invitationId)
    .execute();
  const live = links.filter(({ replaced_at }) => replaced_at === null);
  assert.equal(links.length, 2);
  assert.deepEqual(
    live.map(({ token_hash }) => token_hash),
    [ground.deps.keyring.hash("activation-link", again.url.split("/").at(-1) ?? "")],
  );
  const account = await ground.db
    .selectFrom("account")
    .select("epoch")
    .where("id", "=", first.accountId)
    .executeTakeFirstOrThrow();
  assert.equal(account.epoch, 1);
});

test("ACT-2 sent again by sixteen at once, one link is left", async () => {
  const { invitationId } = await invited({ ...aino, email: "race@koivula.example" });
  await Promise.all(Array.from({ length: 16 }, () => makeSendAgain(ground.deps)(invitationId, { actor })));
  const links = await ground.db
    .selectFrom("invitation_link")
    .selectAll()
    .where("invitation_id", "=", invitationId)
    .execute();
  assert.equal(links.length, 17);
  assert.equal(links.filter(({ replaced_at }) => replaced_at === null).length, 1);
  ground.enqueued.length = 0;
  ground.withdrawn.length = 0;
});

test("ACT-2 what is activated or revoked is not sent again; the revoked person can be invited anew", async () => {
  const sendAgain = makeSendAgain(ground.deps);
  const revoke = makeRevoke(ground.deps);
  const { invitationId, accountId } = await invited({ ...aino, email: "gone@koivula.example" });
  assert.equal(await revoke(invitationId, { actor }), "revoked");
  assert.equal(await revoke(invitationId, { actor }), "already-revoked");
  assert.equal(await sendAgain(invitationId, { actor }), "revoked");
  assert.deepEqual(ground.withdrawn.splice(0), [invitationId]);
  const account = await ground.db
    .selectFrom("account")
    .select("state")
    .where("id", "=", accountId)
    .executeTakeFirstOrThrow();
  assert.equal(account.state, "closed");
  const anew = await invited({ ...aino, email: "gone@koivula.example" });
  await ground.db.updateTable("invitation").set({ state: "activated" }).where("id", "=", anew.invitationId).execute();
  assert.equal(await sendAgain(anew.invitationId, { actor }), "already-activated");
  assert.equal(await revoke(anew.invitationId, { actor }), "already-activated");
  assert.equal(await sendAgain(ground.deps.random.id(), { actor }), "no-such-invitation");
});

test("ACT-5 whom an invitation expects stays when it is sent again or revoked", async () => {
  const identityCode = "131052-308T";
  const { invitationId, accountId } = await invited({ ...aino, email: "expected@koivula.example", identityCode });
  const expected = () => ground.identities.expected(ground.db, accountId);
  const before = await expected();
  assert.ok(before);
  await makeSendAgain(ground.deps)(invitationId, { actor });
  assert.deepEqual(await expected(), before);
  await makeRevoke(ground.deps)(invitationId, { actor });
  assert.deepEqual(await expected(), before);
});

test("ACT-1 whoever is invited without a code expects nobody", async () => {
  const { accountId } = await invited({ ...aino, email: "nobody@koivula.example" });
  assert.equal(await ground.identities.expected(ground.db, accountId), null);
});

test("ACT-2 REC-8 a PIN that is asked for while the number is being changed goes to the new one alone", async () => {
  const { accountId, url } = await invited({ ...aino, email: "meanwhile@koivula.example" });
  const token = url?.split("/").at(-1) ?? "";
  ground.clock.advance(days(1));
  ground.enqueued.length = 0;
  const origin = { browserHash: Buffer.alloc(32), network: "192.0.2.1", browser: "Firefox", reference: "ref" };
  const phone = "+358407654321";
  const result = await whilePhoneChanges(ground.db, { accountId, phone }, () =>
    makeRequestPin(ground.deps)(token, origin),
  );
  assert.equal(result, "sent");
  assert.deepEqual(
    ground.enqueued.map(({ to }) => to),
    [phone],
  );
});
