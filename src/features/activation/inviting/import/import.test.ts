import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { type Ground, openGround } from "../../../../../test/grounds/inviting.ts";
import { parseIdentityCode } from "../../../../kernel/identity.ts";
import { type ImportOptions, makeImport } from "./import.ts";

let ground: Ground;

before(async () => {
  ground = await openGround();
});
after(() => ground.close());
afterEach(() => {
  ground.enqueued.length = 0;
});

const header = "given_name;family_name;email;phone";
const person = (name: string, phone = "0401234545") => `Aino;Virta;${name}@koivula.example;${phone}`;

const run = (text: string | Buffer, options: Partial<ImportOptions> = {}) => {
  const source = (async function* () {
    yield Buffer.from(text);
  })();
  const given = {
    organisation: ground.organisation,
    dryRun: false,
    onError: "skip",
    actor: "operator",
    ...options,
  } as const;
  return makeImport(ground.deps)(source, given);
};

const brief = ({ rows }: Awaited<ReturnType<typeof run>>) =>
  rows.map(
    (row) =>
      `${row.line} ${row.verdict === "rejected" ? row.problems.map(({ field, reason }) => `${field} ${reason}`).join(", ") : row.verdict}`,
  );

const accounts = async () => (await ground.db.selectFrom("account").select("email").execute()).length;

test("ACT-1 a file in UTF-8 with a byte order mark, semicolons or commas, is read", async () => {
  const semicolons = await run(`\uFEFF${header};language\r\nÅsa;Öhman;asa@koivula.example;+46701234567;sv\r\n`);
  assert.deepEqual(brief(semicolons), ["2 invited"]);
  const commas = await run('Email,"Given name",family-name,PHONE\nb@koivula.example,Bo,"Ek, Jr",0401234545\n\n,,,\n');
  assert.deepEqual(brief(commas), ["2 invited"]);
  const [person] = await ground.db.selectFrom("person").selectAll().where("family_name", "=", "Ek, Jr").execute();
  assert.equal(person?.given_name, "Bo");
});

test("ACT-1 ACT-5 each row's identity code is expected of its own person, and a wrong one is named by its column", async () => {
  const codes = ["020516C903K", "19811228-9874", "", "020516C903L"];
  const rows = codes.map((code, index) => `${person(`code${index}`)};${code}`);
  const report = await run([`${header};identity_code`, ...rows].join("\n"));
  assert.deepEqual(brief(report), ["2 invited", "3 invited", "4 invited", "5 identity_code not-a-code"]);
  const accounts = await ground.db
    .selectFrom("account")
    .select(["id", "email"])
    .where("email", "like", "code%")
    .execute();
  for (const { id, email } of accounts) {
    const identity = parseIdentityCode(codes[Number(email.charAt(4))] ?? "");
    const expected = await ground.identities.expected(ground.db, id);
    assert.deepEqual(expected, identity && ground.identities.blindIndex(identity));
  }
});

test("ACT-1 unknown, missing and doubled columns refuse the file by name, and nothing goes in", async () => {
  const before = await accounts();
  const result = await run(`${header};shoe_size;email\n${person("x")};42;x\n`);
  assert.deepEqual(
    result.problems.map(({ field, reason }) => `${field} ${reason}`),
    ["shoe_size unknown-column", "email column-twice"],
  );
  assert.deepEqual(
    (await run("email;phone\na;b")).problems.map(({ field }) => field),
    ["given_name", "family_name"],
  );
  assert.equal((await run(Buffer.from(`${header}\n\xc4ino`, "latin1"))).problems[0]?.reason, "not-utf-8");
  assert.equal((await run("")).problems[0]?.reason, "empty");
  assert.equal((await run(`${header}\n"Aino;Virta\n`)).problems[0]?.reason, "open-quote");
  assert.equal(await accounts(), before);
});

const mixed = [
  header, // line 1
  person("good1"),
  person("bad-phone", "12"),
  person("GOOD1"),
  "=HYPERLINK(1);=1+1;formula@koivula.example;0401234545",
  '"Aino\r\nBcc: x@evil.example";Virta;crlf@koivula.example;0401234545',
  person("b"),
  "Aino;Virta;short@koivula.example",
  ";;nobody;+4915123456789",
  person("good2"),
].join("\r\n");

const verdicts = [
  "2 OK",
  "3 phone not-a-number",
  "4 email duplicate",
  "5 OK",
  "6 line several-lines",
  "8 email already-invited",
  "9 line column-count",
  "10 givenName missing",
  "11 OK",
];

test("ACT-1 A33 a dry run gives every row its verdict and writes nothing", async () => {
  const before = await ground.everythingStored();
  const result = await run(mixed, { dryRun: true });
  assert.deepEqual(
    brief(result),
    verdicts.map((row) =>
      row
        .replace("OK", "acceptable")
        .replace(
          "givenName missing",
          "given_name missing, family_name missing, email not-an-address, phone country-not-allowed",
        ),
    ),
  );
  assert.equal(await ground.everythingStored(), before);
});

test("ACT-1 A33 with stop-all one bad row keeps all out", async () => {
  const before = await ground.everythingStored();
  const result = await run(mixed, { onError: "stop-all" });
  assert.deepEqual([result.invited, result.rejected], [0, 6]);
  assert.equal(await ground.everythingStored(), before);
});

test("ACT-1 A33 with skip the good rows go in whole, the bad ones not at all; formulas are text", async () => {
  const before = await accounts();
  const result = await run(mixed);
  assert.deepEqual([result.invited, result.rejected], [3, 6]);
  assert.equal(await accounts(), before + 3);
  assert.equal(ground.enqueued.length, 6);
  const [formula] = await ground.db.selectFrom("person").selectAll().where("family_name", "=", "=1+1").execute();
  assert.equal(formula?.given_name, "=HYPERLINK(1)");
  assert.deepEqual(
    brief(await run(mixed)).filter((row) => row.endsWith("invited")),
    ["2 email already-invited", "5 email already-invited", "8 email already-invited", "11 email already-invited"],
  );
});

test("ACT-1 a row names its organisation when the operator imports, and no other one when it is given", async () => {
  const text = `${header};organisation\n${person("o1")};koivula\n${person("o2")};nowhere\n${person("o3")};\n`;
  assert.deepEqual(brief(await run(text, { organisation: null })), [
    "2 invited",
    "3 organisation unknown",
    "4 organisation missing",
  ]);
  const given = `${header};organisation\n${person("o4")};other\n${person("o5")};\n`;
  assert.deepEqual(brief(await run(given)), ["2 organisation another", "3 invited"]);
});

test("ACT-1 stop-all rolls back when a name is taken between the check and the writing", async () => {
  const rows = Array.from({ length: 250 }, (_, index) => person(`s${index}`));
  let before = 0;
  const { enqueue } = ground.deps.messages;
  ground.deps.messages.enqueue = async (tx, outgoing) => {
    ground.deps.messages.enqueue = enqueue;
    await run(`${header}\n${person("s240")}`);
    before = await accounts();
    await enqueue(tx, outgoing);
  };
  const result = await run([header, ...rows].join("\n"), { onError: "stop-all" });
  assert.deepEqual([result.invited, result.rejected], [0, 1]);
  assert.equal(brief(result)[240], "242 email already-invited");
  assert.equal(await accounts(), before);
});

test("ACT-1 T12 the same file imported by four at once invites each person once", async () => {
  const text = [header, ...Array.from({ length: 300 }, (_, index) => person(`race${index}`))].join("\n");
  const results = await Promise.all(Array.from({ length: 4 }, () => run(text)));
  assert.equal(
    results.reduce((total, { invited }) => total + invited, 0),
    300,
  );
  assert.equal(
    results.reduce((total, { rejected }) => total + rejected, 0),
    900,
  );
  const { length } = await ground.db
    .selectFrom("person")
    .select("id")
    .where("id", "not in", (query) => query.selectFrom("account").select("person_id"))
    .execute();
  assert.equal(length, 0);
  assert.equal(ground.enqueued.length, 600);
});

test("ACT-1 A33 five thousand rows go in, two hundred at a time", async () => {
  const text = [header, ...Array.from({ length: 5000 }, (_, index) => person(`many${index}`))].join("\n");
  const steps: number[] = [];
  const result = await run(text, { progress: (done) => steps.push(done) });
  assert.equal(result.invited, 5000);
  assert.equal(steps.length, 25);
});
