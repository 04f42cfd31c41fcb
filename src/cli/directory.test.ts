import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { contextOf, makeRun } from "../../test/grounds/command-line.ts";
import { type DirectoriesGround, openDirectories } from "../../test/grounds/directories.ts";
import { checkDirectories } from "./doctor/directories.ts";

let ground: DirectoriesGround;
let folder: string;
const run = makeRun(() => ground);
const directory = (...argv: string[]) => run(["directory", ...argv]);

before(async () => {
  ground = await openDirectories();
  folder = await mkdtemp(join(tmpdir(), "vahva-directory-"));
});
beforeEach(() => ground.clear());
after(async () => {
  await ground.close();
  await rm(folder, { recursive: true });
});

test("DIR-1 OPS-2 a directory is added, changed, listed, closed and opened; what is wrong is named, with exit code 1", async () => {
  const secretFile = join(folder, "token");
  await writeFile(secretFile, "very-hidden\n");
  const flags = ["--kind", "fake", "--settings", '{"address":"a"}', "--secret-file", secretFile];
  const shown = ["--title", "fi=Kirjasto", "--categories", "staff,student", "--set-up-url", "https://me.example/"];
  const added = await directory("add", "koivula", "library", ...flags, ...shown, "--closed", "--json");
  assert.equal(added.code, 0, added.err);
  assert.match(added.err, /vahva directory check koivula library/);
  const { id, organisationId, createdAt, ...rest } = JSON.parse(added.out);
  assert.deepEqual(rest, {
    name: "library",
    kind: "fake",
    title: { fi: "Kirjasto" },
    categories: ["staff", "student"],
    setUpUrl: "https://me.example/",
    settings: { address: "a" },
    position: 2,
    state: "closed",
    closedAt: null,
    hasSecret: true,
  });
  const again = await directory("add", "koivula", "library", ...flags);
  assert.deepEqual(
    [again.code, again.out, again.err],
    [1, "", "name: Another directory of the organisation has this name."],
  );
  const wrong = await directory("add", "koivula", "Other", "--kind", "other");
  assert.match(wrong.err, /^name: [^\n]+\nkind: There is no such kind\. Choose one of fake\./);

  const changed = await directory("set", "koivula", "library", "--title", "sv=B", "--categories", "all", "--json");
  assert.deepEqual(
    [JSON.parse(changed.out).title, JSON.parse(changed.out).categories],
    [{ fi: "Kirjasto", sv: "B" }, []],
  );
  assert.match((await directory("set", "koivula", "library", "--set-up-url", "none")).out, /^set-up page +none$/m);
  assert.match((await directory("open", "koivula", "library")).out, /^state +open$/m);
  assert.match((await directory("close", "koivula", "library")).out, /^state +closed since \d{4}-.*waits$/m);
  const all = await directory("list", "--organisation", "koivula");
  assert.match(all.out, /^koivula {2}entra +entra +fake {2}open\nkoivula {2}library {2}Kirjasto {2}fake {2}closed$/);
  assert.equal(JSON.parse((await directory("list", "--json")).out).length, 2);
  const show = await directory("show", "koivula", "library");
  assert.match(show.out, /^secret +kept sealed$/m);
  assert.doesNotMatch(JSON.stringify([added, changed, all, show]), /very-hidden/);
  for (const command of ["show", "open", "close", "set", "check", "remove"]) {
    assert.equal((await directory(command, "koivula", "nobody")).code, 1, command);
    assert.equal((await directory(command, "nowhere", "entra")).code, 1, command);
    assert.equal((await directory(command, "koivula")).code, 2, command);
  }
  assert.equal((await directory("add", "koivula", "x")).code, 2);
  const open = await directory("remove", "koivula", "entra");
  assert.deepEqual([open.code, /vahva directory close koivula entra/.test(open.err)], [1, true]);
  assert.deepEqual(await directory("remove", "koivula", "library"), { code: 0, out: "", err: "" });
  assert.equal((await directory("show", "koivula", "library")).code, 1);
});

test("DIR-1 check asks the directory itself; the doctor asks each open one, and counts what waits for somebody", async () => {
  ground.finds([
    { verdict: "pass", says: "It answers." },
    { verdict: "fail", says: "It lets us do nothing.", todo: "Grant it." },
  ]);
  const checked = await directory("check", "koivula", "entra");
  assert.deepEqual([checked.code, checked.out], [1, "✔ It answers.\n✖ It lets us do nothing.\n    Grant it."]);
  ground.finds([{ verdict: "advice", says: "Its key ends soon.", todo: "Make another." }]);
  const advised = await directory("check", "koivula", "entra", "--json");
  assert.deepEqual([advised.code, JSON.parse(advised.out)[0].says], [0, "Its key ends soon."]);

  const aino = await ground.person();
  await ground.tell(aino);
  ground.answers(() => ({ result: "failed", reason: "no permission", left: [] }));
  await ground.directories.deliverDue();
  const said = await checkDirectories(contextOf(ground));
  assert.deepEqual(
    said.map(({ name, verdict, says }) => [name, verdict, says]),
    [
      ["Directory koivula/entra", "advice", "Its key ends soon."],
      ["Directories", "advice", "Failed: 1, withheld: 0."],
    ],
  );
  await ground.db.updateTable("directory").set({ settings: "{}" }).where("name", "=", "entra").execute();
  const { config, ...rest } = contextOf(ground);
  const served = await checkDirectories({ ...rest, config: { ...config, demo: false } });
  assert.deepEqual(served.at(-1)?.todo, "Set VAHVA_OPERATOR_EMAIL.", "the alarm reaches somebody");
  const [broken] = await checkDirectories(contextOf(ground));
  assert.deepEqual([broken?.verdict, broken?.says], ["fail", "It can't be used: address: Give one."]);
  await ground.db.updateTable("directory").set({ settings: '{"address":"a"}' }).where("name", "=", "entra").execute();
});

test("DIR-2 the doctor tells of a directory that is closed since it was open, and of none that is being prepared", async () => {
  const flags = ["--kind", "fake", "--settings", '{"address":"a"}'];
  await directory("add", "koivula", "prepared", ...flags, "--closed");
  await ground.db.deleteFrom("directory_job").execute();
  await directory("close", "koivula", "entra");
  await ground.tell(await ground.person());
  assert.match((await directory("jobs")).out, /waiting {2}koivula\/entra {2}account .*The directory is closed\.$/);
  await ground.db.deleteFrom("directory_job").execute();
  const said = await checkDirectories(contextOf(ground));
  assert.deepEqual(
    said.map(({ name, verdict }) => [name, verdict]),
    [["Directory koivula/entra", "advice"]],
  );
  await directory("open", "koivula", "entra");
  await directory("remove", "koivula", "prepared");
});

test("DIR-2 DIR-3 REC-8 dead letters and what was withheld are shown, sent again and dropped", async () => {
  ground.answers(() => ({ result: "failed", reason: "no permission", left: [] }));
  const [aino, eino] = [await ground.person(), await ground.person()];
  for (const person of [aino, eino]) await ground.tell(person);
  await ground.directories.deliverDue();
  const listed = await directory("jobs", "--state", "failed", "--organisation", "koivula");
  assert.equal(listed.code, 0, listed.err);
  assert.match(
    listed.out,
    new RegExp(`^\\d+ {2}failed {2}koivula/entra {2}account {2}${aino.userName} .*no permission`),
  );
  const [first, second] = JSON.parse((await directory("jobs", "--json")).out);
  assert.deepEqual([first.organisation, first.directory, first.accountId], ["koivula", "entra", aino.id]);

  assert.equal((await directory("resend", String(first.id))).code, 0);
  const twice = await directory("resend", String(first.id), String(second.id), "0");
  assert.equal(twice.code, 1);
  assert.match(twice.err, new RegExp(`^${first.id}: The job waits already\\.\n0: There is no such job`));
  assert.match((await directory("jobs", "--state", "waiting")).out, /waiting.*\n.*waiting/);
  await ground.directories.deliverDue();
  const all = await directory("resend", "--all", "--organisation", "koivula", "--directory", "entra");
  assert.deepEqual([all.code, all.err], [0, "Sent again: 2."]);
  assert.match(
    (await directory("resend", "--all", "--organisation", "koivula", "--directory", "entra")).err,
    /by its number alone/,
  );

  await ground.db.transaction().execute((tx) => ground.directories.withhold(tx, aino.id));
  await ground.setState(aino.id, "frozen");
  const frozen = await directory("resend", String(first.id));
  assert.deepEqual([frozen.code, /vahva account thaw/.test(frozen.err)], [1, true]);
  assert.equal((await directory("drop", String(first.id), String(second.id))).code, 0);
  assert.equal((await directory("jobs")).err, "There is none.");
  assert.equal((await directory("drop", String(first.id))).code, 1);

  const nowhere = ["--all", "--organisation", "koivula", "--directory", "nobody"];
  assert.equal((await directory("resend", ...nowhere)).code, 1);
  for (const argv of [["resend"], ["resend", "--all"], ["resend", "1", ...nowhere], ["resend", "x"], ["drop"]])
    assert.equal((await directory(...argv)).code, 2, argv.join(" "));
  assert.equal((await directory("jobs", "--state", "done")).code, 1);
});

test("DIR-1 what is done but not all of it is shown with what is left and why there is no pass, and the doctor counts it", async () => {
  ground.answers(({ task }) =>
    task.task === "reset" ? { ...ground.done, left: ["code app"], noPass: "The policy allows none." } : ground.done,
  );
  const aino = await ground.person();
  for (const task of ["reset", "account"] as const) await ground.tell(aino, task);
  await ground.directories.deliverDue();
  assert.equal((await directory("jobs")).err, "There is none.");
  const { out } = await directory("jobs", "--state", "partly");
  assert.match(out, /^\d+ {2}done {2}koivula\/entra {2}reset .*The policy allows none\. Left there: code app\.$/);
  assert.equal((await checkDirectories(contextOf(ground))).at(-1)?.says, "Done, but not all of it, within 30 days: 1.");
  const events = await ground.audit.listEvents(ground.db, { accountId: aino.id, limit: 9 });
  const reset = events.find(({ detail }) => detail.task === "reset");
  assert.deepEqual([reset?.detail.left, reset?.detail.pass], ["code app", "not-issued"]);
  assert.ok(ground.logged.some((line) => "left" in line && "reason" in line));
  await ground.db.deleteFrom("directory_job").execute();
});

test("DIR-1 DIR-2 sync tells a directory of the accounts there are; dry it only counts, and closed it is told what to do", async () => {
  await ground.db.updateTable("account").set({ state: "invited" }).execute();
  for (let count = 0; count < 2; count += 1) await ground.person();
  const dry = await directory("sync", "koivula", "entra", "--dry-run");
  assert.deepEqual(
    [dry.code, dry.out, dry.err],
    [0, "", "Accounts: 2, of which it would be told: 2. Nothing was written."],
  );
  assert.equal((await directory("jobs")).err, "There is none.");
  const synced = await directory("sync", "koivula", "entra");
  assert.equal(synced.err, "Accounts: 2, of which it will be told: 2. The rest waited to be told already.");
  const again = await directory("sync", "koivula", "entra", "--json");
  assert.deepEqual([again.code, JSON.parse(again.out)], [0, { accounts: 2, jobs: 0, dryRun: false }]);
  await directory("close", "koivula", "entra");
  const closed = await directory("sync", "koivula", "entra");
  assert.deepEqual([closed.code, /vahva directory open koivula entra/.test(closed.err)], [1, true]);
  await directory("open", "koivula", "entra");
  assert.equal((await directory("sync", "koivula", "nobody")).code, 1);
  assert.equal((await directory("sync", "nowhere", "entra")).code, 1);
  assert.equal((await directory("sync", "koivula")).code, 2);
});
