import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { hours } from "../../src/kernel/time.ts";
import { startApplication, type TestApplication } from "../doubles/application.ts";
import { authorizeUrl, makePkce } from "../grounds/provider-ground.ts";
import { makeVisitor, type Visitor } from "../harness/agent.ts";
import {
  invite,
  keyOn,
  linkIn,
  makeOrganisation,
  makePhone,
  messagesTo,
  rightPassword,
  temporaryTo,
} from "../harness/people.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";

let service: Service;
let agency: Organisation;
let wiki: TestApplication;
const clock = movableClock();
const permitting = (...permitted: string[]) =>
  Object.fromEntries(["staff", "student", "external", "guest"].map((category) => [category, { permitted }]));
const policy = { methods: permitting("totp"), password: { way: "temporary" } };

before(async () => {
  service = await startService({ clock });
  agency = await makeOrganisation(service, "agency", { policy });
  wiki = await startApplication(service, { settings: { name: { en: "Wiki" } } });
});
after(async () => {
  await wiki.close();
  await service.close();
});

let numbers = 0;

async function newcomer(organisation = agency) {
  numbers += 1;
  const number = `+35845${1_000_000 + numbers}`;
  const invited = await invite(service, organisation, { phone: number });
  return { ...invited, number, temporary: await temporaryTo(service, number) };
}

const atSignIn = async (organisation = agency): Promise<Visitor> => {
  const visitor = makeVisitor(service.url);
  await visitor.get(`/sign-in?organisation=${organisation.slug}`);
  return visitor;
};

/** From the temporary password to an app that is linked; the visitor is signed in. */
async function started() {
  const person = await newcomer();
  const visitor = await atSignIn();
  await visitor.submit({ username: person.email, password: person.temporary });
  await visitor.submit({ new_password: rightPassword });
  const phone = makePhone(keyOn(visitor.page().html), clock);
  await visitor.submit({ code: await phone.code() });
  return { ...person, phone, visitor };
}

test("POL-1 SIN-5 from the two messages by way of the temporary password to a password, an app and in", async () => {
  const { email, number, temporary } = await newcomer();
  const [letter] = await messagesTo(service, email);
  assert.equal(linkIn(letter?.text ?? ""), "", "no activation link");
  assert.match(letter?.text ?? "", new RegExp(`Enter your user name: ${email}`));
  assert.ok(!letter?.text.includes(temporary));
  const address = /https?:\/\/\S+/.exec(letter?.text ?? "")?.[0] ?? "";
  const visitor = makeVisitor(service.url);
  assert.match((await visitor.get(address)).heading, /Sign in with your password/);
  const typed = temporary.toUpperCase().replaceAll("-", " ");
  assert.match((await visitor.submit({ username: email, password: typed })).heading, /Choose a new password/);
  assert.match(visitor.page().text, /You signed in with a temporary password/);
  assert.match((await visitor.submit({ new_password: temporary })).alerts.join(), /password that you have now/);
  assert.match((await visitor.submit({ new_password: rightPassword })).heading, /Link your authenticator app/);
  const phone = makePhone(keyOn(visitor.page().html), clock);
  await visitor.submit({ code: await phone.code() });
  assert.equal(visitor.page().path, "/account");
  assert.equal((await messagesTo(service, number)).length, 1, "nothing else went to the phone");
  await visitor.submit({}, "Sign out");
  await visitor.click("Sign in again");
  await visitor.submit({ username: email, password: rightPassword });
  await visitor.submit({ code: await phone.code() });
  assert.equal(visitor.page().path, "/account");
});

test("SIN-5 T17 T20 while only a temporary password was shown, every other door is closed, in any tab and browser", async () => {
  const { email, temporary } = await newcomer();
  const visitor = await atSignIn();
  await visitor.submit({ username: email, password: temporary });
  const journey = visitor.page().path;
  const doors = async () => {
    for (const path of ["/account", "/account/events"]) {
      await visitor.get(path);
      assert.doesNotMatch(visitor.page().text, /Signed in as/, path);
    }
    for (const [path, fields] of [
      ["/account/link", { method: "eid" }],
      ["/account/password", {}],
    ] as const) {
      await visitor.get(journey);
      const page = await visitor.post(path, { ...fields, ...visitor.hidden() });
      assert.doesNotMatch(page.text, /Signed in as/, path);
      assert.doesNotMatch(page.path, /^\/account/, path);
    }
    const { challenge } = makePkce();
    const silent = await visitor.get(`${wiki.url}/login?prompt=none`);
    assert.match(silent.text, /login_required|interaction_required/);
    const wish = authorizeUrl({ clientId: wiki.clientId, secret: null }, challenge, {
      redirect_uri: `${wiki.url}/callback`,
    });
    const asked = await visitor.get(new URL(wish, service.url).href);
    assert.ok(!asked.leadsTo?.includes("code="), "no code for an application");
    assert.match(asked.heading, /Sign in/);
  };
  await doors();
  assert.doesNotMatch((await visitor.get("/test/code")).text, /Six digits/, "no codes are tested with it");
  await visitor.get(journey);
  assert.match((await visitor.submit({ new_password: rightPassword })).heading, /Link your authenticator app/);
  await doors();
  const another = await atSignIn();
  await another.submit({ username: email, password: rightPassword });
  assert.match(another.page().heading, /Link your authenticator app/, "half-way, the next sign-in goes on");
});

test("REC-2 SIN-8 ordered on the way to an application: nothing changes until it is used, then sessions elsewhere are dead", async () => {
  const { email, number, phone, visitor: elsewhere } = await started();
  const visitor = makeVisitor(service.url);
  await visitor.get(`${wiki.url}/login?organisation=agency`);
  await visitor.get("/sign-in?organisation=agency");
  await visitor.click("Order a new password");
  assert.match(visitor.page().heading, /Order a new password/);
  await visitor.submit({ username: email });
  assert.match(visitor.page().heading, /Look at your phone/);
  const temporary = await temporaryTo(service, number, 2);
  assert.match((await elsewhere.get("/account")).text, /Signed in as/, "the session goes on");
  const usual = await atSignIn();
  await usual.submit({ username: email, password: rightPassword });
  assert.match(usual.page().heading, /Enter the code/, "and so does the password");

  await visitor.click("Back to signing in");
  await visitor.submit({ username: email, password: temporary });
  await visitor.submit({ new_password: "neljä keltaista leijonaa" });
  assert.match(visitor.page().heading, /Enter the code/);
  assert.doesNotMatch((await elsewhere.get("/account")).text, /Signed in as/);
  await visitor.submit({ code: await phone.code() });
  assert.equal(visitor.page().path, "/account");
  await messagesTo(service, email, 1, /password was changed/);
});

test("REC-2 SIN-8 whoever orders on the way to an application comes back to it", async () => {
  const { email, number, phone } = await started();
  const own = await startApplication(service, {
    settings: { name: { en: "Diary" } },
    organisationId: agency.id,
  });
  try {
    const visitor = makeVisitor(service.url);
    await visitor.get(`${own.url}/login`);
    await visitor.click("Order a new password");
    await visitor.submit({ username: email });
    const temporary = await temporaryTo(service, number, 2);
    await visitor.click("Back to signing in");
    await visitor.submit({ username: email, password: temporary });
    await visitor.submit({ new_password: "neljä keltaista leijonaa" });
    await visitor.submit({ code: await phone.code() });
    assert.equal(new URL(visitor.page().url).origin, own.url);
    assert.match(visitor.page().text, /Signed in/);
  } finally {
    await own.close();
  }
});

test("REC-6 REC-2 the page answers the same for everybody, and a stranger's order harms nobody", async () => {
  const { email, number, temporary } = await newcomer();
  const pages: string[] = [];
  for (const username of [email, "nobody@agency.example", "ＮＯＢＯＤＹ", "{{7*7}}<img>"]) {
    const visitor = makeVisitor(service.url);
    await visitor.get("/order-password?organisation=agency");
    const page = await visitor.submit({ username });
    const headers = [...page.headers].filter(([name]) => name !== "date" && name !== "set-cookie").sort();
    pages.push(JSON.stringify([page.status, page.path, headers, page.text, visitor.cookies().map(({ name }) => name)]));
  }
  assert.equal(new Set(pages).size, 1);
  assert.equal((await messagesTo(service, number, 2)).length, 2);
  const visitor = makeVisitor(service.url);
  await visitor.get("/order-password?organisation=agency");
  assert.match((await visitor.submit({ username: " " })).alerts.join(), /Enter your user name/);
  const newest = await temporaryTo(service, number, 2);
  const person = await atSignIn();
  await person.submit({ username: email, password: temporary });
  assert.match(person.page().alerts.join(), /wrong/, "the newest one counts");
  await person.submit({ username: email, password: newest });
  assert.match(person.page().heading, /Choose a new password/);
});

test("REC-2 an organisation whose people choose their passwords offers no order, and none is sent", async () => {
  const chooses = await makeOrganisation(service, "chooses", { policy: { methods: policy.methods } });
  const visitor = await atSignIn(chooses);
  assert.ok(!visitor.page().text.includes("Order a new password"));
  assert.match((await visitor.get("/order-password?organisation=chooses")).heading, /Sign in/);
});

test("SIN-1 SIN-5 where the methods need no password, whoever has none yet begins with user name and password", async () => {
  const both = await makeOrganisation(service, "both", {
    policy: { ...policy, methods: permitting("passkey", "totp") },
  });
  const { email, temporary } = await newcomer(both);
  const [letter] = await messagesTo(service, email);
  const visitor = makeVisitor(service.url);
  await visitor.get(/https?:\/\/\S+/.exec(letter?.text ?? "")?.[0] ?? "");
  assert.match(visitor.page().heading, /Sign in with your password/, "the letter leads straight there");
  await visitor.submit({}, "Try another way");
  await visitor.submit({}, "Continue with user name and password");
  await visitor.submit({ username: email, password: temporary });
  await visitor.submit({ new_password: rightPassword });
  assert.match(visitor.page().heading, /Choose how you will sign in/);
  await visitor.submit({}, "totp");
  assert.match(visitor.page().heading, /Link your authenticator app/);
});

test("SIN-5 T18 an expired temporary password is a wrong one, and a new one can be ordered", async () => {
  const { email, number, temporary } = await newcomer();
  clock.advance(hours(24));
  const visitor = await atSignIn();
  await visitor.submit({ username: email, password: temporary });
  assert.match(visitor.page().alerts.join(), /wrong/);
  await visitor.click("Order a new password");
  await visitor.submit({ username: email });
  const newer = await temporaryTo(service, number, 2);
  await visitor.click("Back to signing in");
  await visitor.submit({ username: email, password: newer });
  assert.match(visitor.page().heading, /Choose a new password/);
});
