import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Account, findAccountsByName, findOrganisation } from "../../src/features/organisations/index.ts";
import { factorsUrn, type ScimService, startScimService } from "../doubles/scim-service.ts";
import { noSlapd, people, startSlapd, type TestSlapd, vahva } from "../doubles/slapd.ts";
import { ldapGround, settingsFor } from "../grounds/ldap.ts";
import { makeVisitor } from "../harness/agent.ts";
import { eventually } from "../harness/eventually.ts";
import { type Service, startService } from "../harness/service.ts";

const by = { actor: "operator" } as const;
const email = "mikael.ohman@student.revontuli.example";
const skip = noSlapd();

let service: Service;
let slapd: TestSlapd;
let scim: ScimService;
let mikael: Account;
before(async () => {
  if (skip) return;
  [service, slapd, scim] = await Promise.all([startService({ bank: true }), startSlapd(), startScimService()]);
  mikael = await eventually(
    async () => (await findAccountsByName(service.db, email, null))[0] ?? assert.fail("nobody"),
  );
  await ldapGround(slapd).add({ otpSeed: ["seed-a", "seed-b"] }, mikael.userName);
  await addDirectory("ldap", { ...settingsFor(slapd), onReset: { expirePassword: true, clear: ["otpSeed"] } });
  await addDirectory("scim", {
    baseUrl: scim.baseUrl,
    create: true,
    onReset: [{ op: "remove", path: `${factorsUrn}:seeds` }],
  });
});
after(() => Promise.all([service?.close(), slapd?.stop(), scim?.stop()]));

async function addDirectory(kind: "ldap" | "scim", settings: object) {
  const directory = { name: `real-${kind}`, kind, title: { en: `A real ${kind}` }, settings: { ...settings } };
  const secret = kind === "ldap" ? vahva.password : scim.token;
  const added = await service.features.directories.registry.add(mikael.organisationId, { ...directory, secret }, by);
  assert.ok("directory" in added, JSON.stringify(added));
}

const valuesOf = async (attribute: string) =>
  [(await slapd.read(`uid=${mikael.userName},${people}`))?.[attribute] ?? []].flat().map(String);
const user = () =>
  [...scim.users.values()].find(({ externalId }) => externalId === mikael.id) ?? assert.fail("is missing");

test("DIR-1 DIR-2 DIR-3 a sync, a reset and a close arrive in a real slapd and at a SCIM service", {
  skip,
}, async () => {
  const organisation = (await findOrganisation(service.db, "revontuli")) ?? assert.fail("there is no university");
  const synced = await service.features.directories.sync(organisation.id, "real-scim", by);
  assert.ok(typeof synced === "object" && synced.jobs > 0);
  await eventually(() => assert.equal(scim.users.size, synced.jobs, "the accounts that were there before it"));
  assert.equal(user().active, true);
  scim.users.set(user().id, { ...user(), [factorsUrn]: { seeds: ["a", "b"] } });

  const visitor = makeVisitor(service.url);
  await visitor.get("/recover?organisation=revontuli");
  await visitor.submit({ email });
  await visitor.submit({}, "MFA reset");
  await visitor.submit({}, "Kuusipankki");
  await visitor.submit({}, "Mikael Öhman");
  const status = visitor.page().path;
  await eventually(async () =>
    assert.match((await visitor.get(status)).text, /A real ldap.*Done.*A real scim.*Done/s, "and the person sees it"),
  );
  assert.deepEqual([await valuesOf("otpSeed"), await valuesOf("pwdReset")], [[], ["TRUE"]]);
  assert.equal(user()[factorsUrn], undefined);
  assert.deepEqual([user().active, await valuesOf("pwdAccountLockedTime")], [true, []]);

  assert.equal(await service.features.support.closeAccount(mikael.id, by), "closed");
  await eventually(async () =>
    assert.deepEqual([user().active, await valuesOf("pwdAccountLockedTime")], [false, ["000001010000Z"]]),
  );
  await eventually(async () => {
    const waiting = await service.features.directories.desk.list({ directory: "real-ldap", limit: 5 });
    assert.deepEqual(waiting, []);
  });
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  assert.match(metrics, /^vahva_directory_delay_seconds_count\{kind="ldap",task="reset"\} 1$/m);
  assert.match(metrics, /^vahva_directory_jobs_total\{kind="scim",task="account",result="done"\} [1-9]/m);
});
