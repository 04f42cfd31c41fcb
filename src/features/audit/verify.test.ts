import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { testDatabase } from "../../../test/harness/database.ts";
import { Secret } from "../../kernel/secret.ts";
import { type Database, openDatabase } from "../../platform/database/index.ts";
import { makeKeyring } from "../../platform/seal/index.ts";
import { fakeClock } from "../../ports/clock.ts";
import { systemRandom as random } from "../../ports/random.ts";
import { makeAudit } from "./index.ts";

const keyring = makeKeyring([new Secret("the audit's secret in this test")]);
const lines: { level: string; fields: object }[] = [];
const log = {
  info: (fields: object) => lines.push({ level: "info", fields }),
  error: (fields: object) => lines.push({ level: "error", fields }),
};
const audit = makeAudit({ clock: fakeClock(), random, keyring, log });

let scratch: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
/** The chain of each test, with the events 1 to 6. */
let stream: string;
let ids: string[];

before(async () => {
  scratch = await testDatabase();
  database = openDatabase(scratch.url);
});
after(async () => {
  await database.close();
  await scratch.drop();
});

/** As somebody with the whole database in hand, but without the key. */
async function tamper(...statements: string[]) {
  const client = await database.pool.connect();
  await client.query("alter table audit_event disable trigger user; alter table audit_checkpoint disable trigger user");
  for (const statement of statements) await client.query(statement.replaceAll("$s", `'${stream}'`));
  await client.query("alter table audit_event enable trigger user; alter table audit_checkpoint enable trigger user");
  client.release();
}

const record = (count = 1) =>
  database.db.transaction().execute((tx) =>
    audit.record(
      tx,
      Array.from({ length: count }, (_, n) => ({
        type: "thing.done",
        result: "done" as const,
        actor: "system" as const,
        organisationId: stream,
        detail: { n },
      })),
    ),
  );

/** What `verify` says, each fault as "kind number" and the number of its row when it was written. */
async function verdict() {
  const { faults, events, streams } = await audit.verify(database.db);
  assert.equal(streams, 1);
  assert.ok(faults.every((fault) => fault.stream === stream));
  return { events, faults: faults.map(({ fault, number, id }) => [fault, number, id && ids.indexOf(id) + 1]) };
}
const faults = async () => (await verdict()).faults;

const columns = "id, at, type, result, actor, account_id, reference, network, detail, row_mac, mac";
const renumber = (from: number, to: number) =>
  `update audit_event set number = ${to} where stream = $s and number = ${from}`;
const shift = (from: number, by: number) => [
  `update audit_event set number = number + 1000 where stream = $s and number >= ${from}`,
  `update audit_event set number = number - 1000 + ${by} where stream = $s and number >= 1000`,
];
const forge = (number: number) =>
  `insert into audit_event (stream, number, ${columns}) select stream, ${number}, gen_random_uuid(), at, 'forged.done',
     result, actor, account_id, reference, network, detail, row_mac, mac from audit_event where stream = $s limit 1`;

beforeEach(async () => {
  await tamper("truncate audit_event, audit_checkpoint, audit_stream");
  lines.length = 0;
  stream = random.id();
  await record(6);
  const rows = await database.db.selectFrom("audit_event").select("id").orderBy("number").execute();
  ids = rows.map(({ id }) => id);
});

test("AUD-2 an untouched chain has no faults, before and after checkpoints", async () => {
  assert.deepEqual(await verdict(), { events: 6, faults: [] });
  await audit.checkpoint(database.db);
  await record(2);
  await audit.checkpoint(database.db);
  assert.deepEqual(await verdict(), { events: 8, faults: [] });
});

test("AUD-2 the database refuses to change, remove or empty audit rows", async () => {
  for (const statement of [
    "update audit_event set type = 'x'",
    "delete from audit_event",
    "truncate audit_event",
    "delete from audit_checkpoint",
  ])
    await assert.rejects(database.pool.query(statement), /append-only/);
});

test("T103 a changed row is named, whichever column was changed", async () => {
  for (const change of [
    "type = 'other.done'",
    "at = at + interval '1 ms'",
    `detail = '{"n": 7}'`,
    "account_id = gen_random_uuid()",
    "result = 'refused'",
    "actor = 'operator'",
    "network = 'elsewhere'",
    "reference = 'R'",
    "row_mac = mac",
  ]) {
    await tamper(
      "begin",
      `create table copy as table audit_event`,
      `update audit_event set ${change} where number = 3`,
      "commit",
    );
    assert.deepEqual(await faults(), [["changed", 3, 3]], change);
    await tamper("truncate audit_event", "insert into audit_event select * from copy", "drop table copy");
  }
});

test("T103 a changed chain mac is named", async () => {
  await tamper("update audit_event set mac = row_mac where number = 3");
  assert.deepEqual(await faults(), [["reordered", 3, 3]]);
});

test("T103 a removed row is named, also when those after it were renumbered", async () => {
  await tamper("delete from audit_event where number = 3");
  assert.deepEqual(await faults(), [["removed", 3, null]]);
  await tamper(...shift(4, -1));
  assert.deepEqual(await faults(), [
    ["removed", 3, 4],
    ["tail-cut", 6, null],
  ]);
});

test("T103 the first row removed is named", async () => {
  await tamper("delete from audit_event where number = 1");
  assert.deepEqual(await faults(), [["removed", 1, null]]);
});

test("T103 an inserted row is named: in the middle, before the first, after the last", async () => {
  await tamper(...shift(4, 1), forge(4));
  assert.deepEqual((await faults())[0], ["inserted", 4, 0]);
  await tamper("delete from audit_event where number = 4", ...shift(5, -1), forge(0));
  assert.deepEqual(await faults(), [["inserted", 0, 0]]);
  await tamper("delete from audit_event where number = 0", forge(7));
  assert.deepEqual(await faults(), [["inserted", 7, 0]]);
});

test("T103 reordered rows are named", async () => {
  await tamper(renumber(3, 99), renumber(4, 3), renumber(99, 4));
  assert.deepEqual(await faults(), [["reordered", 3, 4]]);
});

test("T103 the last two rows swapped are noticed", async () => {
  await tamper(renumber(5, 99), renumber(6, 5), renumber(99, 6));
  assert.deepEqual(await faults(), [["reordered", 5, 6]]);
});

test("AUD-2 a row of another chain is noticed", async () => {
  await tamper("update audit_event set stream = 'service' where number = 6");
  const found = await audit.verify(database.db);
  assert.deepEqual(
    found.faults.map(({ stream: where, fault, number }) => [where === "service", fault, number]),
    [
      [false, "tail-cut", 6],
      [true, "removed", 1],
      [true, "changed", 6],
      [true, "head", 0],
    ],
  );
});

test("AUD-2 a cut tail is noticed by the head", async () => {
  await tamper("delete from audit_event where number >= 5");
  assert.deepEqual(await faults(), [["tail-cut", 5, null]]);
});

test("AUD-2 a cut tail with a made-up head is noticed, and the next event tells of it for ever", async () => {
  await tamper(
    "delete from audit_event where number >= 5",
    "update audit_stream set head = 4, mac = (select mac from audit_event where number = 4)",
  );
  assert.deepEqual(await faults(), [["head", 4, null]]);
  await audit.checkpoint(database.db);
  assert.deepEqual(
    lines.map(({ level }) => level),
    ["error"],
    "what was tampered with is never signed",
  );
  await record();
  const types = await database.db.selectFrom("audit_event").select("type").where("number", ">", 4).execute();
  assert.deepEqual(
    types.map(({ type }) => type),
    ["audit.head-changed", "thing.done"],
  );
});

test("AUD-2 a removed head is noticed", async () => {
  await tamper("delete from audit_stream");
  assert.deepEqual(await faults(), [["head", 0, null]]);
});

test("AUD-2 a head restored from an older copy is noticed by the rows after it", async () => {
  await tamper("create table copy as table audit_stream");
  await record(2);
  await tamper("truncate audit_stream", "insert into audit_stream select * from copy", "drop table copy");
  assert.deepEqual(await faults(), [["head", 6, null]]);
});

test("AUD-2 a tail cut together with a restored head is noticed by the checkpoint", async () => {
  await tamper("create table copy as table audit_stream");
  await record(2);
  await audit.checkpoint(database.db);
  await tamper(
    "truncate audit_stream",
    "insert into audit_stream select * from copy",
    "drop table copy",
    "delete from audit_event where number > 6",
  );
  assert.deepEqual(await faults(), [
    ["checkpoint", 8, null],
    ["checkpoint", 8, null],
  ]);
});

test("AUD-2 a whole chain removed is noticed by its checkpoint", async () => {
  await audit.checkpoint(database.db);
  await tamper("truncate audit_event, audit_stream");
  assert.ok((await faults()).some(([fault]) => fault === "checkpoint"));
});

test("AUD-2 a removed or changed checkpoint is noticed, the last one too", async () => {
  await audit.checkpoint(database.db);
  await record();
  await audit.checkpoint(database.db);
  await tamper("create table copy as table audit_checkpoint", "delete from audit_checkpoint where number = 6");
  assert.deepEqual((await faults())[0]?.slice(0, 2), ["checkpoint", 7]);
  await tamper("truncate audit_checkpoint", "insert into audit_checkpoint select * from copy where number = 6");
  assert.deepEqual(await faults(), [["checkpoint", 7, null]]);
  await tamper("truncate audit_checkpoint", "insert into audit_checkpoint table copy", "drop table copy");
  await tamper("update audit_checkpoint set at = at + interval '1 h' where number = 6");
  assert.deepEqual((await faults())[0], ["checkpoint", 6, 6]);
});

test("AUD-2 a checkpoint is logged as a line, once, by one node of many", async () => {
  const made = await Promise.all(Array.from({ length: 4 }, () => audit.checkpoint(database.db)));
  const last = await database.db
    .selectFrom("audit_event")
    .select("mac")
    .where("number", "=", 6)
    .executeTakeFirstOrThrow();
  const expected = { stream, number: 6, eventMac: last.mac.toString("hex") };
  assert.deepEqual(made.flat(), [expected]);
  assert.deepEqual(lines, [{ level: "info", fields: expected }]);
});

test("AUD-2 another secret verifies nothing, and rotation in front changes nothing", async () => {
  const verifyWith = (...secrets: [string, ...string[]]) => {
    const [first, ...others] = secrets.map((secret) => new Secret(secret));
    assert.ok(first);
    return makeAudit({ clock: fakeClock(), random, keyring: makeKeyring([first, ...others]) }).verify(database.db);
  };
  assert.ok((await verifyWith("somebody else's secret")).faultCount >= 6);
  assert.equal((await verifyWith("a newer secret", "the audit's secret in this test")).faultCount, 0);
});

test("AUD-2 chains are told from those of another key, and of none from nothing", async () => {
  await record();
  assert.equal(await audit.isOfOurKey(database.db), true);
  const other = makeAudit({ clock: fakeClock(), random, keyring: makeKeyring([new Secret("another secret")]) });
  assert.equal(await other.isOfOurKey(database.db), false);
  const empty = await testDatabase();
  const nothing = openDatabase(empty.url);
  assert.equal(await audit.isOfOurKey(nothing.db), true);
  await nothing.close();
  await empty.drop();
});
