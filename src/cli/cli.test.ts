import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { makeRun } from "../../test/grounds/command-line.ts";
import { type Ground, openGround } from "../../test/grounds/inviting.ts";

let ground: Ground;
let folder: string;
const run = makeRun(() => ground);

before(async () => {
  ground = await openGround();
  folder = await mkdtemp(join(tmpdir(), "vahva-cli-"));
});
after(async () => {
  await ground.close();
  await rm(folder, { recursive: true });
});

test("wrong use is answered with 2 and a hint, help with 0 and examples", async () => {
  for (const argv of [
    ["nonsense"],
    ["invite", "--nonsense"],
    ["migrate", "x"],
    ["organisation", "show"],
    ["organisation"],
    [],
  ])
    assert.equal((await run(argv)).code, 2, argv.join(" "));
  assert.match((await run(["invite", "--nonsense"])).err, /vahva invite --help/);
  const { code, out } = await run(["organisation", "create", "--help"]);
  assert.equal(code, 0);
  assert.match(out, /Examples:\n {2}\$ vahva organisation create/);
});

test("a fault that can be mended is one sentence, with exit code 1", async () => {
  const taken = await run(["start"]);
  assert.deepEqual([taken.code, taken.err], [1, "Port 4000 is taken. Choose another one with VAHVA_PORT."]);
  const refused = await run(["migrate"], { env: { DATABASE_URL: "postgres://u:sekret@127.0.0.1:1/x" } });
  assert.equal(refused.code, 1);
  assert.match(refused.err, /^The database can't be used: [^\n]+$/);
  assert.doesNotMatch(refused.err, /sekret/);
});

test("POL-4 an organisation is created, changed, listed, closed and opened; data goes to stdout", async () => {
  const created = await run([
    "organisation",
    "create",
    "aalto",
    "--name",
    "fi=Aalto-yliopisto",
    "--name",
    "Aalto",
    "--json",
  ]);
  assert.equal(created.code, 0);
  assert.deepEqual(JSON.parse(created.out).name, { fi: "Aalto-yliopisto", sv: "Aalto", en: "Aalto" });
  assert.equal(created.err, "");
  const bad = await run(["organisation", "create", "Aalto", "--name", "x", "--colour", "red"]);
  assert.equal(bad.code, 1);
  assert.equal(bad.out, "");
  assert.match(bad.err, /^slug: [^\n]+\nbrandColour: Give a colour as #rrggbb\.$/);
  const file = join(folder, "org.json");
  await writeFile(
    file,
    JSON.stringify({
      support: [{ kind: "technical", email: "it@aalto.example" }],
      policy: { password: { minimumLength: 14 } },
    }),
  );
  assert.equal((await run(["organisation", "set", "aalto", "--file", file])).code, 0);
  assert.equal(
    (await run(["organisation", "set", "aalto", "--support-phone", "09 310 1691", "--home", "https://aalto.example/"]))
      .code,
    0,
  );
  const shown = JSON.parse((await run(["organisation", "show", "aalto", "--json"])).out);
  assert.equal(shown.policy.password.minimumLength, 14);
  assert.deepEqual(shown.support, [
    { kind: "general", phone: "+358 9 3101691" },
    { kind: "technical", email: "it@aalto.example" },
  ]);
  assert.deepEqual(shown.home, {
    url: "https://aalto.example/",
    name: { fi: "aalto.example", sv: "aalto.example", en: "aalto.example" },
  });
  assert.equal((await run(["organisation", "close", "aalto"])).code, 0);
  assert.match((await run(["organisation", "list"])).out, /aalto {4}Aalto +closed\nkoivula +Koivula +open/);
  assert.equal((await run(["organisation", "open", "aalto"])).code, 0);
  const nobody = await run(["organisation", "show", "nobody"]);
  assert.deepEqual([nobody.code, nobody.out], [1, ""]);
  assert.equal(
    (await run(["organisation", "set", "aalto", "--file", "/nowhere.json"])).err,
    "There is no file /nowhere.json.",
  );
  assert.equal(
    (await run(["organisation", "set", "aalto", "--policy", "{secret"])).err,
    "Expected a JSON object in --policy.",
  );
});

const aino = [
  "--given-name",
  "Aino",
  "--family-name",
  "Virta",
  "--email",
  "aino@koivula.example",
  "--phone",
  "0401234545",
];

test("ACT-1 ACT-2 a person is invited, again, and not any more; outside the demo the link is not shown", async () => {
  const invited = await run(["invite", "--organisation", "koivula", ...aino, "--json"]);
  assert.equal(invited.code, 0);
  const { invitationId, url } = JSON.parse(invited.out);
  assert.match(url, /^https:\/\/login\.example\/activate\//);
  const twice = await run(["invite", "--organisation", "koivula", ...aino]);
  assert.deepEqual([twice.code, twice.err], [1, "email: This person is invited already. Send the invitation again."]);
  const production = {
    VAHVA_MODE: "production",
    VAHVA_PUBLIC_URL: "https://login.example",
    VAHVA_SECRET: "a".repeat(40),
    VAHVA_SMTP_URL: "smtp://mail.example",
    VAHVA_MAIL_FROM: "vahva@login.example",
    VAHVA_SMS_URL: "none",
  };
  const again = await run(["invite", "--send-again", invitationId], { env: production });
  assert.equal(again.code, 0);
  assert.doesNotMatch(again.out, /activate/);
  assert.equal((await run(["invite", "--revoke", invitationId])).code, 0);
  assert.equal((await run(["invite", "--revoke", invitationId])).code, 1);
  assert.equal((await run(["invite", "--send-again", "nonsense"])).err, "There is no such invitation.");
  assert.match((await run(["invite", ...aino])).err, /--organisation/);
});

test("ACT-1 a file is tried, then imported; bad rows go to stdout with their lines, and 1 says there were some", async () => {
  const stdin =
    "given_name,family_name,email,phone\nBo,Ek,bo@koivula.example,0401234545\nEva,Ek,eva@koivula.example,12\n";
  const command = ["import", "-", "--organisation", "koivula"];
  const tried = await run([...command, "--dry-run"], { stdin });
  assert.match(tried.err, /would be invited: 1\. Rows rejected: 1\. Nothing was written/);
  const none = await run([...command, "--all-or-none"], { stdin });
  assert.match(none.err, /Nobody was invited/);
  const imported = await run(command, { stdin });
  assert.deepEqual([imported.code, imported.err], [1, "Rows invited: 1. Rows rejected: 1."]);
  assert.match(imported.out, /^line 3 {2}phone: It is not a mobile number/);
  const again = await run([...command, "--json"], { stdin });
  assert.equal(JSON.parse(again.out).rows[0].problems[0].reason, "already-invited");
  const shape = await run(command, { stdin: "name\nBo\n" });
  assert.equal(shape.code, 1);
  assert.match(shape.err, /name: There is no such column/);
  assert.equal((await run(["import", "/nowhere.csv"])).err, "There is no file /nowhere.csv.");
});

test("an application is added, changed and closed; its secret is shown once", async () => {
  const added = await run([
    "application",
    "add",
    "--client-id",
    "intra",
    "--name",
    "Intra",
    "--redirect-uri",
    "https://a.example/cb",
    "--scopes",
    "openid,email",
  ]);
  assert.equal(added.code, 0);
  const shown = /^client id {2}intra\nsecret {5}([\w-]{43})$/.exec(added.out)?.[1];
  assert.ok(shown);
  const { out } = await run(["application", "show", "intra"]);
  assert.ok(!out.includes(shown), "T68 no listing holds a secret");
  const { name, redirectUris, scopes } = JSON.parse(out).settings;
  assert.deepEqual(name, { fi: "Intra", sv: "Intra", en: "Intra" });
  assert.deepEqual([redirectUris, scopes], [["https://a.example/cb"], ["openid", "email"]]);
  const refused = await run(["application", "set", "intra", "--type", "spa"]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /^authentication: /);
  assert.equal((await run(["application", "set", "intra", "--home-url", "https://a.example/"])).code, 0);
  assert.equal(JSON.parse((await run(["application", "show", "intra"])).out).settings.redirectUris.length, 1);
  const renewed = await run(["application", "secret", "intra", "--json"]);
  assert.notEqual(JSON.parse(renewed.out).secret, shown);
  assert.match((await run(["application", "list"])).out, /^intra {2}Intra {2}web {2}open$/);
  assert.equal((await run(["application", "close", "intra"])).code, 0);
  assert.equal((await run(["application", "close", "intra"])).code, 1);
});

test("AUD-2 the audit is read through; a changed row is named, with exit code 1", async () => {
  const whole = await run(["audit", "verify"]);
  assert.equal(whole.code, 0);
  assert.match(whole.err, /Nothing was changed, removed or inserted/);
  await sql`alter table audit_event disable trigger user`.execute(ground.db);
  await ground.db
    .updateTable("audit_event")
    .set({ actor: "stranger" })
    .where("type", "=", "invitation.revoked")
    .execute();
  const changed = await run(["audit", "verify", "--json"]);
  assert.equal(changed.code, 1);
  assert.equal(JSON.parse(changed.out).faults[0].fault, "changed");
});
