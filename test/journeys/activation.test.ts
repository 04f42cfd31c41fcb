import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { days, minutes, seconds } from "../../src/kernel/time.ts";
import { makeVisitor } from "../harness/agent.ts";
import {
  activatedAccount,
  invitedWithPin,
  keyOn,
  linkTo,
  makeOrganisation,
  makePhone,
  messagesTo,
  pinTo,
  rightPassword,
  signInHere,
} from "../harness/people.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";

let service: Service;
let koivula: Organisation;
const clock = movableClock();
before(async () => {
  service = await startService({ clock });
  koivula = await makeOrganisation(service);
});
after(() => service.close());

const visitor = (headers?: Record<string, string>) => makeVisitor(service.url, headers);
const phoneOn = (html: string) => makePhone(keyOn(html), clock);

const accountOf = (id: string) =>
  service.db.selectFrom("account").selectAll().where("id", "=", id).executeTakeFirstOrThrow();

test("ACT-2 ACT-6 SIN-3 from the two messages to the home application, and in again with password and code", async () => {
  const { link, pin, email } = await invitedWithPin(service, koivula);
  const person = visitor();
  assert.match((await person.get(link)).heading, /Enter the PIN/);
  assert.match((await person.submit({ pin })).heading, /Choose a password/);
  assert.match((await person.submit({ new_password: rightPassword })).heading, /Link your authenticator app/);
  const phone = phoneOn(person.page().html);
  assert.match((await person.submit({ code: await phone.code() })).heading, /Your account is active/);
  assert.match((await person.click("Continue to My page")).text, /Signed in as/);
  assert.match((await person.submit({}, "Sign out")).heading, /You are signed out/);
  await person.click("Sign in again");
  assert.match((await person.submit({ username: email, password: rightPassword })).heading, /Enter the code/);
  assert.equal((await person.submit({ code: await phone.code() })).path, "/account");
});

test("ACT-3 T03 opening the link changes nothing, whoever opens it and however often", async () => {
  const { link, pin, number, invitationId } = await invitedWithPin(service, koivula);
  const state = () =>
    service.db.selectFrom("invitation").selectAll().where("id", "=", invitationId).executeTakeFirstOrThrow();
  const before = await state();
  const scanners = [
    { "user-agent": "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.1) SafeLinks" },
    { "user-agent": "Slackbot-LinkExpanding 1.0", purpose: "preview" },
    { "user-agent": "WhatsApp/2.23" },
    { "user-agent": "facebookexternalhit/1.1" },
    { "user-agent": "Mozilla/5.0 Chrome/130.0", "sec-purpose": "prefetch;prerender" },
    { "user-agent": "Barracuda Sentinel (EE)" },
    { "user-agent": "python-requests/2.31" },
    { "user-agent": "" },
    { "x-moz": "prefetch" },
    {},
  ];
  for (const headers of scanners) {
    const head = await fetch(link, { method: "HEAD", headers, redirect: "manual" });
    assert.equal(head.status, 200);
    assert.match((await visitor(headers).get(link)).heading, /Enter the PIN/);
  }
  assert.deepEqual(await state(), before);
  assert.equal((await messagesTo(service, number)).length, 1);
  const person = visitor();
  await person.get(link);
  assert.match((await person.submit({ pin })).heading, /Choose a password/);
});

test("ACT-8 the same link afterwards leads to the home application, in any browser, and activates nothing again", async () => {
  const home = { url: "https://intra.example/start", name: { en: "Intranet" } };
  const away = await makeOrganisation(service, "away", { home });
  const { link, visitor: person, pin, accountId } = await activatedAccount(service, away);
  const before = await accountOf(accountId);
  for (const browser of [person, visitor()])
    assert.equal((await browser.get(link)).leadsTo, "https://intra.example/start");
  const fields = { form_token: "none", pin };
  assert.notEqual((await visitor().post(new URL(link).pathname, fields)).status, 200);
  assert.deepEqual(await accountOf(accountId), before);
});

test("ACT-8 T01 T13 expired, replaced, revoked and unknown links say so before any form and offer what can be done", async () => {
  const says = async (link: string, headings: RegExp, offer: boolean) => {
    const person = visitor();
    const page = await person.get(link);
    assert.match(page.heading, headings);
    assert.ok(!page.forms.some(({ fields }) => "pin" in fields), "no PIN is asked for");
    assert.equal(page.text.includes("Send a new link"), offer);
    assert.ok(page.links.some(({ href }) => href === "/sign-in"));
    return person;
  };
  const expired = await invitedWithPin(service, koivula);
  clock.advance(days(14) + seconds(1));
  const person = await says(expired.link, /has expired/, true);
  assert.match(person.page().text, /\+358 10 5550100/);
  assert.match((await person.submit({}, "Send a new link")).text, /We have sent a new link and a new PIN/);
  const link = await linkTo(service, expired.email, 2);
  assert.notEqual(link, expired.link);
  await says(expired.link, /A newer link has been sent/, true);
  const pin = await pinTo(service, expired.number, 2);
  await person.get(link);
  assert.match((await person.submit({ pin })).heading, /Choose a password/);

  const revoked = await invitedWithPin(service, koivula);
  await service.features.inviting.revoke(revoked.invitationId, { actor: "operator" });
  await says(revoked.link, /has been revoked/, false);
  await says(`${service.url}/activate/${"A".repeat(43)}`, /don’t recognise/, false);
  await says(`${service.url}/activate/x`, /don’t recognise/, false);
});

test("ACT-2 T06 five wrong PINs spend it, a new one is asked for on the page, ten in all close the invitation", async () => {
  const { link, pin, number } = await invitedWithPin(service, koivula);
  const person = visitor();
  const wrong = pin === "123456" ? "654321" : "123456";
  await person.get(link);
  for (let left = 4; left > 0; left -= 1)
    assert.match((await person.submit({ pin: wrong })).alerts.join(), new RegExp(`Attempts left: ${left}`));
  assert.match((await person.submit({ pin: wrong })).text, /too many times/);
  assert.ok(!person.page().forms.some(({ fields }) => "pin" in fields));
  clock.advance(minutes(1));
  assert.match((await person.submit({}, "Send a PIN")).text, /We sent a new PIN/);
  const second = await pinTo(service, number, 2);
  assert.match((await person.submit({ pin })).alerts.join(), second === pin ? /./ : /Attempts left: 4/);
  for (let round = 0; round < 4; round += 1) await person.submit({ pin: wrong });
  assert.match(person.page().heading, /Too many wrong PINs/);
  assert.match(person.page().text, /Send a new link/);
});

test("ACT-2 T07 T08 a PIN fits its own invitation only, and goes to the number on record whatever the form says", async () => {
  const [one, other] = [await invitedWithPin(service, koivula), await invitedWithPin(service, koivula)];
  const stranger = visitor();
  await stranger.get(other.link);
  if (one.pin !== other.pin) assert.match((await stranger.submit({ pin: one.pin })).alerts.join(), /wrong/);
  clock.advance(minutes(1));
  const path = `${new URL(other.link).pathname}/pin`;
  const body = { ...stranger.hidden(), phone: "+358409999999", to: "+358409999999", number: "+358409999999" };
  await stranger.post(`${path}?phone=%2B358409999999`, body, { headers: { "x-phone": "+358409999999" } });
  const messages = await messagesTo(service, other.number, 2);
  assert.equal(messages.length, 2);
  assert.deepEqual(
    (await service.inbox()).filter(({ to }) => to.includes("9999999")),
    [],
  );
  const owner = visitor();
  await owner.get(one.link);
  assert.match((await owner.submit({ pin: one.pin })).heading, /Choose a password/);
});

test("ACT-2 T04 what an invitation named is what the account has, whatever is posted besides", async () => {
  const other = await makeOrganisation(service, "elsewhere");
  const invited = await invitedWithPin(service, koivula, { roles: ["nurse"] });
  const before = await accountOf(invited.accountId);
  const person = visitor();
  const extra = {
    organisation: "elsewhere",
    organisation_id: other.id,
    email: "thief@elsewhere.example",
    phone: "+358409999998",
    roles: "admin",
    user_name: "admin",
    account_id: "1",
    purpose: "sign-in",
  };
  const post = (fields: Record<string, string>) => {
    const form = person.page().forms.find((each) => Object.keys(fields).every((name) => name in each.fields));
    return person.post(new URL(form?.action ?? "", service.url).pathname, { ...form?.fields, ...extra, ...fields });
  };
  await person.get(`${invited.link}?organisation=elsewhere&email=thief@elsewhere.example`);
  await post({ pin: invited.pin });
  await post({ new_password: rightPassword });
  const phone = phoneOn(person.page().html);
  await post({ code: await phone.code() });
  const { state, activated_at, epoch, ...rest } = await accountOf(invited.accountId);
  assert.equal(state, "active");
  const same = { ...before } as Partial<typeof before>; // its three changed columns are taken out
  delete same.state;
  delete same.activated_at;
  delete same.epoch;
  assert.deepEqual(rest, same);
  assert.ok(activated_at !== undefined && epoch >= before.epoch);
});

test("ACT-9 left at any step, the same link and PIN go on from that step, on another device too", async () => {
  const { link, pin, email, accountId } = await invitedWithPin(service, koivula);
  const computer = visitor();
  await computer.get(link);
  await computer.submit({ pin });
  assert.match((await computer.get(link)).heading, /Choose a password/);

  const tablet = visitor();
  await tablet.get(link);
  assert.match((await tablet.submit({ pin })).heading, /Choose a password/);
  assert.match((await tablet.submit({ new_password: rightPassword })).heading, /Link your authenticator app/);

  const third = visitor();
  await third.get(link);
  assert.match((await third.submit({ pin })).heading, /Link your authenticator app/);
  assert.match((await computer.get(link)).heading, /Link your authenticator app/);
  const phone = phoneOn(computer.page().html);
  assert.match((await computer.submit({ code: await phone.code() })).heading, /Your account is active/);
  assert.match(computer.page().text, /Sign in next/); // the password was not shown in this browser
  assert.match((await computer.click("Sign in")).heading, /Sign in/);
  assert.equal((await computer.submit({ password: rightPassword })).path, "/account", "and nothing else is asked");
  assert.equal((await accountOf(accountId)).state, "active");

  for (const late of [tablet, third]) {
    await late.get(late.page().path);
    assert.ok(late.page().status < 500, late.page().heading);
    assert.ok(late.page().forms.length + late.page().links.length > 0, "there is a way on");
  }
  const person = visitor();
  await person.get("/sign-in?organisation=koivula");
  assert.equal((await signInHere(person, { email, phone })).path, "/account");
});

test("ACT-6 left with a password and no code, the next sign-in goes on from there", async () => {
  const { link, pin, email, accountId } = await invitedWithPin(service, koivula);
  const first = visitor();
  await first.get(link);
  await first.submit({ pin });
  await first.submit({ new_password: rightPassword });
  const person = visitor();
  await person.get("/sign-in");
  assert.match(
    (await person.submit({ username: email, password: rightPassword })).heading,
    /Link your authenticator app/,
  );
  const phone = phoneOn(person.page().html);
  const end = await person.submit({ code: await phone.code() });
  assert.equal(end.path, "/account");
  assert.equal((await accountOf(accountId)).state, "active");
});

test("ACT-2 an organisation may let the PIN go out only when the person asks for it", async () => {
  const asked = await makeOrganisation(service, "asked", { policy: { invitation: { pinOnRequest: true } } });
  const { features } = service;
  const phone = "+358405550001";
  const given = { givenName: "Aino", familyName: "Ek", email: "aino@asked.example", phone, language: "en" };
  await features.inviting.invite(asked, given, { actor: "operator" });
  const person = visitor();
  await person.get(await linkTo(service, given.email));
  assert.match(person.page().heading, /Ask for a PIN/);
  assert.deepEqual(
    (await service.inbox()).filter(({ to }) => to === phone),
    [],
  );
  await person.submit({}, "Send a PIN");
  assert.match((await person.submit({ pin: await pinTo(service, phone) })).heading, /Choose a password/);
});

test("ACT-6 T14 a weak password is refused with its reasons, and the step stays", async () => {
  const { link, pin } = await invitedWithPin(service, koivula);
  const person = visitor();
  await person.get(link);
  await person.submit({ pin });
  assert.match((await person.submit({ new_password: "lyhyt" })).alerts.join(), /too short/);
  assert.match((await person.submit({ new_password: "koivula koivula 2026" })).alerts.join(), /name/);
  assert.match((await person.submit({ new_password: "" })).heading, /Choose a password/);
  assert.match((await person.submit({ new_password: rightPassword })).heading, /Link your authenticator app/);
  assert.match((await person.submit({ code: "000000" })).heading, /Link your authenticator app/);
  assert.match((await person.submit({ code: "" })).heading, /Link your authenticator app/);
});
