import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { demoDeps } from "../../../test/grounds/demo.ts";
import { makeVisitor, type Visitor } from "../../../test/harness/agent.ts";
import { rightPassword } from "../../../test/harness/people.ts";
import { movableClock, type Service, startService, until } from "../../../test/harness/service.ts";
import { minutes, seconds } from "../../kernel/time.ts";
import { stepAt, usualParameters } from "../authenticators/totp/domain/code.ts";
import { codeAt, keyFromBase32 } from "../authenticators/totp/one-time-code.ts";
import { prepareDemo } from "./index.ts";

let service: Service;
let aino: Visitor;
let key: Uint8Array;
const clock = movableClock();

before(async () => {
  service = await startService({ clock });
  aino = makeVisitor(service.url);
});
after(() => service.close());

const prepareAgain = () => prepareDemo(demoDeps(service));

const pinTo = async (phone: string): Promise<string> =>
  until(async () => {
    const text = (await service.inbox()).find(({ channel, to }) => channel === "sms" && to === phone)?.text;
    return text && /\d{6}/.exec(text)?.[0];
  }, "the PIN");

const code = (): string => {
  clock.advance(seconds(60));
  return codeAt(key, usualParameters, stepAt(clock.now(), usualParameters.period));
};

test("demo: a fresh database gets an organisation, an application and a first invitation, a second start no more", async () => {
  const invitation = service.demo?.invitation ?? "";
  assert.equal(service.demo?.application, `${service.url}/demo`);
  assert.equal(service.demo?.inbox, `${service.url}/demo/inbox`);
  assert.match(invitation, /\/activate\/[\w-]{43}$/);
  await until(async () => (await service.inbox()).length === 2, "both messages");
  assert.deepEqual(await prepareAgain(), service.demo);
  assert.equal((await service.inbox()).length, 2);
});

test("demo: the inbox tells what was sent, the newest first, as a page and as JSON", async () => {
  const messages: Record<string, unknown>[] = JSON.parse((await aino.get("/demo/inbox.json")).html);
  for (const message of messages)
    assert.deepEqual(Object.keys(message), ["channel", "to", "subject", "text", "html", "at"]);
  assert.deepEqual(messages.map(({ channel }) => channel).sort(), ["email", "sms"]);
  const sms = messages.find(({ channel }) => channel === "sms");
  assert.equal(sms?.subject, null);
  assert.equal(sms?.html, null);
  const page = await aino.get("/demo/inbox");
  assert.ok(page.links.some(({ href }) => href === service.demo?.invitation));
  assert.ok(page.text.includes(await pinTo("+358401234567")));
  const letter = await aino.click("As it looks");
  assert.match(letter.headers.get("content-security-policy") ?? "", /^default-src 'none'; style-src 'unsafe-inline'/);
  assert.ok(letter.html.includes(service.demo?.invitation ?? "x"));
});

test("demo: the first person activates and is signed in to the application, which shows what it learned", async () => {
  await aino.get(service.demo?.invitation ?? "");
  await aino.submit({ pin: await pinTo("+358401234567") });
  await aino.submit({}, "Authenticator app");
  await aino.submit({ new_password: rightPassword });
  key = keyFromBase32(/class="key">([\s\S]*?)<\/p>/.exec(aino.page().html)?.[1]?.replace(/<[^>]+>|\s/g, "") ?? "");
  await aino.submit({ code: code() });
  const page = await aino.click("Havula Online");
  assert.equal(page.heading, "Welcome, Aino");
  for (const text of [
    "aino.virtanen@example.fi",
    "Havula Energia",
    "Two factors aal2",
    "password and one-time code",
    "preferred_username",
  ])
    assert.ok(page.text.includes(text), text);
  assert.equal((await prepareAgain()).invitation, null);
});

test("demo SIN-9: the application asks for more, and says what came of it", async () => {
  assert.equal((await aino.get("/demo/sign-in?ask=aal2")).heading, "Welcome, Aino");
  const refused = await aino.get("/demo/sign-in?ask=aal3");
  assert.match(refused.heading, /stronger/);
  const back = await aino.submit({}, "Back");
  assert.equal(back.heading, "Welcome, Aino");
  assert.match(back.alerts[0] ?? "", /came to nothing.*unmet_authentication_requirements/);
  clock.advance(minutes(3));
  for (const ask of ["recent", "again"]) {
    await aino.get(`/demo/sign-in?ask=${ask}`);
    if (!("password" in aino.hidden())) await aino.submit({}, "Continue with authenticator app");
    await aino.submit({
      ...("username" in (aino.page().forms[0]?.fields ?? {}) && { username: "aino.virtanen@example.fi" }),
      password: rightPassword,
    });
    assert.equal((await aino.submit({ code: code() })).heading, "Welcome, Aino");
    assert.deepEqual(aino.page().alerts, []);
  }
});

test("demo: an answer that nobody waits for, or that was made up, signs nobody in", async () => {
  const stranger = makeVisitor(service.url);
  assert.equal((await stranger.get("/demo/callback?code=abc&state=def")).heading, "Havula Online");
  assert.deepEqual(stranger.page().alerts, []);
  await stranger.get("/demo/sign-in");
  await stranger.get("/demo/callback?code=abc&state=def");
  assert.match(stranger.page().alerts[0] ?? "", /came to nothing/);
  assert.equal((await stranger.get("/demo")).heading, "Havula Online");
});

test("demo: back-channel notices are believed only from the service itself", async () => {
  for (const logout_token of ["", "abc", "eyJhbGciOiJub25lIn0.e30."])
    assert.equal((await aino.post("/demo/backchannel", { logout_token })).status, 400);
  assert.equal((await aino.get("/demo")).heading, "Welcome, Aino");
});

test("demo SIN-11: signing out at the application ends the session, and signing out at User services tells the application", async () => {
  await aino.get("/demo");
  assert.match((await aino.submit({}, "Sign out")).text, /You are signed out/);
  assert.match((await aino.get("/account")).path, /^\/journey\//);

  await aino.get("/demo/sign-in");
  await aino.submit({}, "Continue with authenticator app");
  await aino.submit({ username: "aino.virtanen@example.fi", password: rightPassword });
  assert.equal((await aino.submit({ code: code() })).heading, "Welcome, Aino");
  await aino.get("/account");
  await aino.submit({}, "Sign out");
  await until(async () => (await aino.get("/demo")).heading === "Havula Online", "the application to be told");
});

test("demo: inviting another person says what is wrong, field by field, and sends both messages", async () => {
  const visitor = makeVisitor(service.url);
  await visitor.get("/demo/invite");
  const given = {
    given_name: "Matti",
    family_name: "Korhonen",
    email: "aino.virtanen@example.fi",
    phone: "09 123 456",
  };
  const refused = await visitor.submit(given);
  assert.equal(refused.status, 400);
  assert.match(refused.alerts.join(" "), /not a mobile number/);
  assert.match((await visitor.submit({ phone: "040 765 4321" })).alerts.join(" "), /active account already/);
  assert.match((await visitor.submit({ email: "matti@example.fi" })).text, /The invitation has been sent/);
  await pinTo("+358407654321");
  assert.match((await visitor.get("/demo/invite?lang=fi")).heading, /Kutsu henkilö/);
});
