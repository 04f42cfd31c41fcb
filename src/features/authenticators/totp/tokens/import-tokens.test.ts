import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Ground, openGround } from "../../../../../test/grounds/authenticators.ts";
import { stockPlace } from "../places.ts";
import { type ImportTokensOptions, makeImportTokens } from "./import-tokens.ts";

let ground: Ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());

const base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

function importFile(content: string, options: Partial<ImportTokensOptions> = {}) {
  const source = (async function* () {
    yield Buffer.from(content);
  })();
  return makeImportTokens(ground)(source, {
    organisation: ground.organisation,
    format: "auto",
    encoding: null,
    dryRun: false,
    onError: "skip",
    replace: false,
    actor: "operator",
    ...options,
  });
}
const stock = (serial: string) => ground.db.selectFrom("token").selectAll().where("serial", "=", serial).execute();
const reasons = (report: Awaited<ReturnType<typeof importFile>>) =>
  report.rows.map((row) =>
    row.verdict === "rejected"
      ? `${row.line} ${row.problems.map(({ reason }) => reason)}`
      : `${row.line} ${row.verdict}`,
  );

test("USR-2 T31 good tokens go into stock with their secrets sealed, bad ones are told by line, and no secret is echoed", async () => {
  const content = `serial,secret,model\n0001,${base32},C302\n0002,GEZDGNBVGY3TQOJQ,C302\n=1+1,${base32},x\n0001,${base32},x\n`;
  const tried = await importFile(content, { dryRun: true });
  assert.deepEqual(reasons(tried), ["2 acceptable", "3 too-short", "4 not-a-serial", "5 duplicate"]);
  assert.deepEqual(await stock("0001"), []);
  const none = await importFile(content, { onError: "stop-all" });
  assert.deepEqual([none.imported, none.rejected], [0, 3]);
  assert.deepEqual(await stock("0001"), []);

  const report = await importFile(content);
  assert.deepEqual(reasons(report), ["2 imported", "3 too-short", "4 not-a-serial", "5 duplicate"]);
  assert.ok(!JSON.stringify(report).includes("GEZDG"));
  const [token] = await stock("0001");
  assert.ok(token?.secret);
  assert.deepEqual([token.model, token.algorithm, token.digits, token.period], ["C302", "SHA1", 6, 30]);
  assert.equal(ground.keyring.open(stockPlace(token.id), token.secret).toString(), "12345678901234567890");
  assert.ok(!token.secret.includes("12345678901234567890"));
  const events = await ground.events("tokens.imported");
  assert.deepEqual(
    events.map(({ actor, detail }) => [actor, detail]),
    [["operator", { imported: 1, rejected: 3 }]],
  );
});

test("USR-2 T31 a token that is known is told, taken anew only when told so, and another organisation's is none of ours", async () => {
  await importFile(`0100,${base32}\n`);
  assert.deepEqual(reasons(await importFile(`0100,${base32}\n0101,${base32}\n`)), ["1 known", "2 imported"]);
  const other = await ground.createOrganisation("lepola");
  assert.deepEqual(reasons(await importFile(`0100,${base32}\n`, { organisation: other })), ["1 imported"]);

  const again = await importFile(`0100,${"31".repeat(20)}\n`, { replace: true });
  assert.deepEqual(reasons(again), ["1 imported"]);
  const rows = (await stock("0100")).filter(({ organisation_id }) => organisation_id === ground.organisation.id);
  const [old, fresh] = rows.toSorted((a, b) => Number(b.retired_at !== null) - Number(a.retired_at !== null));
  assert.deepEqual([old?.secret, old?.retired_at !== null, fresh?.retired_at], [null, true, null]);
});

test("USR-2 sixteen imports of one file at once: each token is in stock once", async () => {
  const content = Array.from({ length: 50 }, (_, at) => `9${String(at).padStart(4, "0")},${base32}`).join("\n");
  const reports = await Promise.all(Array.from({ length: 16 }, () => importFile(content)));
  assert.deepEqual(reports.map(({ imported }) => imported).sort(), [...Array(15).fill(0), 50].sort());
  assert.equal((await stock("90049")).length, 1);
});

test("USR-2 a file with a fault of its own imports nothing", async () => {
  const { problems, rows } = await importFile("1,2234567abcdef2234567abcdef\n");
  assert.deepEqual([problems.map(({ reason }) => reason), rows], [["encoding-unclear"], []]);
});
