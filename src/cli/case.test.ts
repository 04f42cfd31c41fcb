import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeRun } from "../../test/grounds/command-line.ts";
import { type Ground, openGround } from "../../test/grounds/inviting.ts";
import { makeCases } from "../features/cases/index.ts";
import { makeCreateAccount } from "../features/organisations/index.ts";
import { hours, plus } from "../kernel/time.ts";

let ground: Ground;
const run = makeRun(() => ground);

before(async () => {
  ground = await openGround();
  const { db, deps, clock, organisation } = ground;
  const whole = { organisationId: organisation.id, language: "en", phone: null, category: "staff" } as const;
  const aino = { ...whole, givenName: "Aino", familyName: "Virtanen", email: "aino@koivula.example" } as const;
  await db.transaction().execute(async (tx) => {
    const account = await makeCreateAccount(deps)(tx, { ...aino, state: "active" });
    if (typeof account === "string") throw new Error(account);
    const { openCase } = makeCases(deps);
    const given = { account, organisation, facts: { service: "candour", level: "high" } } as const;
    const now = clock.now();
    const origin = (reference: string) => ({ network: "198.51.100.7", reference });
    const message = "My phone is lost";
    await openCase(tx, { ...given, kind: "guest", message, origin: origin("GVE-ST0-00") }, now);
    const document = { ...given, kind: "document", expiresAt: plus(now, hours(24)) } as const;
    await openCase(tx, { ...document, journeyId: deps.random.id(), origin: origin("D0C-VME-N1") }, now);
    await openCase(tx, { ...document, journeyId: deps.random.id(), origin: origin("D0C-VME-N2") }, now);
  });
});
after(() => ground.close());

const refused = async (decision: string, reference: string, says: RegExp) => {
  const { code, err } = await run(["case", decision, reference, "--reason", "Called back"]);
  assert.equal(code, 1);
  assert.match(err, says);
};

test("HLP-1 cases are listed, and shown by the reference that somebody reads out", async () => {
  const { out } = await run(["case", "list", "--organisation", "koivula"]);
  assert.match(out, /GVE-ST0-00 {2}guest {5}open[\s\S]*D0C-VME-N1 {2}document {2}open/);
  const shown = await run(["case", "show", "d0c vme n1"]);
  assert.match(shown.out, /Aino Virtanen[\s\S]*service +candour[\s\S]*other open cases +[\w-]+, [\w-]+/);
  assert.match((await run(["case", "show", "GVE-ST0-00"])).out, /aino@koivula.example[\s\S]*My phone is lost/);
  const told = JSON.parse((await run(["case", "show", "GVE-ST0-00", "--json"])).out);
  assert.deepEqual([told.kind, told.userName, told.message], ["guest", "aino@koivula.example", "My phone is lost"]);
  assert.match((await run(["case", "list", "--state", "lost"])).err, /There is no state "lost"/);
  assert.match((await run(["case", "list", "--organisation", "nowhere"])).err, /There is no organisation/);
  assert.match((await run(["case", "show", "N0T-H1N-G0"])).err, /There is no case/);
});

test("HLP-5 REC-3 a decision wants a reason, is taken once, and only a document is approved", async () => {
  assert.equal((await run(["case", "approve", "D0C-VME-N1"])).code, 2);
  assert.match((await run(["case", "approve", "D0C-VME-N1", "--reason", " "])).err, /Say why with --reason/);
  await refused("approve", "GVE-ST0-00", /Only a document is approved/);
  const { code, out, err } = await run([
    "case",
    "approve",
    "D0C-VME-N1",
    "--reason",
    "Called back: it is she",
    "--json",
  ]);
  assert.equal(code, 0);
  assert.match(err, /The case D0C-VME-N1 is approved/);
  const { state, decidedBy, reason } = JSON.parse(out);
  assert.deepEqual([state, decidedBy, reason], ["approved", "operator", "Called back: it is she"]);
  await refused("refuse", "D0C-VME-N1", /decided already/);
  ground.clock.advance(hours(24));
  await refused("approve", "D0C-VME-N2", /too late/);
  assert.equal((await run(["case", "refuse", "D0C-VME-N2", "--reason", "Nobody answered"])).code, 0);
  assert.equal((await run(["case", "close", "GVE-ST0-00", "--reason", "Helped"])).code, 0);
  const list = JSON.parse((await run(["case", "list", "--json"])).out);
  assert.deepEqual(
    list.map((one: { reference: string }) => one.reference),
    ["D0C-VME-N1"],
  );
  assert.equal((await run(["case", "close", "D0C-VME-N1", "--reason", "Taken back"])).code, 0);
  assert.match((await run(["case", "list"])).err, /There is none/);
});
