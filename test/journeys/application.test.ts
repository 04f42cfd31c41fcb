import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { minutes } from "../../src/kernel/time.ts";
import { startApplication, type TestApplication } from "../doubles/application.ts";
import { makeVisitor, type Visitor } from "../harness/agent.ts";
import { type Activated, activatedAccount, makeOrganisation, rightPassword, signInHere } from "../harness/people.ts";
import { movableClock, type Service, startService, until } from "../harness/service.ts";

let service: Service;
let calendar: TestApplication;
let aino: Activated;
const clock = movableClock();
before(async () => {
  service = await startService({ clock });
  calendar = await startApplication(service);
  const home = { url: `${calendar.url}/login`, name: { en: "Calendar" } };
  const organisation = await makeOrganisation(service, "koivula", { home });
  aino = await activatedAccount(service, organisation, { roles: ["nurse"] });
});
after(async () => {
  await calendar.close();
  await service.close();
});

const claimsOn = (person: Visitor) => JSON.parse(/\{.*\}/.exec(person.page().text)?.[0] ?? "{}");

async function signedIn(): Promise<Visitor> {
  const person = makeVisitor(service.url);
  await person.get(`${calendar.url}/login`);
  await signInHere(person, aino);
  assert.match(person.page().text, /Signed in/);
  return person;
}

test("ACT-5 ACT-6 APP-3 the confirmation's button leads signed in to the home application, nothing asked again", async () => {
  await aino.visitor.click("Continue to Calendar");
  assert.equal(new URL(aino.visitor.page().url).origin, calendar.url);
  const claims = claimsOn(aino.visitor);
  assert.equal(claims.email, aino.email);
  assert.equal(claims.name, "Aino Virtanen");
  assert.deepEqual(claims.roles, ["nurse"]);
  assert.equal(claims.acr, "aal2");
  assert.deepEqual(claims.amr, ["pwd", "otp", "mfa"]);
  assert.ok(Math.abs(claims.auth_time * 1000 - clock.now().getTime()) < minutes(3));
});

test("SIN-1 SIN-11 APP-1 a sign-in for one application counts for the next, and reads where it leads", async () => {
  const mail = await startApplication(service, { settings: { name: { en: "Mail" } } });
  try {
    const person = makeVisitor(service.url);
    await person.get(`${mail.url}/login?login_hint=${encodeURIComponent(aino.email)}`);
    assert.match(person.page().text, /Sign in with your password to Mail/);
    assert.equal(person.hidden({ username: "" }).username, aino.email);
    await signInHere(person, aino);
    await person.get(`${calendar.url}/login`);
    assert.match(person.page().text, /Signed in/);
    assert.equal(new URL(person.page().url).origin, calendar.url);
  } finally {
    await mail.close();
  }
});

test("SIN-9 prompt=login and max_age ask again and tell a new auth_time; prompt=none never asks", async () => {
  const person = await signedIn();
  let last = claimsOn(person).auth_time;
  clock.advance(minutes(2));
  await person.get(`${calendar.url}/login?prompt=none`);
  assert.equal(claimsOn(person).auth_time, last);
  for (const wish of ["prompt=login", "max_age=60"]) {
    clock.advance(minutes(2));
    await sleep(1100); // tokens are in whole seconds of the machine's own clock
    await person.get(`${calendar.url}/login?${wish}`);
    assert.match(person.page().heading, /Sign in with your password/, wish);
    // prompt=login leaves open who one is; max_age asks the same person again.
    assert.equal(person.hidden({ username: "" }).username === aino.email, wish !== "prompt=login");
    await signInHere(person, aino);
    assert.ok(claimsOn(person).auth_time > last, wish);
    last = claimsOn(person).auth_time;
  }
  const stranger = makeVisitor(service.url);
  assert.match((await stranger.get(`${calendar.url}/login?prompt=none`)).text, /login_required/);
});

test("SIN-9 acr_values within reach are met, and a level that nobody here has ends at the application or a page", async () => {
  const person = await signedIn();
  await person.get(`${calendar.url}/login?acr_values=aal2`);
  assert.equal(claimsOn(person).acr, "aal2");
  const claims = JSON.stringify({ id_token: { acr: { essential: true, value: "aal3" } } });
  await person.get(`${calendar.url}/login?claims=${encodeURIComponent(claims)}`);
  if (new URL(person.page().url).origin === service.url) {
    assert.match(person.page().heading, /stronger/i);
    await person.submit();
  }
  assert.match(person.page().text, /Not signed in: (?:access_denied|unmet_authentication_requirements)/);
});

test("SIN-11 signing out at the application ends the session everywhere and comes back", async () => {
  const person = await signedIn();
  const { sid } = claimsOn(person);
  await person.get(`${calendar.url}/logout`);
  assert.equal(person.page().url, `${calendar.url}/signed-out?state=bye`);
  await until(() => calendar.notices.includes(sid), "the logout notice");
  await person.get(`${calendar.url}/login`);
  assert.match(person.page().heading, /Sign in with your password/);

  const unhinted = await signedIn();
  await unhinted.get(`${calendar.url}/logout?hint=no`);
  assert.equal(new URL(unhinted.page().url).origin, service.url);
  await unhinted.submit({}, "Sign out");
  await unhinted.get(`${calendar.url}/login`);
  assert.match(unhinted.page().heading, /Sign in with your password/);
});

test("SIN-11 A11 signing out here, ending sessions and a changed password tell the application", async () => {
  const out = await signedIn();
  const sids = [claimsOn(out).sid];
  await out.get(`${service.url}/account`);
  await out.submit({}, "Sign out");
  await until(() => calendar.notices.includes(sids[0]), "the notice of a sign-out");

  const here = await signedIn();
  const there = await signedIn();
  await here.get(`${service.url}/account`);
  const { sid } = claimsOn(await there.get(calendar.url).then(() => there));
  await here.submit({}, "Change");
  await here.submit({ new_password: "neljä sinistä kettua metsässä" });
  assert.equal(here.page().path, "/account?changed=password");
  await until(() => calendar.notices.includes(sid), "the notice of a changed password");
  assert.match((await there.get(calendar.url)).text, /Nobody is signed in/);
  await here.submit({}, "Change");
  await here.submit({ new_password: rightPassword });
});

test("SIN-8 callbacks and authorize pages that are opened again lead to the application", async () => {
  const person = makeVisitor(service.url);
  await person.get(`${calendar.url}/login`);
  const journey = person.page().path;
  const tab = person.page();
  await person.get(`${calendar.url}/login`);
  const second = person.page().path;
  await signInHere(person, aino);
  assert.match(person.page().text, /Signed in/);
  for (const old of [journey, second, tab.path]) {
    await person.get(new URL(old, service.url).href);
    const { url, links, forms, heading } = person.page();
    const atApplication = new URL(url).origin === calendar.url;
    assert.ok(atApplication || links.length + forms.length > 0, heading);
    assert.ok(person.page().status < 500);
  }
  await person.get(`${calendar.url}/callback?code=old&state=old`);
  assert.match(person.page().text, /Signed in/);
});

test("ACT-8 APP-2 the activated link leads to the application's sign-in, and a wrong return address nowhere", async () => {
  const person = makeVisitor(service.url);
  await person.get(aino.link);
  assert.match(person.page().heading, /Sign in with your password/);
  await signInHere(person, aino);
  assert.equal(new URL(person.page().url).origin, calendar.url);
  const wrong = await makeVisitor(service.url).get(
    `/authorize?client_id=${calendar.clientId}&response_type=code&scope=openid&redirect_uri=https://evil.example/`,
  );
  assert.equal(wrong.leadsTo, null);
  assert.ok(wrong.status >= 400);
  assert.ok(
    wrong.links.some(({ href }) => href === `${calendar.url}/` || href.startsWith("/sign-in")),
    wrong.text,
  );
});
