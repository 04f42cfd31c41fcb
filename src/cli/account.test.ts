import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeRun } from "../../test/grounds/command-line.ts";
import { type Ground, openGround } from "../../test/grounds/inviting.ts";
import { findAccountsByName, loadAccount, makeCreateAccount } from "../features/organisations/index.ts";

let ground: Ground;
const run = makeRun(() => ground);
before(async () => {
  ground = await openGround();
});
after(() => ground.close());

test("REC-8 HLP-3 a frozen account is thawed by its user name, and only a frozen one", async () => {
  const { db, deps, clock, organisation } = ground;
  const whole = {
    organisationId: organisation.id,
    givenName: "Aino",
    familyName: "Virtanen",
    email: "aino@koivula.example",
    phone: null,
    category: "staff",
  } as const;
  const account = await db.transaction().execute((tx) => makeCreateAccount(deps)(tx, { ...whole, language: "en" }));
  if (typeof account === "string") throw new Error(account);
  await db
    .updateTable("account")
    .set({ state: "frozen", activated_at: clock.now() })
    .where("id", "=", account.id)
    .execute();

  const thaw = (user: string, slug = organisation.slug) => run(["account", "thaw", slug, user]);
  assert.match((await thaw("nobody")).err, /There is no account "nobody"/);
  assert.match((await thaw("aino@koivula.example", "nowhere")).err, /There is no organisation "nowhere"/);
  const { code, err } = await thaw(" AINO@koivula.example");
  assert.equal(code, 0);
  assert.match(err, /open again, with the password and the methods that it had/);
  assert.equal((await loadAccount(db, account.id))?.state, "active");
  const again = await thaw("aino@koivula.example");
  assert.deepEqual([again.code, again.err], [1, "The account is not frozen."]);
});

test("HLP-3 REC-8 what is on record of a person is changed with a reason, and it is shown who is told besides", async () => {
  const { db, clock, organisation, enqueued } = ground;
  const of = (user: string) => [organisation.slug, user];
  const [aino] = await findAccountsByName(db, "aino@koivula.example", organisation.id);
  assert.equal(
    (await run(["account", "change", ...of("aino@koivula.example"), "--email", "a@koivula.example"])).code,
    2,
  );
  const why = ["--reason", "She has married"];
  const names = ["--family-name", "Ek", "--email", "aino.ek@koivula.example", "--phone", "040 123 4545"];
  enqueued.length = 0;
  const { code, err } = await run(["account", "change", ...of("aino@koivula.example"), ...names, ...why]);
  assert.equal(code, 0);
  assert.match(err, /Changed: familyName, email, phone, userName\.\nWhatever was sent to the old address/);
  assert.deepEqual(
    enqueued.map(({ to }) => to),
    ["aino.ek@koivula.example", "aino@koivula.example", "+358401234545"],
  );
  assert.match((await run(["account", "show", ...of("aino@koivula.example")])).err, /There is no account/);
  const until = new Date(clock.now().getTime() + 90 * 86_400_000).toISOString();
  const shown = (await run(["account", "show", ...of("aino.ek@koivula.example")])).out;
  assert.ok(shown.includes(`aino@koivula.example (until ${until})`), shown);
  const events = await ground.audit.listEvents(db, { accountId: aino?.id ?? "", limit: 9 });
  assert.equal(events.find(({ type }) => type === "account.changed")?.detail.reason, "She has married");

  const wrong = await run(["account", "change", ...of("aino.ek@koivula.example"), "--phone", "0", ...why, "--json"]);
  assert.deepEqual([wrong.code, JSON.parse(wrong.out).problems[0].field], [1, "phone"]);
  const none = await run(["account", "change", ...of("aino.ek@koivula.example"), "--no-phone", ...why, "--json"]);
  const { phone, formerAddresses } = JSON.parse(none.out);
  assert.deepEqual([none.code, phone], [0, null]);
  assert.deepEqual(formerAddresses.map(({ address }: { address: string }) => address).toSorted(), [
    "+358401234545",
    "aino@koivula.example",
  ]);
  assert.match(
    (await run(["account", "change", ...of("aino.ek@koivula.example"), "--language", "en", ...why])).err,
    /Nothing has changed/,
  );
});

test("ACT-8 REC-8 an invitation that went to a mistyped address is void, whoever reads that hears no more, and it is sent again", async () => {
  const { db, organisation, enqueued, withdrawn } = ground;
  const person = ["--given-name", "Bo", "--family-name", "Ek", "--phone", "040 123 4546"];
  const invited = await run([
    "invite",
    "--organisation",
    organisation.slug,
    ...person,
    "--email",
    "bo@koivla.example",
    "--json",
  ]);
  const { invitationId, accountId } = JSON.parse(invited.out);
  // A stranger has read both halves, and chosen a password.
  await db.updateTable("account").set({ state: "activating" }).where("id", "=", accountId).execute();
  await db
    .insertInto("password")
    .values({ account_id: accountId, hash: "theirs", changed_at: ground.clock.now() })
    .execute();
  enqueued.length = 0;
  withdrawn.length = 0;
  const mended = ["--email", "bo@koivula.example", "--reason", "Mistyped"];
  const { err } = await run(["account", "change", organisation.slug, "bo@koivla.example", ...mended]);
  assert.match(err, new RegExp(`vahva invite --send-again ${invitationId}`));
  assert.deepEqual([enqueued, withdrawn], [[], [accountId, invitationId]]);
  const link = await db.selectFrom("invitation_link").selectAll().where("invitation_id", "=", invitationId).execute();
  assert.ok(link.length === 1 && link[0]?.replaced_at);
  const invitation = db.selectFrom("invitation").selectAll().where("id", "=", invitationId);
  assert.equal((await invitation.executeTakeFirstOrThrow()).pin_hash, null);
  const password = db.selectFrom("password").selectAll().where("account_id", "=", accountId);
  assert.ok((await password.executeTakeFirstOrThrow()).ended_at);
  assert.deepEqual(await db.selectFrom("former_address").selectAll().where("account_id", "=", accountId).execute(), []);
  await run(["invite", "--send-again", invitationId]);
  assert.deepEqual(
    enqueued.map(({ template, to }) => [template, to]),
    [
      ["invitation", "bo@koivula.example"],
      ["pin", "+358401234546"],
    ],
  );
});
