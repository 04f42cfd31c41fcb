import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeRsaCertificate } from "../../../test/doubles/certificate.ts";
import { type GraphGround, openGraphGround } from "../../../test/grounds/graph.ts";
import { days, plus } from "../../kernel/time.ts";

let ground: GraphGround;
before(async () => {
  ground = await openGraphGround();
});
after(() => ground.stop());

const check = (more: object = {}, secret?: string | null) => {
  ground.use({ ...more }, secret);
  return ground.directory().check(ground.clock.now());
};

test("T81 the check says which permission is missing, and which is more than is needed", async () => {
  assert.deepEqual(
    (await check()).map(({ verdict }) => verdict),
    ["pass", "pass"],
  );
  ground.graph.permissions.add("Directory.ReadWrite.All");
  const [, , spare] = await check();
  assert.equal(spare?.verdict, "advice");
  assert.match(spare?.says ?? "", /more than is needed: Directory\.ReadWrite\.All/u);
  ground.graph.permissions.delete("UserAuthenticationMethod.ReadWrite.All");
  const [, missing] = await check();
  assert.equal(missing?.verdict, "fail");
  assert.match(missing?.says ?? "", /lacks UserAuthenticationMethod\.ReadWrite\.All/u);
});

test("the check tells when the certificate ends, and whether the key is its own", async () => {
  const now = ground.clock.now();
  const soon = makeRsaCertificate("soon", { until: plus(now, days(20)) });
  const [advice, refused] = await check({ certificate: soon.certificate }, soon.privateKey);
  assert.equal(advice?.verdict, "advice");
  assert.match(advice?.says ?? "", /valid until 2026-12-12\. That is (19|20) days/u);
  assert.equal(refused?.verdict, "fail", "Entra ID does not know it");
  assert.match(refused?.says ?? "", /AADSTS700027/u);
  const old = makeRsaCertificate("old", { until: plus(now, -days(1)) });
  assert.equal((await check({ certificate: old.certificate }, old.privateKey))[0]?.verdict, "fail");
  for (const secret of [null, "not a key", soon.privateKey]) {
    const [only, ...others] = await check({}, secret);
    assert.deepEqual([only?.verdict, others], ["fail", []]);
    assert.ok(!JSON.stringify(only).includes("PRIVATE KEY"));
  }
});
