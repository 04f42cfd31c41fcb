import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type AccountGround, openAccountGround, rightPassword } from "../../../test/grounds/account-ground.ts";
import { days } from "../../kernel/time.ts";
import { linkNotices } from "../journey/index.ts";
import {
  type Account,
  findAccountsByName,
  listFormer,
  loadAccount,
  sweepFormerAddresses,
} from "../organisations/index.ts";
import { makeChangeAccount } from "./change-account.ts";

let ground: AccountGround;
let change: ReturnType<typeof makeChangeAccount>;
const by = { actor: "operator", reason: "called back at the old number" } as const;

before(async () => {
  ground = await openAccountGround();
  change = makeChangeAccount({ ...ground, countries: ["FI", "SE"] });
});
beforeEach(() => {
  ground.enqueued.length = 0;
  ground.directories.told.length = 0;
});
after(() => ground.close());

type Given = Parameters<typeof change>[1];

async function changed({ id }: Pick<Account, "id">, given: Given) {
  const result = await change(id, given, by);
  assert.ok(typeof result === "object" && "changed" in result, JSON.stringify(result));
  return result;
}
const now = async ({ id }: Pick<Account, "id">): Promise<Account> => {
  const account = await loadAccount(ground.db, id);
  assert.ok(account);
  return account;
};
const sent = () => ground.enqueued.splice(0).map(({ template, channel, to }) => `${template} ${channel} ${to}`);
/** Who is told of a link, as of everything else. */
const toldOf = async (aino: Pick<Account, "id">): Promise<string[]> => {
  const account = await now(aino);
  const told = await ground.db
    .transaction()
    .execute((tx) => linkNotices(tx, account, ground.organisation, "totp", ground.clock.now()));
  return told.map(({ to }) => to);
};
const formerOf = async (aino: Pick<Account, "id">) =>
  (await listFormer(ground.db, await now(aino), ground.clock.now())).map(({ address }) => address);

test("REC-8 T79 USR-7 a changed e-mail and number are told at the old ones too, none quotes another, and the old one's link freezes", async () => {
  const aino = await ground.person("aino.old@koivula.example");
  const result = await changed(aino, { email: "Aino.New@Koivula.example", phone: "040 765 4321" });
  assert.deepEqual(result, { changed: ["email", "phone", "userName"], isMoved: true, invitationId: null });
  assert.deepEqual(sent(), [
    "contact-changed email Aino.New@koivula.example",
    "contact-changed email aino.old@koivula.example",
    "contact-changed sms +358407654321",
    "contact-changed sms +358401234567",
  ]);
  const [letter] = await ground.mailTo("aino.old@koivula.example");
  assert.match(letter?.text ?? "", /New e-mail address: •••@koivula\.example\.[\s\S]*••21\./);
  const letters = [letter, ...(await ground.mailTo("Aino.New@koivula.example"))].map((one) => JSON.stringify(one));
  for (const one of letters) assert.doesNotMatch(one, /aino\.(?:old|new)@.*aino\.(?:new|old)@|7654321/i);
  const [event] = await ground.audit.listEvents(ground.db, { accountId: aino.id, limit: 1 });
  const detail = { changed: "email phone userName", reason: by.reason, sessions: 0 };
  assert.deepEqual([event?.type, event?.actor, event?.detail], ["account.changed", "operator", detail]);
  assert.deepEqual(ground.directories.told, [{ accountId: aino.id, task: "account", causeId: null }], "DIR-2");

  const link = /https:\/\/login\.example(\/not-me\/\S{43})/.exec(letter?.text ?? "")?.[1] ?? "";
  const owner = await ground.browser();
  assert.match((await owner.get(link)).page, /the details of your account were changed/);
  await owner.post(link);
  assert.equal((await now(aino)).state, "frozen");
  assert.ok(sent().includes("account-frozen email aino.old@koivula.example"), "REC-8 of the freeze it hears too");
  const back = await changed(aino, { email: "aino.old@koivula.example" });
  assert.ok(back.isMoved, "support puts right what a thief had changed, before it thaws the account");
});

test("REC-8 REC-6 what was sent to the old address opens nothing any more, and the old address finds nobody", async () => {
  const aino = await ground.person("bea.old@koivula.example");
  const here = await ground.browser(aino);
  const halfWay = (await here.post("/account/password")).to;
  const origin = { browserHash: Buffer.alloc(32), network: "192.0.2.1", browser: "Firefox", reference: "ref" };
  await ground.sendPasswordLink({ name: aino.email, organisationId: null }, origin);
  const [letter] = await ground.mailTo(aino.email);
  const link = /https:\/\/login\.example(\/recover\/password\/\S+)/.exec(letter?.text ?? "")?.[1] ?? "";
  assert.match((await here.get(link)).page, /<form[^>]*\/recover\/password\//);

  await changed(aino, { email: "bea.new@koivula.example" });
  assert.equal((await here.get("/account")).to, "/sign-in?to=account");
  assert.equal((await here.get(halfWay)).status, 410);
  assert.doesNotMatch((await here.get(link)).page, /<form[^>]*\/recover\/password\//);
  assert.match((await here.post(link)).to, /^\/recover\/password\//);
  assert.deepEqual(await findAccountsByName(ground.db, "bea.old@koivula.example", null), []);
  ground.enqueued.length = 0;
  await ground.sendPasswordLink({ name: "bea.old@koivula.example", organisationId: null }, origin);
  assert.deepEqual(sent(), []);

  const stranger = await ground.browser();
  const signIn = async (username: string) => {
    const journey = (await stranger.get("/sign-in?organisation=koivula")).to;
    await stranger.post(journey, { step: "choose", method: "totp" });
    await stranger.post(journey, { step: "password", username, password: rightPassword });
    return (await stranger.get(journey)).page;
  };
  const refusal = /user name or password/i;
  assert.match(await signIn("bea.old@koivula.example"), refusal);
  assert.doesNotMatch(await signIn("bea.new@koivula.example"), refusal);
});

test("REC-8 a former address is told for ninety days; not when it is on record again, or another's; of many the latest", async () => {
  const aino = await ground.person("c0@koivula.example");
  await changed(aino, { email: "c1@koivula.example" });
  assert.deepEqual(await toldOf(aino), ["c1@koivula.example", "c0@koivula.example", "+358401234567"]);
  await changed(aino, { email: "c0@koivula.example" });
  assert.deepEqual(await formerOf(aino), ["c1@koivula.example"], "on record again");
  const other = await ground.person("C1@koivula.example");
  assert.deepEqual(await formerOf(aino), [], "somebody else's now");
  await changed(other, { email: "c9@koivula.example" });

  for (let number = 2; number < 9; number += 1) {
    ground.clock.advance(days(1));
    await changed(aino, { email: `c${number}@koivula.example`, phone: `+35840765432${number}` });
  }
  const emails = [8, 7, 6, 5, 4, 3].map((number) => `c${number}@koivula.example`);
  const phones = [8, 7, 6].map((number) => `+35840765432${number}`);
  assert.deepEqual(await toldOf(aino), [...emails, ...phones], "MSG-3");
  ground.clock.advance(days(1));
  await changed(aino, { phone: null });
  assert.deepEqual(
    (await toldOf(aino)).slice(6),
    [8, 7].map((number) => `+35840765432${number}`),
    "no number any more",
  );
  ground.clock.advance(days(91));
  assert.deepEqual(await toldOf(aino), ["c8@koivula.example"]);
  assert.ok((await sweepFormerAddresses(ground.db, ground.clock.now())) > 0);
  assert.deepEqual(await ground.db.selectFrom("former_address").selectAll().execute(), []);
});

test("HLP-3 a name alone is changed without a word; a user name of one's own stays, and a changed one is told", async () => {
  const aino = await ground.person("dora@koivula.example");
  const here = await ground.browser(aino);
  assert.deepEqual((await changed(aino, { givenName: " Dóra ", language: "SV" })).changed, ["givenName", "language"]);
  assert.deepEqual(sent(), []);
  assert.equal((await here.get("/account")).status, 200, "who is signed in stays so");
  await changed(aino, { userName: "dorado" });
  assert.deepEqual(sent(), ["contact-changed email dora@koivula.example", "contact-changed sms +358401234567"]);
  await changed(aino, { email: "dora.ek@koivula.example" });
  const { givenName, language, userName, email } = await now(aino);
  assert.deepEqual([givenName, language, userName, email], ["Dóra", "sv", "dorado", "dora.ek@koivula.example"]);
  assert.deepEqual((await changed(aino, { email: "dora.ek@koivula.example" })).changed, []);
  assert.deepEqual(
    (await ground.audit.listEvents(ground.db, { accountId: aino.id, limit: 9 })).length,
    3,
    "nothing changed, nothing recorded",
  );
});

test("SIN-3 what is wrong or taken is refused, saying no more, and everything stays as it was", async () => {
  const [aino, other] = [await ground.person("eva@koivula.example"), await ground.person("taken@koivula.example")];
  const before = await now(aino);
  const refused = async (given: Given, reason: string = by.reason) => {
    const result = await change(aino.id, given, { ...by, reason });
    if (typeof result === "string") return result;
    return "problems" in result ? result.problems.map((problem) => `${problem.field} ${problem.reason}`) : "changed";
  };
  assert.deepEqual(await refused({ email: "TAKEN@koivula.example", phone: "+358407654321" }), ["email taken"]);
  await changed(other, { userName: "takenname" });
  assert.deepEqual(await refused({ email: "free@koivula.example", userName: "TakenName" }), ["userName taken"]);
  assert.deepEqual(
    await refused({
      givenName: "",
      familyName: "\u202e",
      email: "no",
      phone: "09 123",
      userName: "a@b",
      language: "de",
    }),
    [
      "givenName missing",
      "familyName not-a-name",
      "email not-an-address",
      "userName not-a-name",
      "phone not-a-number",
      "language unknown",
    ],
  );
  assert.deepEqual(await refused({ userName: "taken@koivula.example" }), ["userName not-a-name"], "another's address");
  assert.equal(await refused({ givenName: "Eeva" }, " "), "no-reason");
  assert.equal(await change("00000000-0000-4000-8000-000000000000", {}, by), "no-such-account");
  assert.deepEqual(await now(aino), before);
  assert.deepEqual(await findAccountsByName(ground.db, "free@koivula.example", null), []);
  await ground.db.updateTable("account").set({ state: "closed" }).where("id", "=", aino.id).execute();
  assert.equal(await refused({ givenName: "Eeva" }), "account-closed");
});

test("SIN-3 of sixteen accounts that are given one address at the same moment, one has it", async () => {
  const people = [];
  for (let number = 0; number < 16; number += 1) people.push(await ground.person(`f${number}@koivula.example`));
  const results = await Promise.all(people.map(({ id }) => change(id, { email: "race@koivula.example" }, by)));
  assert.equal(results.filter((result) => typeof result === "object" && "changed" in result).length, 1);
  const found = await findAccountsByName(ground.db, "race@koivula.example", null);
  const all = await Promise.all(people.map(now));
  assert.deepEqual(
    found,
    all.filter(({ email }) => email === "race@koivula.example"),
  );
});
