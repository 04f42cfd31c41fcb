import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Client } from "pg";
import { makeVisitor } from "../harness/agent.ts";
import { activatedAccount, makeOrganisation } from "../harness/people.ts";
import { type Service, startService } from "../harness/service.ts";

let service: Service;
let thief: Client;
let stream: string;
before(async () => {
  service = await startService();
  const organisation = await makeOrganisation(service);
  await activatedAccount(service, organisation);
  stream = organisation.id;
  thief = new Client({ connectionString: service.databaseUrl });
  await thief.connect();
});
after(async () => {
  await thief.end();
  await service.close();
});

type Verdict = { faultCount: number; faults: { stream: string; number: number; fault: string }[] };

/** `vahva audit verify`, as an operator runs it while the service is up. */
async function verify(): Promise<{ code: number; verdict: Verdict; words: string }> {
  const run = async (...more: string[]) => {
    const { PATH = "", HOME = "" } = process.env;
    const bin = join(import.meta.dirname, "..", "..", "bin", "vahva");
    const child = spawn(process.execPath, [bin, "audit", "verify", ...more], { env: { PATH, HOME, ...service.env } });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      out += chunk;
    });
    const [code] = await once(child, "close");
    return { code: Number(code), out };
  };
  const [{ code, out }, plain] = await Promise.all([run("--json"), run()]);
  assert.equal(plain.code, code);
  return { code, verdict: JSON.parse(out) as Verdict, words: plain.out };
}

/** As the owner of the server, with the triggers out of the way. */
const tamper = async (...statements: string[]) => {
  for (const statement of ["set session_replication_role = replica", ...statements]) await thief.query(statement);
};

test("AUD-2 T103 whoever has only the service's own rights can change and delete nothing of it", async () => {
  await thief.query("set session_replication_role = origin");
  for (const statement of ["update audit_event set type = 'x'", "delete from audit_event", "truncate audit_event"])
    await assert.rejects(thief.query(statement), /append-only/, statement);
  const { code, verdict } = await verify();
  assert.equal(verdict.faultCount, 0);
  assert.equal(code, 0);
});

const at = (number: number, table = "audit_event") => `${table}.stream = '${stream}' and ${table}.number = ${number}`;
const putBack = (number: number) => `insert into audit_event select * from kept where ${at(number, "kept")}`;

/** What is done to the record and how it is undone; which row is named for it, and as what. */
const ways = {
  edited: {
    change: () => [`update audit_event set actor = 'operator' where ${at(3)}`],
    back: () => [`delete from audit_event where ${at(3)}`, putBack(3)],
    named: { number: 3, fault: "changed" },
  },
  deleted: {
    change: () => [`delete from audit_event where ${at(4)}`],
    back: () => [putBack(4)],
    named: { number: 4, fault: "removed" },
  },
  "swapped with its neighbour": {
    change: () => [
      `update audit_event set number = -1 where ${at(4)}`,
      `update audit_event set number = 4 where ${at(5)}`,
      `update audit_event set number = 5 where ${at(-1)}`,
    ],
    back: () => [
      `delete from audit_event where ${at(4)}`,
      `delete from audit_event where ${at(5)}`,
      putBack(4),
      putBack(5),
    ],
    named: { number: 4, fault: "reordered" },
  },
};

for (const [what, { change, back, named }] of Object.entries(ways))
  test(`AUD-2 T103 a row that was ${what} is named by the command, which ends with 1`, async () => {
    await tamper("create table kept as table audit_event", ...change());
    const { code, verdict, words } = await verify();
    assert.equal(code, 1);
    const found = verdict.faults.find(({ number }) => number === named.number);
    assert.equal(found?.fault, named.fault, JSON.stringify(verdict));
    assert.equal(found?.stream, stream);
    assert.match(words, new RegExp(`${stream} +event ${named.number} `));
    await tamper(...back(), "drop table kept");
    assert.equal((await verify()).code, 0, "as it was before");
  });

test("AUD-2 T103 what a stranger types makes no second row and no second line", async () => {
  const visitor = makeVisitor(service.url, { "user-agent": "x\tdone operator account.closed" });
  await visitor.get("/sign-in?organisation=koivula");
  const before = await service.db.selectFrom("audit_event").select("id").execute();
  await visitor.submit({
    username: 'a@b.example\r\n{"type":"account.closed"}\u0000\u2028',
    password: "neljä lintua\nx",
  });
  const after = await service.db.selectFrom("audit_event").select("id").execute();
  assert.equal(after.length - before.length, 1);
  assert.equal((await verify()).code, 0);
});
