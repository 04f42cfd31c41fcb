import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { minutes } from "../../src/kernel/time.ts";
import { makeVisitor, type Visitor } from "../harness/agent.ts";
import {
  type Activated,
  activatedAccount,
  makeOrganisation,
  messagesTo,
  rightPassword,
  signInHere,
} from "../harness/people.ts";
import { movableClock, type Service, startService, until } from "../harness/service.ts";

let service: Service;
let aino: Activated;
const clock = movableClock();
before(async () => {
  service = await startService({ clock });
  aino = await activatedAccount(service, await makeOrganisation(service));
});
after(() => service.close());

async function signedIn(headers?: Record<string, string>): Promise<Visitor> {
  const person = makeVisitor(service.url, headers);
  await person.get("/sign-in?organisation=koivula&to=account");
  await signInHere(person, aino);
  assert.equal(person.page().path, "/account");
  return person;
}

test("USR-1 SIN-11 sessions are listed, ended one by one and all at once; sign-out ends this one for good", async () => {
  const here = await signedIn();
  const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/605";
  const [there, third] = [await signedIn({ "user-agent": iphone }), await signedIn()];
  await here.get("/account");
  assert.match(here.page().text, /Firefox, Linux/);
  assert.match(here.page().text, /Safari, iPhone/);
  await here.submit({}, "End Safari, iPhone");
  assert.match(here.page().text, /The session was ended/);
  assert.match((await there.get("/account")).heading, /Sign in/);
  assert.equal((await third.get("/account")).path, "/account");
  await here.submit({}, "End all others");
  assert.match(here.page().text, /signed out everywhere else/);
  assert.match((await third.get("/account")).heading, /Sign in/);

  const copy = makeVisitor(service.url);
  copy.restore(here.cookies());
  assert.match((await here.submit({}, "Sign out")).heading, /You are signed out/);
  for (const browser of [here, copy]) assert.match((await browser.get("/account")).heading, /Sign in/);
});

test("USR-8 USR-7 T16 T72 a changed password ends other sessions, is told, and the old one is dead", async () => {
  const other = await activatedAccount(service, await makeOrganisation(service, "lepola"));
  const there = makeVisitor(service.url);
  await there.get("/sign-in?organisation=lepola&to=account");
  await signInHere(there, other);
  const here = other.visitor;
  await here.get("/account");
  clock.advance(minutes(6));
  assert.match((await here.submit({}, "Change")).heading, /Sign in with your password/);
  await here.submit({ password: rightPassword });
  await here.submit({ code: await other.phone.code() });
  assert.match(here.page().heading, /Choose a new password/);
  assert.match((await here.submit({ new_password: rightPassword })).alerts.join(), /password that you have now/);
  const newPassword = "neljä sinistä kettua metsässä";
  assert.match((await here.submit({ new_password: newPassword })).text, /Your password was changed/);
  assert.equal(here.page().path, "/account?changed=password");
  assert.match((await there.get("/account")).heading, /Sign in/);
  await messagesTo(service, other.email, 1, /password was changed/);

  const person = makeVisitor(service.url);
  await person.get("/sign-in?organisation=lepola&to=account");
  await person.submit({ username: other.email, password: rightPassword });
  assert.match(person.page().alerts.join(), /wrong/);
  await person.submit({ username: other.email, password: newPassword });
  assert.equal((await person.submit({ code: await other.phone.code() })).path, "/account");
});

test("USR-5 a code is tested by who has shown the password, is spent by it, and a stranger sees only the clock", async () => {
  const stranger = makeVisitor(service.url);
  await stranger.get("/test/code");
  assert.match(stranger.page().heading, /clock/);
  assert.ok(!stranger.page().forms.some(({ fields }) => "code" in fields));
  assert.ok(
    !(await stranger.post("/test/code", { ...stranger.page().forms[0]?.fields, code: "123456" })).text.includes(
      "wrong",
    ),
  );

  const halfWay = makeVisitor(service.url);
  await halfWay.get("/sign-in?organisation=koivula");
  await halfWay.submit({ username: aino.email, password: rightPassword });
  const journey = halfWay.page().path;
  await halfWay.get("/test/code");
  const code = await aino.phone.code();
  assert.match((await halfWay.submit({ code })).text, /The code is right/);
  assert.match((await halfWay.submit({ code })).text, /already been used/);
  await halfWay.get(journey);
  assert.match((await halfWay.submit({ code })).alerts.join(), /already been used/);
  assert.match((await halfWay.submit({ code: await aino.phone.code() })).heading, /User services/);
});

test("USR-1 what happened is shown in plain words, with no code or password in it", async () => {
  const person = await signedIn();
  await person.get("/account/events");
  assert.match(person.page().text, /Signed in/);
  assert.match(person.page().text, /The account was activated/);
  assert.ok(!person.page().html.includes(rightPassword));
});

test("MSG-2 USR-7 every message reads in the person's language and carries nothing secret of the other channel", async () => {
  for (const language of ["fi", "sv", "en"] as const) {
    const slug = `kieli-${language}`;
    const { email, pin, link } = await activatedAccount(service, await makeOrganisation(service, slug), { language });
    const sent = await until(async () => {
      const mine = (await service.inbox()).filter(({ to }) => to === email);
      return mine.length > 0 && mine;
    }, "the letters");
    for (const { text, html, subject } of sent) {
      assert.ok(subject);
      assert.ok(!text.includes(pin) && !html?.includes(pin));
      assert.ok(!text.includes("{{") && !html?.includes("{{"));
      assert.match(html ?? "", new RegExp(`lang="${language}"`));
    }
    const texts = (await service.inbox()).filter(({ channel, text }) => channel === "sms" && text.includes(link));
    assert.deepEqual(texts, []);
  }
});
