import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { makeAccount } from "../../../../../test/grounds/provider-ground.ts";
import { testDatabase } from "../../../../../test/harness/database.ts";
import { canonical, type Identity, parseIdentity } from "../../../../kernel/identity.ts";
import { Secret } from "../../../../kernel/secret.ts";
import { type Database, openDatabase, type Tx } from "../../../../platform/database/index.ts";
import { makeKeyring } from "../../../../platform/seal/index.ts";
import { fakeClock } from "../../../../ports/clock.ts";
import { systemRandom } from "../../../../ports/random.ts";
import { makeAudit } from "../../../audit/index.ts";
import { insertAuthenticator } from "../../../journey/authenticator/store.ts";
import { makeCreateOrganisation } from "../../../organisations/index.ts";
import { makeIdentities } from "./index.ts";

const clock = fakeClock();
const keyring = makeKeyring([new Secret("identities".repeat(8))]);
const identities = makeIdentities({ keyring });
const actor = "operator";
let created: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let koivula: string;
let lehtola: string;

before(async () => {
  created = await testDatabase();
  database = openDatabase(created.url, { connections: 20 });
  [koivula, lehtola] = [await makeOrganisation("koivula", "Ö Koivula"), await makeOrganisation("lehtola", "A Lehtola")];
});
after(async () => {
  await database.close();
  await created.drop();
});

async function makeOrganisation(slug: string, name: string): Promise<string> {
  const { db } = database;
  const audit = makeAudit({ clock, random: systemRandom, keyring });
  const create = makeCreateOrganisation({
    db,
    clock,
    random: systemRandom,
    audit,
    methods: ["eid", "totp"],
    countries: ["FI"],
  });
  const result = await create({ slug, name: { fi: name } }, { actor });
  if ("problems" in result) throw new Error("the test's organisation was refused");
  return result.organisation.id;
}

let born = 0;

/** Somebody that no other test knows. */
function somebody(): Identity {
  born += 1;
  const number = String(born + 1).padStart(3, "0");
  const check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[Number(`131052${number}`) % 31];
  const identity = parseIdentity("hetu", `131052-${number}${check}`);
  assert.ok(identity);
  return identity;
}

const inside = <T>(run: (tx: Tx) => Promise<T>) => database.db.transaction().execute(run);
const account = (organisationId = koivula) => makeAccount(database.db, organisationId);
const expect = (accountId: string, identity: Identity, organisationId = koivula) =>
  inside((tx) => identities.expect(tx, [{ accountId, organisationId, identity }], clock.now()));
const bind = (accountId: string, identity: Identity, organisationId = koivula) =>
  inside((tx) =>
    identities.bind(tx, { accountId, organisationId, identity, broker: "telia", level: "substantial" }, clock.now()),
  );
const linkMethod = (accountId: string) =>
  inside(async (tx) => {
    const id = randomUUID();
    const linked = { id, method: "eid", name: null, linkedAt: clock.now(), lastUsedAt: null };
    await insertAuthenticator(tx, accountId, linked);
    return id;
  });
const found = async (identity: Identity, organisationId: string | null = null) =>
  (await identities.find(database.db, identities.blindIndex(identity), organisationId)).linked.map(
    ({ accountId }) => accountId,
  );

test("ACT-5 an identity that is proved is bound, and read as it was", async () => {
  const [accountId, identity] = [await account(), somebody()];
  assert.equal(await identities.read(database.db, accountId), null);
  assert.equal(await bind(accountId, identity), "bound");
  const read = await identities.read(database.db, accountId);
  assert.deepEqual(read, { identity, level: "substantial", boundAt: clock.now() });
  assert.equal(await bind(accountId, identity), "bound", "the same person again");
});

test("ACT-5 where a person is expected, another one is refused and nothing is bound", async () => {
  const [accountId, expected, other] = [await account(), somebody(), somebody()];
  assert.equal(await inside((tx) => identities.expected(tx, accountId)), null);
  await expect(accountId, expected);
  assert.deepEqual(await inside((tx) => identities.expected(tx, accountId)), identities.blindIndex(expected));
  assert.equal(await bind(accountId, other), "another-person");
  assert.equal(await identities.read(database.db, accountId), null, "what is only expected is not read");
  assert.equal(await bind(accountId, expected), "bound");
  assert.equal(await bind(accountId, other), "another-person");
});

test("ACT-5 an expectation can be replaced until somebody is bound", async () => {
  const [accountId, first, second, third] = [await account(), somebody(), somebody(), somebody()];
  await expect(accountId, first);
  await expect(accountId, second);
  assert.equal(await bind(accountId, first), "another-person");
  assert.equal(await bind(accountId, second), "bound");
  await expect(accountId, third);
  assert.deepEqual((await identities.read(database.db, accountId))?.identity, second);
});

test("ACT-5 several accounts may expect one person, and one of an organisation gets them", async () => {
  const [one, other, identity] = [await account(), await account(), somebody()];
  await expect(one, identity);
  await expect(other, identity);
  assert.equal(await bind(one, identity), "bound");
  assert.equal(await bind(other, identity), "bound-elsewhere");
});

test("ACT-5 of sixteen accounts of an organisation that bind one person at once, one does", async () => {
  const identity = somebody();
  const accounts = await Promise.all(Array.from({ length: 16 }, () => account()));
  const results = await Promise.all(accounts.map((each) => bind(each, identity)));
  assert.deepEqual(results.toSorted(), ["bound", ...Array.from({ length: 15 }, () => "bound-elsewhere")]);
});

test("ACT-5 one person has an account in each of two organisations", async () => {
  const identity = somebody();
  const [here, there] = [await account(koivula), await account(lehtola)];
  const results = await Promise.all([bind(here, identity), bind(there, identity, lehtola)]);
  assert.deepEqual(results, ["bound", "bound"]);
  await Promise.all([linkMethod(here), linkMethod(there)]);
  assert.deepEqual(await found(identity), [there, here], "by the name of the organisation");
  assert.deepEqual(await found(identity, koivula), [here]);
  const [first] = (await identities.find(database.db, identities.blindIndex(identity), lehtola)).linked;
  assert.equal(first?.organisationId, lehtola);
  assert.deepEqual(first?.organisationName, { fi: "A Lehtola" });
  assert.match(first?.userName ?? "", /^user-/);
});

test("SIN-2 an identity finds only accounts that may sign in by it", async () => {
  const [accountId, identity] = [await account(lehtola), somebody()];
  await expect(accountId, identity, lehtola);
  const linked = await linkMethod(accountId);
  assert.deepEqual(await found(identity), [], "expected, not bound");
  await bind(accountId, identity, lehtola);
  assert.deepEqual(await found(identity), [accountId]);
  const { db } = database;
  const row = db.updateTable("account").where("id", "=", accountId);
  await row.set({ state: "closed" }).execute();
  assert.deepEqual(await found(identity), [], "closed");
  await row.set({ state: "activating" }).execute();
  assert.deepEqual(await found(identity), [accountId]);
  const organisation = db.updateTable("organisation").where("id", "=", lehtola);
  await organisation.set({ state: "closed" }).execute();
  assert.deepEqual(await found(identity), [], "the organisation is closed");
  await organisation.set({ state: "open" }).execute();
  await db.updateTable("authenticator").set({ removed_at: clock.now() }).where("id", "=", linked).execute();
  assert.deepEqual(await found(identity), [], "the method was removed");
  assert.deepEqual((await identities.read(db, accountId))?.identity, identity, "and yet it is known who it is");
});

test("T99 nothing of the person can be read in a row, and no plain hash finds them", async () => {
  const identity = somebody();
  const [here, there] = [await account(koivula), await account(lehtola)];
  await expect(here, identity);
  await bind(there, identity, lehtola);
  const { rows } = await sql<{ row: string; sealed: Buffer; blind_index: Buffer }>`
    select t::text as row, sealed, blind_index from identity t where account_id in (${here}, ${there})`.execute(
    database.db,
  );
  assert.equal(rows.length, 2);
  const { value } = identity;
  const bytes = Buffer.concat(
    rows.map(({ row, sealed, blind_index }) => Buffer.concat([Buffer.from(row), sealed, blind_index])),
  );
  for (const part of [value, Buffer.from(value).toString("hex"), value.slice(0, 6), "hetu"])
    assert.ok(!bytes.includes(part), part);
  for (const text of [value, canonical(identity)])
    for (const algorithm of ["sha1", "sha256", "sha512"])
      assert.ok(!bytes.includes(createHash(algorithm).update(text).digest()));
  assert.notDeepEqual(rows[0]?.sealed, rows[1]?.sealed, "the same person is sealed anew in each row");
});

test("T99 a row's identity opens nowhere else", async () => {
  const [one, other] = [await account(), await account()];
  await bind(one, somebody());
  await bind(other, somebody());
  const moved = database.db.selectFrom("identity").select("sealed").where("account_id", "=", other);
  await database.db.updateTable("identity").set({ sealed: moved }).where("account_id", "=", one).execute();
  await assert.rejects(identities.read(database.db, one));
});

test("ACT-1 thousands of expectations are noted at once", async () => {
  const { db } = database;
  const first = await account();
  await sql`insert into account (id, organisation_id, person_id, user_name, email, category, state, created_at)
    select gen_random_uuid(), organisation_id, person_id, 'many', email, category, state, created_at
    from account, generate_series(1, 3000) where id = ${first}`.execute(db);
  const many = await db.selectFrom("account").select("id").where("user_name", "=", "many").execute();
  const rows = many.map(({ id }, index) => ({
    accountId: id,
    organisationId: koivula,
    identity: { country: "SE", type: "eidas", value: `SE/FI/${index}` } as const,
  }));
  await inside((tx) => identities.expect(tx, rows, clock.now()));
  const last = rows.at(-1);
  assert.ok(last);
  assert.equal(await bind(last.accountId, somebody()), "another-person");
  assert.equal(await bind(last.accountId, last.identity), "bound");
  await inside((tx) => identities.expect(tx, [], clock.now()));
});
