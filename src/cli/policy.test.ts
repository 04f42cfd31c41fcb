import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeRun } from "../../test/grounds/command-line.ts";
import { type Ground, openGround } from "../../test/grounds/inviting.ts";

let ground: Ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());
const run = makeRun(() => ground);

test("POL-1 the policy is shown whole, set in part, and refused with the reason", async () => {
  const shown = await run(["organisation", "policy", "koivula"]);
  assert.equal(shown.code, 0);
  assert.match(shown.out, /methods\.staff\.permitted +eid, totp/);
  assert.match(shown.out, /password\.way +chosen/);
  const set = ["organisation", "policy", "koivula", "--json", "--set"];
  const { code, out } = await run([...set, '{"methods":{"staff":{"permitted":["totp"],"mayRemove":true}}}']);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out).methods.staff, { permitted: ["totp"], mayRemove: true });
  assert.equal((await run([...set, '{"methods":{"staff":{"permitted":["pigeon"]}}}'])).code, 1);
});

test("POL-1 for a named person it says which methods they have, may use, and why not the others", async () => {
  await run(
    ["invite", "--organisation", "koivula", "--given-name", "Aino", "--family-name", "Virta"].concat([
      "--email",
      "aino@koivula.example",
      "--phone",
      "+358401234567",
    ]),
  );
  const explain = ["organisation", "policy", "koivula", "--explain"];
  const { code, out } = await run([...explain, "AINO@koivula.example"]);
  assert.equal(code, 0);
  assert.match(out, /totp +not linked, recommended +not yet: it is permitted, and not linked/);
  assert.match(out, /certificate +not linked +no: the policy does not permit it to staff/);
  const asJson = JSON.parse((await run([...explain, "aino@koivula.example", "--json"])).out);
  assert.deepEqual(
    asJson.methods.map(({ method, verdict }: { method: string; verdict: string }) => `${method} ${verdict}`),
    ["totp not-linked", "certificate not-permitted", "eid not-permitted", "passkey not-permitted"],
  );
  const missing = await run([...explain, "nobody@koivula.example"]);
  assert.equal(missing.code, 1);
  assert.match(missing.err, /There is no account "nobody@koivula\.example"/);
});
