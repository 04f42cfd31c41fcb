import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { testDatabase } from "../../test/harness/database.ts";
import { freePort } from "../../test/harness/free-port.ts";

const program = join(import.meta.dirname, "../../bin/vahva");
const folder = mkdtempSync(join(tmpdir(), "vahva-start-"));
const secret = "a secret of the tests that is good for nothing else";
/** What another program listens on. */
const taken = createServer();

let database: Awaited<ReturnType<typeof testDatabase>>;
let takenPort: number;
before(async () => {
  database = await testDatabase();
  await once(taken.listen(0, "127.0.0.1"), "listening");
  const address = taken.address();
  takenPort = typeof address === "object" && address ? address.port : 0;
});
after(async () => {
  taken.close();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the service, and resolves once the process has ended by itself: with its exit code and what it said. */
async function startsAndEnds(env: Record<string, string>) {
  const given = { DATABASE_URL: database.url, VAHVA_DATA: folder, VAHVA_SECRET: secret, VAHVA_METRICS: "off" };
  const child = spawn(process.execPath, [program, "start"], {
    env: { PATH: process.env.PATH ?? "", ...given, VAHVA_PORT: String(await freePort()), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [[code], said, errors] = await Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]);
  return { code, said: said + errors };
}

test("OPS-2 a start that fails half-way says why, and the process ends, so that its supervisor sees it", async () => {
  const noMetrics = await startsAndEnds({ VAHVA_METRICS: `127.0.0.1:${takenPort}` });
  assert.equal(noMetrics.code, 1, noMetrics.said);
  assert.match(noMetrics.said, /Choose another one with VAHVA_METRICS\.\n$/);

  const noFile = await startsAndEnds({
    VAHVA_TLS_CERT_FILE: join(folder, "none"),
    VAHVA_TLS_KEY_FILE: join(folder, "none"),
  });
  assert.equal(noFile.code, 1, noFile.said);
  assert.match(noFile.said, /^VAHVA_TLS_CERT_FILE: the file .* can't be read\.\n$/);

  // By now the database holds keys that were sealed.
  const otherSecret = await startsAndEnds({ VAHVA_SECRET: `not ${secret}` });
  assert.equal(otherSecret.code, 1, otherSecret.said);
  assert.match(otherSecret.said, /^VAHVA_SECRET is another one than this database was made with/);
  assert.ok(!otherSecret.said.includes(secret), "no secret is told");
});
