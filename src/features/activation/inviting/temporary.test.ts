import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { makeRun } from "../../../../test/grounds/command-line.ts";
import { type Ground, openGround } from "../../../../test/grounds/inviting.ts";
import { hours, plus } from "../../../kernel/time.ts";
import type { Organisation } from "../../organisations/index.ts";
import { makeImport } from "./import/import.ts";
import { makeInvite } from "./invite.ts";
import { makeRevoke } from "./revoke.ts";
import { makeSendAgain } from "./send-again.ts";

let ground: Ground;
let organisation: Organisation;
const run = makeRun(() => ground);
const actor = "operator";
const aino = { givenName: "Aino", familyName: "Virta", email: "aino@koivula.example", phone: "040 123 4545" };

before(async () => {
  ground = await openGround();
  organisation = await ground.sendTemporary();
});
beforeEach(() => {
  ground.enqueued.length = 0;
  ground.withdrawn.length = 0;
});
after(() => ground.close());

async function invited(given: object) {
  const result = await makeInvite(ground.deps)(organisation, { ...aino, ...given }, { actor });
  assert.ok("invitationId" in result, JSON.stringify(result));
  return result;
}
const account = (id: string) =>
  ground.db.selectFrom("account").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
const temporary = (id: string) =>
  ground.db.selectFrom("temporary_password").selectAll().where("account_id", "=", id).executeTakeFirst();
const passwordSent = () => {
  const sms = ground.enqueued.find(({ template }) => template === "temporary-password");
  return sms?.template === "temporary-password" ? sms.parameters.password : "";
};

test("POL-1 ACT-2 where people are sent temporary passwords the user name goes by e-mail, the password by text message", async () => {
  const { accountId, url } = await invited({ userName: "virtaai" });
  assert.equal(url, null);
  assert.equal((await account(accountId)).state, "activating");
  const [email, sms, ...others] = ground.enqueued;
  assert.ok(email?.template === "account-ready" && sms?.template === "temporary-password");
  assert.deepEqual(others, []);
  assert.deepEqual([email.to, sms.to], ["aino@koivula.example", "+358401234545"]);
  assert.equal(email.parameters.userName, "virtaai");
  assert.equal(email.parameters.url, "https://login.example/sign-in?organisation=koivula&method=password");
  assert.match(sms.parameters.password, /^(?:[3479cdfhjkmprtwx]{4}-?){4}$/);
  assert.ok(!JSON.stringify(email).includes(sms.parameters.password) && !JSON.stringify(sms).includes("virtaai"));
  const stored = await temporary(accountId);
  assert.deepEqual(stored?.expires_at, plus(ground.clock.now(), hours(24)));
  assert.deepEqual(sms.expiresAt, stored?.expires_at);
  assert.deepEqual(await ground.db.selectFrom("invitation_link").selectAll().execute(), [], "no link, no PIN");
  assert.ok(!(await ground.everythingStored()).includes(sms.parameters.password));
});

test("POL-1 without a mobile number nobody is invited: the two halves need two channels", async () => {
  const result = await makeInvite(ground.deps)(
    organisation,
    { ...aino, email: "x@koivula.example", phone: "" },
    { actor },
  );
  assert.ok("problems" in result);
  assert.deepEqual(
    result.problems.map(({ field, reason }) => `${field} ${reason}`),
    ["phone missing"],
  );
  const { invitationId, accountId } = await invited({ email: "later@koivula.example" });
  await ground.db.updateTable("account").set({ phone: null }).where("id", "=", accountId).execute();
  assert.equal(await makeSendAgain(ground.deps)(invitationId, { actor }), "no-phone");
  assert.match((await run(["invite", "--send-again", invitationId])).err, /no mobile number on record/);
});

test("POL-1 T13 sent again, a new temporary password replaces the old one, and what was chosen with it", async () => {
  const { invitationId, accountId } = await invited({ email: "again@koivula.example" });
  const first = passwordSent();
  await ground.db
    .insertInto("password")
    .values({ account_id: accountId, hash: "somebody's", changed_at: ground.clock.now() })
    .execute();
  const before = (await temporary(accountId))?.hash;
  ground.enqueued.length = 0;
  ground.clock.advance(hours(30));
  const again = await makeSendAgain(ground.deps)(invitationId, { actor });
  assert.ok(typeof again === "object" && again.url === null);
  assert.notEqual(passwordSent(), first);
  const stored = await temporary(accountId);
  assert.notDeepEqual(stored?.hash, before);
  assert.ok(stored && stored.expires_at > ground.clock.now());
  assert.deepEqual(ground.withdrawn, [accountId, invitationId]);
  assert.equal((await account(accountId)).epoch, 1);
  const password = await ground.db.selectFrom("password").selectAll().executeTakeFirstOrThrow();
  assert.deepEqual(password.ended_at, ground.clock.now());
});

test("POL-1 an invitation by link, sent again where the organisation has changed its way: the link is replaced", async () => {
  const byLink = await makeInvite(ground.deps)(
    ground.organisation,
    { ...aino, email: "link@koivula.example" },
    { actor },
  );
  assert.ok("invitationId" in byLink && byLink.url);
  ground.enqueued.length = 0;
  await makeSendAgain(ground.deps)(byLink.invitationId, { actor });
  assert.ok(passwordSent());
  assert.equal((await account(byLink.accountId)).state, "activating");
  const links = await ground.db.selectFrom("invitation_link").select("replaced_at").execute();
  assert.ok(links.length === 1 && links[0]?.replaced_at);
});

test("POL-1 revoked, the temporary password is gone", async () => {
  const { invitationId, accountId } = await invited({ email: "revoked@koivula.example" });
  assert.equal(await makeRevoke(ground.deps)(invitationId, { actor }), "revoked");
  assert.equal(await temporary(accountId), undefined);
  assert.equal((await account(accountId)).state, "closed");
});

test("POL-1 ACT-1 a file is imported the same way", async () => {
  const source = (async function* () {
    yield "given_name;family_name;email;phone\nBo;Ek;bo@koivula.example;0401234545\nEva;Ek;eva@koivula.example;0401234546\n";
  })();
  const report = await makeImport(ground.deps)(source, { organisation, dryRun: false, onError: "skip", actor });
  assert.equal(report.invited, 2);
  const templates = ground.enqueued.map(({ template }) => template).sort();
  assert.deepEqual(templates, ["account-ready", "account-ready", "temporary-password", "temporary-password"]);
});

test("HLP-3 REC-2 the command line shows an account, orders a new password, closes and reopens", async () => {
  const { accountId } = await invited({ email: "cli@koivula.example", userName: "clicli" });
  const about = ["koivula", "CLI@koivula.example"];
  const shown = JSON.parse((await run(["account", "show", ...about, "--json"])).out);
  assert.deepEqual([shown.id, shown.state, shown.methods], [accountId, "activating", []]);
  assert.ok(shown.temporaryPasswordUntil);
  const given = passwordSent();
  ground.enqueued.length = 0;
  const ordered = await run(["account", "new-password", ...about]);
  assert.deepEqual([ordered.code, ordered.out], [0, ""]);
  const [sms] = ground.enqueued;
  assert.ok(sms?.template === "temporary-password-new" && sms.parameters.password !== given);
  assert.ok(!JSON.stringify(ordered).includes(sms.parameters.password), "T21 who orders it never sees it");
  assert.equal(JSON.parse((await run(["account", "close", ...about, "--json"])).out).state, "closed");
  assert.equal((await run(["account", "new-password", ...about])).code, 1);
  assert.equal((await run(["account", "reopen", "koivula", "clicli"])).code, 0);
  assert.match((await run(["account", "show", ...about])).out, /state +invited/);
  assert.match(
    (await run(["account", "show", "koivula", "nobody"])).err,
    /There is no account "nobody" in the organisation "koivula"/,
  );
});
