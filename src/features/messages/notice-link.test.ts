import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { messagesBench } from "../../../test/grounds/messages-bench.ts";
import { days, plus } from "../../kernel/time.ts";
import { sweepNoticeLinks } from "./index.ts";

let bench: Awaited<ReturnType<typeof messagesBench>>;
let accountId: string;
before(async () => {
  bench = await messagesBench();
  const { db, deps, clock, organisationId } = bench;
  const [person, account] = [deps.random.id(), deps.random.id()];
  accountId = account;
  const created_at = clock.now();
  const names = { given_name: "Aino", family_name: "Virtanen", language: "en" };
  await db
    .insertInto("person")
    .values({ id: person, ...names, created_at })
    .execute();
  const whose = { organisation_id: organisationId, person_id: person, user_name: "aino", email: "aino@example.fi" };
  await db
    .insertInto("account")
    .values({ id: account, ...whose, category: "staff", state: "active", created_at })
    .execute();
});
after(() => bench.end());

const linked = { template: "method-linked" as const, parameters: { method: "totp", at: new Date(0) } };
const links = () => bench.db.selectFrom("notice_link").selectAll().execute();

test("REC-8 each e-mail of a notice has a link of its own; a text message and a letter to no account have none", async () => {
  const letter = { ...bench.letter(), accountId };
  const sms = { ...bench.pin(), accountId };
  await bench.enqueue(
    { ...letter, ...linked, channel: "email" },
    { ...letter, ...linked, channel: "email", to: "aino@home.example" },
    { ...sms, ...linked, channel: "sms" },
    { ...bench.letter(), ...linked, channel: "email", to: "nobody@example.fi" },
    { ...letter, template: "account-frozen", parameters: { at: bench.clock.now() }, channel: "email" },
  );
  await bench.messages.deliverDue();
  const found = bench.mail.sent.flatMap(
    ({ text }) => text.match(/https:\/\/login\.example\.fi\/not-me\/[\w-]{43}/g) ?? [],
  );
  assert.equal(found.length, 2);
  assert.equal(new Set(found).size, 2);
  assert.ok(!bench.sms.sent.some(({ text }) => text.includes("not-me")));
  const rows = await links();
  assert.deepEqual(
    rows.map(({ account_id, event, used_at }) => [account_id, event, used_at]),
    [
      [accountId, "method-linked", null],
      [accountId, "method-linked", null],
    ],
  );
});

test("MSG-1 a notice that is rolled back leaves no link behind", async () => {
  const before = (await links()).length;
  const undone = bench.db.transaction().execute(async (tx) => {
    await bench.messages.enqueue(tx, [{ ...bench.letter(), ...linked, channel: "email", accountId }]);
    throw new Error("undone");
  });
  await assert.rejects(undone, /undone/);
  assert.equal((await links()).length, before);
});

test("links that are long over are swept", async () => {
  assert.equal(await sweepNoticeLinks(bench.db, plus(bench.clock.now(), days(29))), 0);
  assert.ok((await sweepNoticeLinks(bench.db, plus(bench.clock.now(), days(31)))) > 0);
  assert.equal((await links()).length, 0);
});
