import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { eventually } from "../../../test/harness/eventually.ts";
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./index.ts";
import { canRun, isRoot } from "./system-user.ts";

const nobody = { name: "nobody", uid: 65534, gid: 65534 };
const asRoot = { skip: !isRoot() && "only root can change users" };
const asNobody = {
  skip: !(isRoot() && canRun(nobody, process.execPath)) && "needs root, and a checkout that all may read",
};

const base = mkdtempSync(join(tmpdir(), "vahva embedded "));
chmodSync(base, 0o711);
after(() => rmSync(base, { recursive: true, force: true }));

/** Another process with the database open: it says how that went in one line, and stops when its input ends. */
const program = `
  import { createInterface } from "node:readline";
  const { startEmbeddedPostgres } = await import(process.argv[1]);
  process.on("SIGINT", () => {});
  const say = (what) => console.log(JSON.stringify(what));
  try {
    const database = await startEmbeddedPostgres(JSON.parse(process.argv[2]));
    say({ url: database.url });
    for await (const _ of process.stdin);
    await database.stop();
  } catch (error) { say({ refused: error.name + ": " + error.message }); }
`;

type Said = { url?: string; refused?: string };

async function elsewhere(options: EmbeddedPostgresOptions, user?: { uid: number; gid: number }) {
  const args = ["--input-type=module", "-e", program, `${import.meta.dirname}/index.ts`, JSON.stringify(options)];
  const child = spawn(process.execPath, args, {
    stdio: ["pipe", "pipe", "inherit"],
    cwd: "/",
    detached: true,
    ...user,
  });
  const ended = once(child, "exit");
  const [line] = await once(createInterface(child.stdout), "line");
  const said: Said = JSON.parse(String(line));
  return { ...said, child, finish: () => finish(child, ended), killed: () => kill(child, ended) };
}

async function finish(child: ChildProcess, ended: Promise<unknown>) {
  child.stdin?.end();
  await ended;
}

async function kill(child: ChildProcess, ended: Promise<unknown>) {
  child.kill("SIGKILL");
  await ended;
}

async function query(url: string | undefined, statement: string) {
  const client = new Client({ connectionString: url });
  client.on("error", () => {}); // a server killed under it
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

const folder = (name: string) => join(base, name);
const insert = (url: string | undefined, n: number) => query(url, `insert into kept values (${n})`);
const kept = async (url: string | undefined) => (await query(url, "select n from kept order by n")).map(({ n }) => n);
const postmaster = (directory: string) =>
  Number(readFileSync(join(directory, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]);
const runs = (directory: string) => existsSync(join(directory, "postgres/data/postmaster.pid"));

test("OPS-1 one folder, made the first time and opened the second, with spaces and quotes in its path", async () => {
  const directory = folder(`it's "a place", å`);
  const first = await startEmbeddedPostgres({ directory, claim: true });
  await query(first.url, "create table kept (n int)");
  await insert(first.url, 1);
  await first.stop();
  await first.stop();
  assert.equal(runs(directory), false);

  const second = await startEmbeddedPostgres({ directory, claim: true });
  assert.deepEqual(await kept(second.url), [1]);
  const settings = await query(
    second.url,
    "select current_setting('data_checksums') checksums, current_setting('fsync') fsync, current_setting('listen_addresses') listens, lower('ÅÄÖ') folded",
  );
  assert.deepEqual(settings, [{ checksums: "on", fsync: "on", listens: "", folded: "åäö" }]);
  assert.equal(statSync(join(directory, "postgres/socket")).mode & 0o777, 0o700);
  await second.stop();
});

test("OPS-1 a second service on the folder is refused in a sentence; a command beside the service uses its server", async () => {
  const directory = folder("taken");
  const service = await elsewhere({ directory, claim: true });
  const second = await elsewhere({ directory, claim: true });
  assert.equal(
    second.refused,
    `PlainError: The folder ${directory} is already in use by another Vahva (process ${service.child.pid}). Stop it first, or choose another folder with VAHVA_DATA.`,
  );
  const command = await startEmbeddedPostgres({ directory, claim: false });
  assert.equal(command.url, service.url);
  await command.stop();
  assert.equal((await query(service.url, "select 1 as one")).length, 1, "the command left the service its server");

  const late = await startEmbeddedPostgres({ directory, claim: false });
  await service.finish();
  assert.equal((await query(late.url, "select 1 as one")).length, 1, "the service left the command its server");
  await late.stop();
  assert.equal(runs(directory), false, "the last one out stops the server");
});

test("OPS-1 services and commands that start at once: one service has the folder, every command works", async () => {
  const directory = folder("crowded");
  const all = await Promise.all([true, true, false, false].map((claim) => elsewhere({ directory, claim })));
  const [one, other, ...commands] = all;
  assert.equal([one, other].filter((service) => service?.url).length, 1);
  assert.equal([one, other].filter((service) => service?.refused?.includes("already in use")).length, 1);
  for (const command of commands) {
    await query(command.url, "select 1");
    await command.finish();
  }
  await Promise.all([one?.finish(), other?.finish()]);
  assert.equal(runs(directory), false);
});

test("OPS-1 kill -9 of the service, then of its server too, loses no acknowledged row and leaves the folder free", async () => {
  const directory = folder("killed");
  const first = await elsewhere({ directory, claim: true });
  await query(first.url, "create table kept (n int)");
  await insert(first.url, 1);
  await first.killed();
  assert.equal(runs(directory), true, "an orphan");

  const second = await elsewhere({ directory, claim: true });
  assert.deepEqual(await kept(second.url), [1]);
  await insert(second.url, 2);
  const server = postmaster(directory);
  await second.killed();
  process.kill(server, "SIGKILL");

  const third = await startEmbeddedPostgres({ directory, claim: false });
  assert.deepEqual(await kept(third.url), [1, 2]);
  await third.stop();
});

test("OPS-1 a pid file whose number is another process's by now is no obstacle", async () => {
  const directory = folder("killed");
  const stale = [
    process.pid,
    join(directory, "postgres/data"),
    1,
    5432,
    join(directory, "postgres/socket"),
    "",
    "0 0",
    "ready",
  ];
  writeFileSync(join(directory, "postgres/data/postmaster.pid"), `${stale.join("\n")}\n`);
  const database = await startEmbeddedPostgres({ directory, claim: true });
  assert.deepEqual(await kept(database.url), [1, 2]);
  await database.stop();
});

test("OPS-1 a server that dies under its service is started again at the same address", async () => {
  const directory = folder("killed");
  const service = await elsewhere({ directory, claim: true });
  process.kill(postmaster(directory), "SIGKILL");
  const rows = await eventually(() => kept(service.url));
  assert.deepEqual(rows, [1, 2]);
  await service.finish();
  assert.equal(runs(directory), false);
});

test("OPS-1 Ctrl-C in the terminal is for Vahva alone: the server lives until it is stopped", async () => {
  const directory = folder("killed");
  const service = await elsewhere({ directory, claim: true });
  assert.ok(service.child.pid);
  process.kill(-service.child.pid, "SIGINT");
  await sleep(200);
  assert.deepEqual(await kept(service.url), [1, 2]);
  await service.finish();
});

test("OPS-1 where a socket's path would be too long, loopback and a password that only its owner reads", async () => {
  const directory = folder("long".repeat(30));
  const database = await startEmbeddedPostgres({ directory, claim: true });
  assert.match(database.url, /^postgresql:\/\/vahva:[\w-]{32}@127\.0\.0\.1:\d+\/vahva$/);
  assert.equal((await query(database.url, "select 1 as one")).length, 1);
  await assert.rejects(
    query(database.url.replace(/:[\w-]{32}@/, ":wrong@"), "select 1"),
    /password authentication failed/,
  );
  assert.equal(statSync(join(directory, "postgres/password")).mode & 0o777, 0o600);
  await database.stop();
});

test(
  "OPS-1 root in a private home: the data goes where PostgreSQL's user can reach it, and the folder says where",
  asRoot,
  async () => {
    const home = folder("private home");
    mkdirSync(home, { mode: 0o700 });
    const directory = join(home, "data");
    const first = await startEmbeddedPostgres({ directory, claim: true });
    const place = readFileSync(join(directory, "postgres.location"), "utf8").trim();
    try {
      assert.match(place, /^\/var\/lib\/vahva\/[0-9a-f]{16}(-\d+)?$/);
      await query(first.url, "create table kept (n int)");
      await first.stop();
      const second = await startEmbeddedPostgres({ directory, claim: false });
      assert.deepEqual(await kept(second.url), []);
      await second.stop();
    } finally {
      rmSync(place, { recursive: true });
    }
  },
);

test("OPS-1 an ordinary user runs it as itself; another user's folder is refused in a sentence", asNobody, async () => {
  const home = folder("nobody's home");
  mkdirSync(home, { mode: 0o700 });
  chownSync(home, nobody.uid, nobody.gid);
  const directory = join(home, "data");
  const service = await elsewhere({ directory, claim: true }, nobody);
  await query(service.url, "create table kept (n int)");
  await service.finish();
  assert.equal(statSync(join(directory, "postgres/data")).uid, nobody.uid);

  const root = await startEmbeddedPostgres({ directory, claim: false });
  assert.deepEqual(await kept(root.url), [], "root runs it as the user whose it is");
  await root.stop();
  const again = await elsewhere({ directory, claim: true }, nobody);
  assert.deepEqual(await kept(again.url), []);
  await again.finish();

  const foreign = await elsewhere({ directory: folder("taken"), claim: true }, nobody);
  assert.equal(
    foreign.refused,
    `PlainError: Vahva may not write in the folder ${folder("taken")}. Choose another folder with VAHVA_DATA.`,
  );
});

test("OPS-1 a folder that can't be one, and a database of another version, are refused in a sentence", async () => {
  writeFileSync(folder("file"), "");
  await assert.rejects(startEmbeddedPostgres({ directory: folder("file"), claim: true }), {
    name: "PlainError",
    message: `${folder("file")} is a file, where a folder for the database was expected. Choose another folder with VAHVA_DATA.`,
  });
  const directory = folder("killed");
  const version = join(directory, "postgres/data/PG_VERSION");
  const now = readFileSync(version, "utf8");
  writeFileSync(version, "17\n");
  await assert.rejects(
    startEmbeddedPostgres({ directory, claim: true }),
    /made by PostgreSQL 17, and this Vahva brings PostgreSQL \d+/,
  );
  writeFileSync(version, now);
  await (await startEmbeddedPostgres({ directory, claim: true })).stop();
});
