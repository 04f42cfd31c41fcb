import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { minutes } from "../../src/kernel/time.ts";
import { startApplication, type TestApplication } from "../doubles/application.ts";
import { type EidService, openEidService } from "../grounds/eid-service.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import { makeOrganisation } from "../harness/people.ts";

let service: EidService;
let calendar: TestApplication;
let records: TestApplication;
let linked: Awaited<ReturnType<EidService["activated"]>>;
const code = "010170-999R";
const scope = "openid profile personal_identity_code";
before(async () => {
  service = await openEidService();
  calendar = await startApplication(service);
  records = await startApplication(service, { settings: { name: { en: "Records" }, scopes: scope.split(" ") } });
  const home = { url: `${calendar.url}/login`, name: { en: "Calendar" } };
  linked = await service.activated(await makeOrganisation(service, "koivula", { home }), "tero");
});
after(async () => {
  await Promise.all([calendar?.close(), records?.close()]);
  await service.close();
});

const claimsOn = (person: Visitor) => JSON.parse(/\{.*\}/.exec(person.page().text)?.[0] ?? "{}");

async function signedIn(): Promise<Visitor> {
  const visitor = await service.toSignIn(`${calendar.url}/login`);
  await service.identify(visitor, "telia", "tero");
  assert.match(visitor.page().text, /Signed in/, describe(visitor.page()));
  return visitor;
}

test("ACT-6 SIN-2 SIN-9 from the confirmation to the home application, and by the bank to it: acr, amr and the time are true", async () => {
  await linked.visitor.click("Continue to Calendar");
  const activated = claimsOn(linked.visitor);
  const direct = claimsOn(await signedIn());
  for (const claims of [activated, direct]) {
    assert.deepEqual([claims.acr, claims.amr, claims.email], ["aal2", ["mfa"], linked.email]);
    assert.ok(Math.abs(claims.auth_time * 1000 - service.clock.now().getTime()) < minutes(1));
  }
  assert.equal(activated.sub, direct.sub);
});

test("SIN-9 T66 prompt=login and max_age lead to the bank again and tell a new time; prompt=none asks nobody", async () => {
  const visitor = await signedIn();
  let last = claimsOn(visitor).auth_time;
  service.clock.advance(minutes(2));
  await visitor.get(`${calendar.url}/login?prompt=none`);
  assert.equal(claimsOn(visitor).auth_time, last);
  for (const wish of ["prompt=login", "max_age=60"]) {
    service.clock.advance(minutes(2));
    await sleep(1100); // tokens are in whole seconds of the machine's own clock
    await visitor.get(`${calendar.url}/login?${wish}`);
    if (!/Choose your bank/.test(visitor.page().heading)) await visitor.submit({}, "eid");
    assert.match(visitor.page().heading, /Choose your bank/, wish);
    await service.identify(visitor, "op", "tero");
    const { auth_time: time, acr, amr } = claimsOn(visitor);
    assert.ok(time > last, `${wish}: ${time} after ${last}`);
    assert.deepEqual([acr, amr], ["aal2", ["mfa"]]);
    last = time;
  }
  const stranger = makeVisitor(service.url);
  assert.match((await stranger.get(`${calendar.url}/login?prompt=none`)).text, /login_required/);
});

test("SIN-9 a level that the bank reaches is met without asking, one above it ends at the application, truthfully", async () => {
  const visitor = await signedIn();
  await visitor.get(`${calendar.url}/login?acr_values=aal2`);
  assert.equal(claimsOn(visitor).acr, "aal2");
  const claims = JSON.stringify({ id_token: { acr: { essential: true, value: "aal3" } } });
  const page = await visitor.get(`${calendar.url}/login?claims=${encodeURIComponent(claims)}`);
  if (page.url.startsWith(service.url)) {
    assert.match(page.heading, /stronger/i);
    await visitor.submit();
  }
  assert.match(visitor.page().text, /Not signed in: (?:access_denied|unmet_authentication_requirements)/);
});

test("APP-3 the personal identity code is told to the entitled application alone, by userinfo and not in the ID token", async () => {
  const visitor = await signedIn();
  await visitor.get(`${records.url}/login?scope=${encodeURIComponent(scope)}`);
  assert.match(visitor.page().text, /Signed in/, describe(visitor.page()));
  const told = records.signedIn().at(-1);
  assert.equal(told?.person.personal_identity_code, code);
  assert.doesNotMatch(JSON.stringify(told?.claims), /999R/);

  await visitor.get(`${calendar.url}/login?scope=${encodeURIComponent(scope)}`);
  assert.doesNotMatch(JSON.stringify(calendar.signedIn()), /999R/);
  assert.doesNotMatch(visitor.page().html, /999R/);
});
