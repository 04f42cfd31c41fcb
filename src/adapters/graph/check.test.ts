import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeRsaCertificate } from "../../../test/doubles/certificate.ts";
import { usualPermissions } from "../../../test/doubles/graph/index.ts";
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
    ["pass", "pass", "pass"],
  );
  ground.graph.permissions.add("Directory.ReadWrite.All");
  const [, , , spare] = await check();
  assert.equal(spare?.verdict, "advice");
  assert.match(spare?.says ?? "", /more than is needed: Directory\.ReadWrite\.All/u);
  ground.graph.permissions.delete("UserAuthenticationMethod.ReadWrite.All");
  const [, missing] = await check();
  assert.equal(missing?.verdict, "fail");
  assert.match(missing?.says ?? "", /lacks UserAuthenticationMethod\.ReadWrite\.All/u);
});

test("DIR-1 the check asks Graph itself, by what the settings look for people by", async () => {
  ground.graph.permissions.clear();
  for (const permission of usualPermissions) ground.graph.permissions.add(permission);
  const said = async (more: object) => {
    const { verdict, says } = (await check(more)).at(-1) ?? {};
    return `${verdict} ${says}`;
  };
  assert.match(await said({ lookUp: { by: "id" } }), /^pass/u);
  assert.match(await said({ lookUp: { property: "shoeSize" } }), /^fail .*shoeSize.*lookUp\.property/u);
  ground.graph.behaviour.troubles.push({ on: /^GET \/users/u, times: 1, how: { status: 429, retryAfter: 1000 } });
  assert.match(await said({}), /^fail .*429/u, "it waits for nothing");
  ground.graph.behaviour.troubles.push({ on: /token/u, times: 1, how: { status: 503 } });
  assert.match(await said({}), /^fail .*503/u);
  for (const [code, says] of [
    ["AADSTS90002", /tenantId/u],
    ["AADSTS700024", /NTP/u],
    ["AADSTS500011", /graphUrl/u],
    ["AADSTS999999", /loginUrl, tenantId, clientId/u],
  ] as const) {
    const body = { error: "invalid", error_description: `${code}: words of theirs` };
    ground.graph.behaviour.troubles.push({ on: /token/u, times: 1, how: { status: 400, body } });
    const last = await said({});
    assert.match(last, says);
    assert.ok(last.includes(code) && !last.includes("theirs"));
  }
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
