import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fakeKind, refusedKeys } from "../../../../../test/grounds/broker-kind.ts";
import { testDatabase } from "../../../../../test/harness/database.ts";
import { eventually } from "../../../../../test/harness/eventually.ts";
import { Secret } from "../../../../kernel/secret.ts";
import { type Database, makeListen, openDatabase } from "../../../../platform/database/index.ts";
import { makeKeyring } from "../../../../platform/seal/index.ts";
import { fakeClock } from "../../../../ports/clock.ts";
import { systemRandom } from "../../../../ports/random.ts";
import { makeAudit } from "../../../audit/index.ts";
import type { Organisation } from "../../../organisations/index.ts";
import { isOpen } from "./broker-store.ts";
import { makeBrokers } from "./brokers.ts";
import { type BrokerInput, type BrokerResult, brokerRegistry } from "./registry.ts";

let created: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
before(async () => {
  created = await testDatabase();
  database = openDatabase(created.url);
});
after(async () => {
  await database.close();
  await created.drop();
});

const keyring = makeKeyring([new Secret("brokers".repeat(8))]);
const clock = fakeClock();
const by = { actor: "operator" } as const;
const context = { publicUrl: "https://login.example", environment: "test", keys: refusedKeys } as const;

const registryOf = () => {
  const kinds = [fakeKind(["plain"]), fakeKind(["public-sector"], { onlyWhereNamed: true })];
  const { db } = database;
  const audit = makeAudit({ clock, random: systemRandom, keyring });
  return { kinds, db, registry: brokerRegistry({ db, clock, keyring, audit, kinds, context }) };
};

const input = (name: string, more: Partial<BrokerInput> = {}): BrokerInput => ({
  name,
  profile: "plain",
  title: { fi: name },
  settings: { clientId: name },
  ...more,
});

const brokerOf = (result: BrokerResult | "no-such-broker") => {
  assert.ok(typeof result === "object" && "broker" in result, JSON.stringify(result));
  return result.broker;
};

test("OPS-2 a broker's settings are checked by its profile, field by field; nothing wrong is kept", async () => {
  const { registry } = registryOf();
  const result = await registry.add(input("Wrong Name", { title: {}, settings: { clientId: 5 } }), by);
  assert.ok("problems" in result);
  assert.deepEqual(
    result.problems.map(({ field }) => field),
    ["name", "title", "clientId"],
  );
  const unknown = await registry.add(input("other", { profile: "other" }), by);
  assert.deepEqual(unknown, {
    problems: [{ field: "profile", says: "There is no such profile. Choose one of plain, public-sector." }],
  });
  brokerOf(await registry.add(input("taken"), by));
  assert.ok("problems" in (await registry.add(input("taken"), by)));
  assert.deepEqual(
    (await registry.list()).map(({ name }) => name),
    ["taken"],
  );
});

test("T99 AUD-4 a secret is kept sealed, and no listing and no audit holds it", async () => {
  const { registry, db } = registryOf();
  const listed = brokerOf(await registry.add(input("sealed", { secret: "very-hidden" }), by));
  assert.equal(listed.hasSecret, true);
  brokerOf(await registry.change("sealed", { secret: "more-hidden", settings: { note: "n" } }, by));
  const events = await db.selectFrom("audit_event").select(["type", "detail"]).orderBy("number").execute();
  assert.deepEqual(events.at(-1), {
    type: "broker.changed",
    detail: { broker: "sealed", changed: "settings.note secret" },
  });
  const row = await db.selectFrom("identity_broker").selectAll().where("name", "=", "sealed").executeTakeFirst();
  assert.doesNotMatch(JSON.stringify([listed, await registry.list(), events, row?.secret?.toString()]), /hidden/);
  const connected = await registry.connect("sealed");
  assert.ok(typeof connected === "object" && "connection" in connected);
  const { values } = await connected.connection.registration(clock.now());
  assert.deepEqual(values, [
    ["callback", "https://login.example/eid/sealed/callback"],
    ["clientId", "sealed"],
    ["secret", "more-hidden"],
  ]);
});

test("a setting is laid over the others, and null takes one away", async () => {
  const { registry } = registryOf();
  await registry.add(input("laid", { settings: { clientId: "laid", note: "n" } }), by);
  const { settings } = brokerOf(await registry.change("laid", { settings: { note: null, more: 1 } }, by));
  assert.deepEqual(settings, { clientId: "laid", more: 1 });
  const refused = await registry.change("laid", { settings: { clientId: null } }, by);
  assert.ok(typeof refused === "object" && "problems" in refused);
  assert.equal(await registry.change("nobody", {}, by), "no-such-broker");
});

test("T50 a broker that is closed is closed on every node, and at once where it is decided", async (t) => {
  const { registry, kinds, db } = registryOf();
  const logged: unknown[] = [];
  const deps = { db, keyring, kinds, context, log: { error: (fields: object) => logged.push(fields) } };
  const nodes = await Promise.all([1, 2].map(() => makeBrokers({ ...deps, listen: makeListen(created.url) })));
  t.after(() => Promise.all(nodes.map((node) => node.stop())));
  await registry.add(input("disabled"), by);
  const seesIt = (wanted: boolean) =>
    eventually(() => {
      for (const node of nodes)
        assert.equal(
          node.open().some(({ name }) => name === "disabled"),
          wanted,
        );
    });
  await seesIt(true);
  await registry.setState("disabled", "closed", by);
  assert.equal(await isOpen(db, "disabled"), false, "before any node has heard of it");
  await seesIt(false);
  for (const node of nodes) assert.equal(node.find("disabled")?.state, "closed", "an answer may be on its way");
  await registry.setState("disabled", "open", by);
  await seesIt(true);
  assert.equal(await isOpen(db, "nobody"), false);
  assert.deepEqual(logged, []);
});

test("SIN-2 brokers are offered in their order: those that the policy names, or those that all may use", async () => {
  const { registry, kinds, db } = registryOf();
  await db.deleteFrom("identity_broker").execute();
  for (const name of ["a", "b", "c"]) await registry.add(input(name), by);
  await registry.add(input("state", { profile: "public-sector" }), by);
  await registry.change("c", { position: 0 }, by);
  await registry.setState("b", "closed", by);
  const brokers = await makeBrokers({
    db,
    keyring,
    kinds,
    context,
    log: { error: assert.fail },
    listen: () => ({ stop: async () => {} }),
  });
  // Only this part of the policy is looked at.
  const organisation = (names?: string[]) => ({ policy: { eid: { brokers: names } } }) as unknown as Organisation;
  const namesFor = (who: Organisation | null) => brokers.offeredTo(who).map(({ name }) => name);
  assert.deepEqual(namesFor(null), ["c", "a"]);
  assert.deepEqual(namesFor(organisation()), ["c", "a"]);
  assert.deepEqual(namesFor(organisation(["state", "b", "gone", "a"])), ["state", "a"]);
  assert.deepEqual(
    brokers.open().map(({ name }) => name),
    ["c", "a", "state"],
  );

  const connection = brokers.find("a")?.connection;
  await registry.change("a", { title: { fi: "Toinen" } }, by);
  await brokers.reload();
  assert.equal(brokers.find("a")?.title.fi, "Toinen");
  assert.equal(brokers.find("a")?.connection, connection, "a connection keeps what it has fetched");
  await registry.change("a", { settings: { note: "n" } }, by);
  await brokers.reload();
  assert.notEqual(brokers.find("a")?.connection, connection);
  await brokers.stop();
});

test("a broker that can't be used any more is left out and logged; the others serve on", async () => {
  const { registry, kinds, db } = registryOf();
  await db.deleteFrom("identity_broker").execute();
  for (const name of ["good", "moved", "older", "gone"]) await registry.add(input(name, { secret: "hidden" }), by);
  const { secret } = await db
    .selectFrom("identity_broker")
    .select("secret")
    .where("name", "=", "good")
    .executeTakeFirstOrThrow();
  await db.updateTable("identity_broker").set({ secret }).where("name", "=", "moved").execute();
  await db.updateTable("identity_broker").set({ settings: "{}" }).where("name", "=", "older").execute();
  await db.updateTable("identity_broker").set({ profile: "gone" }).where("name", "=", "gone").execute();
  const logged: object[] = [];
  const log = { error: (fields: object) => void logged.push(fields) };
  const brokers = await makeBrokers({ db, keyring, kinds, context, log, listen: () => ({ stop: async () => {} }) });
  assert.deepEqual(
    brokers.all().map(({ name }) => name),
    ["good"],
  );
  assert.deepEqual(
    logged.map((fields) => "broker" in fields && fields.broker),
    ["moved", "older", "gone"],
  );
  await brokers.stop();
  const refused = await registry.connect("older");
  assert.deepEqual(refused, { problems: [{ field: "", says: "It can't be used: clientId: Give one." }] });
});
