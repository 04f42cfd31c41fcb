import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { testDatabase } from "../../../../test/harness/database.ts";
import { type Database, openDatabase } from "../../../platform/database/index.ts";
import { fakeClock } from "../../../ports/clock.ts";
import { systemRandom } from "../../../ports/random.ts";
import { makeCreateOrganisation } from "../create-organisation.ts";
import { makeCreateAccount, makeCreateAccounts, type NewAccount } from "./create-account.ts";
import { explainFindByName, findAccountsByName, loadAccount, raiseEpoch, setAccountState } from "./store.ts";

let database: Database;
let drop: () => Promise<void>;
let organisationId: string;
const clock = fakeClock();
const createAccount = makeCreateAccount({ clock, random: systemRandom });
const createAccounts = makeCreateAccounts({ clock, random: systemRandom });

const wanted = (email: string, more: Partial<NewAccount> = {}): NewAccount => ({
  organisationId,
  givenName: "Aino",
  familyName: "Virta",
  language: "fi",
  email,
  phone: "+358401234545",
  category: "staff",
  ...more,
});

const inTransaction = <T>(run: (tx: Parameters<typeof createAccount>[0]) => Promise<T>) =>
  database.db.transaction().execute(run);

before(async () => {
  const created = await testDatabase();
  drop = created.drop;
  database = openDatabase(created.url);
  const audit = { record: async () => {} };
  const deps = { db: database.db, clock, random: systemRandom, audit, methods: ["eid", "totp"], countries: ["FI"] };
  const result = await makeCreateOrganisation(deps)(
    { slug: "koivula", name: { fi: "Koivula" } },
    { actor: "operator" },
  );
  assert.ok("organisation" in result);
  organisationId = result.organisation.id;
});
after(async () => {
  await database.close();
  await drop();
});

test("SIN-3 an account is found by user name and by e-mail, however written", async () => {
  const account = await inTransaction((tx) =>
    createAccount(tx, wanted("Aino@koivula.example", { userName: "Virtaai" })),
  );
  assert.ok(typeof account === "object");
  assert.deepEqual(await loadAccount(database.db, account.id), account);
  for (const name of ["VIRTAAI", "ｖｉｒｔａａｉ", "aino@KOIVULA.example"])
    assert.deepEqual(await findAccountsByName(database.db, name, organisationId), [account], name);
  assert.deepEqual(await findAccountsByName(database.db, "aino@koivula.example", null), [account]);
  for (const name of ["", "nobody", "\u202E", "%", systemRandom.id()])
    assert.deepEqual(await findAccountsByName(database.db, name, null), [], name);
});

test("a name is taken once, also by sixteen at the same moment, and a refusal leaves no row", async () => {
  const results = await Promise.all(
    Array.from({ length: 16 }, () => inTransaction((tx) => createAccount(tx, wanted("race@koivula.example")))),
  );
  assert.equal(results.filter((result) => typeof result === "object").length, 1);
  assert.equal(results.filter((result) => result === "email-taken").length, 15);
  const again = await inTransaction((tx) =>
    createAccount(tx, wanted("other@koivula.example", { userName: "RACE@koivula.example" })),
  );
  assert.equal(again, "user-name-taken");
  const { rows } = await sql<{ persons: number; accounts: number }>`
    select (select count(*) from person) as persons, (select count(*) from account) as accounts`.execute(database.db);
  assert.deepEqual(rows, [{ persons: 2, accounts: 2 }]);
});

test("many accounts go in together; each refusal stands in its place", async () => {
  const results = await inTransaction((tx) =>
    createAccounts(tx, [wanted("b1@koivula.example"), wanted("race@koivula.example"), wanted("b2@koivula.example")]),
  );
  assert.deepEqual(
    results.map((result) => (typeof result === "string" ? result : result.email)),
    ["b1@koivula.example", "email-taken", "b2@koivula.example"],
  );
});

test("an account moves on from the states named only; raising the epoch counts up", async () => {
  const [account] = await findAccountsByName(database.db, "b1@koivula.example", null);
  assert.ok(account);
  const now = clock.now();
  assert.equal(
    await inTransaction((tx) => setAccountState(tx, account.id, { from: ["activating"], to: "active", now })),
    false,
  );
  assert.equal(
    await inTransaction((tx) => setAccountState(tx, account.id, { from: ["invited"], to: "active", now })),
    true,
  );
  assert.equal(await inTransaction((tx) => raiseEpoch(tx, account.id)), 1);
  assert.equal(await inTransaction((tx) => raiseEpoch(tx, account.id)), 2);
  assert.equal((await loadAccount(database.db, account.id))?.state, "active");
});

test("looking an account up by its name uses the key, at any number of accounts", async () => {
  await sql`insert into person select gen_random_uuid(), 'A', 'B', 'fi', now() from generate_series(1, 5000)`.execute(
    database.db,
  );
  await sql`insert into account (id, organisation_id, person_id, user_name, email, category, state, created_at)
    select id, ${organisationId}::uuid, id, id::text, id::text, 'staff', 'active', now() from person where given_name = 'A'`.execute(
    database.db,
  );
  await sql`insert into account_name select id::text, organisation_id, id from account where user_name = id::text`.execute(
    database.db,
  );
  await sql`analyze`.execute(database.db);
  const plan = (await explainFindByName(database.db, "nobody")).map((row) => row["QUERY PLAN"]).join("\n");
  assert.match(plan, /account_name_pkey/);
  assert.doesNotMatch(plan, /Seq Scan/);
});
