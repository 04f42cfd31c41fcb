import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { sql } from "kysely";
import { type Ground, openGround } from "../../../test/grounds/inviting.ts";
import { hours, plus } from "../../kernel/time.ts";
import { type Account, loadOrganisation, makeChangeOrganisation, makeCreateAccount } from "../organisations/index.ts";
import { type Cases, makeCases, type NewCase, sweepUnconfirmed } from "./index.ts";

let ground: Ground;
let cases: Cases;
let count = 0;
const network = "198.51.100.7";
const agent = { reason: "Called back to the number on record", actor: "operator" } as const;

before(async () => {
  ground = await openGround();
  cases = makeCases(ground.deps);
  const change = makeChangeOrganisation({ ...ground.deps, methods: ["eid", "totp"] });
  const support = [
    { kind: "general", email: "general@koivula.example" },
    { kind: "password", phone: "+358105550100" },
    { kind: "technical", email: "technical@koivula.example" },
  ];
  await change("koivula", { support }, { actor: "operator" });
});
beforeEach(() => {
  ground.enqueued.length = 0;
});
after(() => ground.close());

async function person(email = `person${++count}@koivula.example`): Promise<Account> {
  const whole = {
    organisationId: ground.organisation.id,
    givenName: "Aino",
    familyName: "Virtanen",
    language: "sv",
    email,
    phone: null,
    category: "staff",
    state: "active",
  } as const;
  const account = await ground.db.transaction().execute((tx) => makeCreateAccount(ground.deps)(tx, whole));
  if (typeof account === "string") throw new Error(account);
  return account;
}

const origin = () => ({ network, reference: `CAS-E${String(++count).padStart(2, "0")}-00` });

const open = (account: Account, given: Partial<NewCase> = {}) =>
  ground.db.transaction().execute(async (tx) => {
    const organisation = await loadOrganisation(tx, account.organisationId);
    assert.ok(organisation);
    const whole = { account, organisation, kind: "not-bound", origin: origin(), ...given } as const;
    return cases.openCase(tx, whole, ground.clock.now());
  });

const document = (account: Account, journeyId = ground.deps.random.id()) =>
  open(account, {
    kind: "document",
    journeyId,
    expiresAt: plus(ground.clock.now(), hours(24)),
    facts: { level: "high" },
  });

const found = async (reference: string) => {
  const one = await cases.find(ground.db, reference);
  assert.ok(one);
  return one;
};
const decide = async (reference: string, decision: "approve" | "refuse" | "close", reason: string = agent.reason) =>
  cases.decide(await found(reference), { ...agent, decision, reason });
const use = (account: Account, journeyId: string) =>
  ground.db.transaction().execute((tx) => cases.useApproval(tx, { account, journeyId }, ground.clock.now()));
const sent = () => ground.enqueued.splice(0).map(({ template, to }) => `${template} ${to}`);
const eventsOf = async ({ id }: Account) =>
  (await ground.audit.listEvents(ground.db, { accountId: id, limit: 20 })).map(({ type }) => type);

test("T78 HLP-1 a case is found by the reference that the page showed, also one that came later; support is told once", async () => {
  const account = await person();
  const first = await open(account);
  assert.equal(first.isNew, true);
  assert.deepEqual(sent(), ["case-opened technical@koivula.example"], "who can be written to, for what fits best");
  const again = origin();
  assert.deepEqual(await open(account, { origin: again }), { reference: first.reference, isNew: false });
  assert.deepEqual(sent(), []);
  for (const typed of [first.reference, again.reference, first.reference.toLowerCase().replaceAll("-", " ")])
    assert.equal((await found(typed)).reference, first.reference);
  assert.equal(await cases.find(ground.db, "NOT-HIN-G0"), null);
  assert.deepEqual((await eventsOf(account)).toSorted(), ["case.opened", "case.repeated"]);
});

test("T78 sixteen at once are one case, and another kind is another", async () => {
  const account = await person();
  const lock = () =>
    ground.db.transaction().execute(async (tx) => {
      await sql`select from account where id = ${account.id} for no key update`.execute(tx);
      const organisation = await loadOrganisation(tx, account.organisationId);
      assert.ok(organisation);
      return cases.openCase(tx, { account, organisation, kind: "not-bound", origin: origin() }, ground.clock.now());
    });
  const opened = await Promise.all(Array.from({ length: 16 }, lock));
  assert.equal(opened.filter(({ isNew }) => isNew).length, 1);
  assert.equal(new Set(opened.map(({ reference }) => reference)).size, 1);
  assert.equal((await open(account, { kind: "guest" })).isNew, true);
  assert.equal((await cases.list(ground.db, { accountId: account.id })).length, 2);
});

test("REC-5 a case is unconfirmed until its address is; in time, once, and support hears of it then", async () => {
  const account = await person();
  const confirmed = (byte: number) => Buffer.alloc(32, byte);
  const ask = (byte: number) =>
    open(account, {
      kind: "guest",
      message: "My phone is lost",
      confirmedBy: { tokenHash: confirmed(byte) },
      expiresAt: plus(ground.clock.now(), hours(24)),
    });
  const [one, other, late] = [await ask(1), await ask(2), await ask(3)];
  assert.deepEqual(sent(), []);
  assert.equal(await decide(one.reference, "refuse"), "not-confirmed");
  const confirm = (byte: number) => cases.confirmAddress(confirmed(byte), origin());
  const results = await Promise.all(Array.from({ length: 16 }, () => confirm(1)));
  assert.deepEqual(results.toSorted(), ["confirmed", ...Array.from({ length: 15 }, () => "over")]);
  assert.deepEqual(sent(), ["case-opened technical@koivula.example"]);
  assert.equal((await found(one.reference)).state, "open");
  assert.equal(await confirm(2), "confirmed");
  assert.equal((await found(other.reference)).state, "closed", "the first one is open");
  assert.deepEqual(sent(), []);
  ground.clock.advance(hours(24));
  assert.equal(await confirm(3), "over");
  assert.equal(await confirm(9), "over", "none of ours");
  assert.equal((await found(late.reference)).state, "unconfirmed");
  assert.equal(await sweepUnconfirmed(ground.db, plus(ground.clock.now(), 1)), 1);
  const read = await cases.read(ground.db, await found(one.reference));
  assert.deepEqual([read.email, read.message], [account.email, "My phone is lost"]);
});

test("HLP-5 a decision names who, whom and why, and is told to the person, with a way to say that it was not them", async () => {
  const account = await person();
  const { reference } = await document(account);
  assert.equal(await decide(reference, "approve", "  "), "no-reason");
  sent();
  assert.equal(await decide(reference, "approve"), "decided");
  assert.deepEqual(sent(), [`case-decided ${account.email}`]);
  const events = await ground.audit.listEvents(ground.db, { accountId: account.id, limit: 9 });
  const event = events.find(({ type }) => type === "case.approved");
  assert.deepEqual(
    [event?.actor, event?.detail],
    ["operator", { kind: "document", case: reference, reason: agent.reason }],
  );
  const read = await cases.read(ground.db, await found(reference));
  assert.deepEqual([read.state, read.decidedBy, read.reason], ["approved", "operator", agent.reason]);

  const refused = await document(account);
  assert.equal(await decide(refused.reference, "refuse"), "decided");
  assert.deepEqual(sent().at(-1), `case-decided ${account.email}`);
  const nobody = { id: ground.deps.random.id(), accountId: account.id };
  assert.equal(await cases.decide(nobody, { ...agent, decision: "close" }), "no-such-case");
});

test("REC-3 sixteen agents approve one document at once: one approval, one message; and it is used once", async () => {
  const account = await person();
  const journeyId = ground.deps.random.id();
  const { reference } = await document(account, journeyId);
  sent();
  const results = await Promise.all(Array.from({ length: 16 }, () => decide(reference, "approve")));
  assert.deepEqual(results.toSorted(), [...Array.from({ length: 15 }, () => "already-decided"), "decided"]);
  assert.deepEqual(sent(), [`case-decided ${account.email}`]);
  const used = await Promise.all(Array.from({ length: 16 }, () => use(account, journeyId)));
  assert.equal(used.filter((one) => one !== null).length, 1);
  assert.equal((await found(reference)).state, "closed");
});

test("REC-3 T84 an approval is good in its journey, for its account as it was, in time, and until it is taken back", async () => {
  const account = await person();
  const journeyId = ground.deps.random.id();
  const { reference } = await document(account, journeyId);
  assert.equal(await use(account, journeyId), null, "not approved yet");
  await decide(reference, "approve");
  assert.equal(await use(account, ground.deps.random.id()), null, "another journey");
  assert.equal(await use(await person(), journeyId), null, "another account");
  assert.equal(await use({ ...account, epoch: account.epoch + 1 }, journeyId), null, "credentials have changed since");
  ground.clock.advance(hours(24));
  assert.equal(await use(account, journeyId), null, "a day later");
  ground.clock.advance(-1);
  assert.ok(await use(account, journeyId));

  const taken = ground.deps.random.id();
  const second = await document(account, taken);
  await decide(second.reference, "approve");
  assert.equal(await decide(second.reference, "close"), "decided");
  assert.equal(await use(account, taken), null);
});

test("REC-3 what an agent comes too late for, or what has changed since, is not approved", async () => {
  const account = await person();
  const [late, changed] = [await document(account), await document(account)];
  assert.notEqual(late.reference, changed.reference, "each journey its own");
  await ground.db.updateTable("account").set({ epoch: 7 }).where("id", "=", account.id).execute();
  assert.equal(await decide(changed.reference, "approve"), "account-changed");
  ground.clock.advance(hours(24));
  assert.equal(await decide(late.reference, "approve"), "too-late");
});

test("MSG-2 T13 address, message and reason lie sealed, each for its own row", async () => {
  const account = await person("sealed@koivula.example");
  const { reference } = await open(account, { kind: "guest", message: "My secret trouble" });
  const other = await open(await person(), { kind: "guest", message: "Another" });
  await decide(reference, "close", "Helped on the phone");
  const { rows } = await sql<{ row: string }>`select t::text as row from support_case t`.execute(ground.db);
  const text = rows.map(({ row }) => row).join("\n");
  for (const part of ["sealed@koivula", "secret trouble", "Helped on"]) {
    assert.ok(!text.includes(part), part);
    assert.ok(!text.includes(Buffer.from(part).toString("hex")), part);
  }
  const [from, to] = [await found(reference), await found(other.reference)];
  const moved = ground.db.selectFrom("support_case").select("message").where("id", "=", from.id);
  await ground.db.updateTable("support_case").set({ message: moved }).where("id", "=", to.id).execute();
  await assert.rejects(cases.read(ground.db, to));
});
