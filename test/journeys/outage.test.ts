import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "pg";
import { startGate } from "../doubles/gate.ts";
import { makeVisitor } from "../harness/agent.ts";
import { testDatabase } from "../harness/database.ts";
import {
  activatedAccount,
  invitedWithPin,
  keyOn,
  makeOrganisation,
  makePhone,
  rightPassword,
  signInHere,
} from "../harness/people.ts";
import { movableClock, spawnService, startService, until } from "../harness/service.ts";

/** A database of its own behind a gate: `gate.shut()` is an outage. */
async function gatedDatabase() {
  const scratch = await testDatabase();
  const { user, password, database, host, port } = new Client({ connectionString: scratch.url });
  const gate = await startGate(
    host?.startsWith("/") ? { path: `${host}/.s.PGSQL.${port || 5432}` } : { port: Number(port) },
  );
  const who = [user, password].filter(Boolean).join(":");
  return {
    url: `postgres://${who}@127.0.0.1:${gate.port}/${database}`,
    gate,
    close: async () => {
      await gate.stop();
      await scratch.drop();
    },
  };
}

test("OPS-3 SIN-12 T107 the database goes away in the middle: pages say so with a way on, keys are served, nothing is lost", async () => {
  const clock = movableClock();
  const database = await gatedDatabase();
  const service = await startService({ clock, databaseUrl: database.url });
  try {
    const aino = await activatedAccount(service, await makeOrganisation(service));
    const person = makeVisitor(service.url);
    await person.get("/sign-in?organisation=koivula");
    const { path } = person.page();
    const typed = { ...person.hidden(), username: aino.email, password: rightPassword };
    const status = async (at: string) => (await fetch(service.url + at)).status;
    await status("/jwks");

    await database.gate.shut();
    assert.equal((await person.post(path, typed)).status, 503);
    assert.match(person.page().heading, /not available right now/);
    assert.match(person.page().text, /nothing has changed/);
    assert.match(person.page().text, /Reference [0-9A-Z-]{9,}/);
    assert.equal(person.page().headers.get("retry-after"), "30");
    assert.equal((await person.get("/account")).status, 503);
    assert.deepEqual(await Promise.all(["/healthz", "/readyz", "/jwks"].map(status)), [200, 503, 200]);
    assert.equal(await status("/.well-known/openid-configuration"), 200);

    await database.gate.open();
    await until(async () => (await status("/readyz")) === 200, "the database to be found again");
    await person.get(path);
    assert.equal((await signInHere(person, aino)).path, "/account");
  } finally {
    await service.close();
    await database.close();
  }
});

test("OPS-1 OPS-4 ACT-9 SIN-8 a journey goes on at the second node when the first is killed between two steps", async () => {
  const service = await startService();
  const node = await spawnService({ databaseUrl: service.databaseUrl });
  try {
    // One address for both, as a load balancer gives: the port is all that tells them apart.
    const at = (path: string) => new URL(path, service.url).href;
    const invited = await invitedWithPin(service, await makeOrganisation(service));
    const person = makeVisitor(node.url);
    await person.get(new URL(new URL(invited.link).pathname, node.url).href);
    await person.submit({ pin: invited.pin });
    assert.match(person.page().heading, /Choose a password/);
    const { path } = person.page();
    assert.equal(await node.kill("SIGKILL"), null);
    await person.get(at(path));
    await person.submit({ new_password: rightPassword });
    const phone = makePhone(keyOn(person.page().html), service.clock);
    assert.match((await person.submit({ code: await phone.code() })).heading, /Your account is active/);
  } finally {
    await node.kill("SIGKILL");
    await service.close();
  }
});
