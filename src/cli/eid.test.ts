import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeRun } from "../../test/grounds/command-line.ts";
import { type Ground, openGround } from "../../test/grounds/inviting.ts";

let ground: Ground;
let folder: string;
const run = makeRun(() => ground);

before(async () => {
  ground = await openGround();
  folder = await mkdtemp(join(tmpdir(), "vahva-eid-"));
});
after(async () => {
  await ground.close();
  await rm(folder, { recursive: true });
});

const json = async (argv: readonly string[]) => {
  const { code, out, err } = await run([...argv, "--json"]);
  assert.equal(code, 0, err);
  return JSON.parse(out);
};

test("OPS-2 a broker is added, changed, listed, closed and opened; what is wrong is named, with exit code 1", async () => {
  const telia = ["--profile", "telia", "--client-id", "koivula", "--title", "fi=Telia Tunnistus", "--title", "Telia"];
  const added = await run(["eid", "add", "telia", ...telia, "--closed", "--json"]);
  assert.equal(added.code, 0, added.err);
  assert.match(added.err, /vahva eid registration telia/);
  const broker = JSON.parse(added.out);
  assert.deepEqual(broker.title, { fi: "Telia Tunnistus", sv: "Telia", en: "Telia" });
  assert.deepEqual([broker.state, broker.settings.clientId], ["closed", "koivula"]);

  const twice = await run(["eid", "add", "telia", ...telia]);
  assert.deepEqual([twice.code, twice.out, twice.err], [1, "", "name: Another broker has this name."]);
  const wrong = await run(["eid", "add", "Other", "--profile", "other"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /^name: [^\n]+\nprofile: There is no such profile\. Choose one of .*\btelia, op\b/);
  const unknown = await run(["eid", "set", "telia", "--settings", '{"cleintId":"x"}']);
  assert.deepEqual([unknown.code, unknown.err], [1, "cleintId: is not a setting"]);

  const changed = await json(["eid", "set", "telia", "--title", "sv=Telia", "--settings", '{"spName":"Koivula"}']);
  assert.deepEqual([changed.title.fi, changed.settings.spName], ["Telia Tunnistus", "Koivula"]);
  assert.equal((await json(["eid", "set", "telia", "--settings", '{"spName":null}'])).settings.spName, undefined);
  assert.match((await run(["eid", "list"])).out, /^telia {2}Telia {2}telia {2}closed$/);
  assert.equal((await json(["eid", "open", "telia"])).state, "open");
  assert.match((await run(["eid", "close", "telia"])).out, /^state +closed$/m);
  for (const command of ["show", "open", "close", "set", "registration"])
    assert.equal((await run(["eid", command, "nobody"])).code, 1, command);
  for (const argv of [["add", "x"], ["add"], ["set", "telia", "--position", "first"]])
    assert.equal((await run(["eid", ...argv])).code, 2, argv.join(" "));
});

test("T68 AUD-4 a secret comes from a file, and is shown nowhere", async () => {
  const secretFile = join(folder, "secret");
  await writeFile(secretFile, "very-hidden\n");
  const settings = { issuer: "https://id.example", clientAuthentication: "client_secret_basic" };
  const added = await run(
    ["eid", "add", "own", "--profile", "oidc", "--client-id", "v", "--file", "-", "--secret-file", secretFile],
    { stdin: JSON.stringify({ ...settings, level: "substantial" }) },
  );
  assert.equal(added.code, 0, added.err);
  assert.match(added.out, /^secret +kept sealed$/m);
  const audit = await ground.db.selectFrom("audit_event").select("detail").execute();
  const listed = [added, await run(["eid", "list", "--json"]), await run(["eid", "show", "own"]), audit];
  assert.doesNotMatch(JSON.stringify(listed), /hidden/);
  await writeFile(secretFile, "");
  assert.equal((await run(["eid", "set", "own", "--secret-file", secretFile])).code, 1);
});

test("a key comes from a file, and what the broker needs to know of us goes into files", async () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keyFile = join(folder, "entity.json");
  await writeFile(keyFile, JSON.stringify({ ...publicKey.export({ format: "jwk" }), kid: "entity-1" }));
  const added = await run([
    ...["eid", "add", "ftn", "--profile", "generic", "--client-id", "v"],
    ...["--settings", '{"issuer":"https://ftn.example"}', "--setting-file", `entityKey=${keyFile}`],
  ]);
  assert.equal(added.code, 0, added.err);
  assert.equal((await json(["eid", "show", "ftn"])).settings.entityKey.kid, "entity-1");

  const out = join(folder, "to-ftn");
  const registered = await run(["eid", "registration", "ftn", "--out", out]);
  assert.equal(registered.code, 0);
  assert.match(registered.out, /^redirect_uris +\S+\/eid\/ftn\/callback$/m);
  const names = await readdir(out);
  assert.ok(names.includes("jwks.json"));
  const written = await Promise.all(names.map((name) => readFile(join(out, name), "utf8")));
  assert.doesNotMatch(written.join(), /"(?:d|p|q|dp|dq|qi)":|PRIVATE/);
  const { values, documents } = await json(["eid", "registration", "ftn"]);
  assert.equal(values.client_id, "v");
  assert.equal(documents.length, names.length);
  assert.match((await run(["eid", "registration", "ftn"])).err, /Documents: .*jwks\.json.*--out/);
  const refused = await run(["eid", "registration", "ftn", "--out", keyFile]);
  assert.deepEqual([refused.code, refused.err], [1, `${keyFile} can't be written.`]);
});

test("OPS-5 keys towards brokers are listed and rotated by command; those for applications as before", async () => {
  const of = async (use: string) =>
    (await json(["keys", "list"])).filter((key: { use?: string }) => key.use === use) as { current: boolean }[];
  await run(["eid", "registration", "ftn"]); // the first need of them
  assert.deepEqual([(await of("sig")).length, (await of("enc")).length, (await of("entity")).length], [1, 1, 1]);

  assert.equal((await run(["keys", "rotate", "--algorithm", "RS256"])).code, 0);
  const sig = await run(["keys", "rotate", "--use", "sig", "--in-days", "14"]);
  assert.equal(sig.code, 0);
  assert.match(sig.err, /signs in 14 days/);
  assert.match((await run(["keys", "list"])).out, /brokers sig +signs from 2026-12-06/);
  assert.match((await run(["keys", "rotate", "--use", "enc"])).err, /decrypts for 30 days more/);
  const entity = await run(["keys", "rotate", "--use", "entity", "--json"]);
  assert.match(entity.err, /Every broker of the Finnish Trust Network has to be told/);
  assert.equal(JSON.parse(entity.out).filter((key: { use?: string }) => key.use === "entity").length, 1);
  assert.doesNotMatch(entity.out, /PRIVATE/);

  for (const wrong of [
    ["--use", "all"],
    ["--use", "enc", "--now"],
    ["--use", "sig", "--now", "--in-days", "1"],
    ["--use", "sig", "--algorithm", "RS256"],
    ["--in-days", "3"],
    ["--algorithm", "none"],
  ])
    assert.equal((await run(["keys", "rotate", ...wrong])).code, 2, wrong.join(" "));
});
