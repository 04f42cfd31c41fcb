import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { minutes } from "../../src/kernel/time.ts";
import { makeVisitor } from "../harness/agent.ts";
import {
  type Activated,
  activatedAccount,
  makeOrganisation,
  rightPassword,
  signInHere,
  toNextCode,
} from "../harness/people.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";

let service: Service;
let aino: Activated;
const clock = movableClock();
before(async () => {
  service = await startService({ clock });
  aino = await activatedAccount(service, await makeOrganisation(service), { userName: "aino.v" });
});
after(() => service.close());

const visitor = (headers?: Record<string, string>) => makeVisitor(service.url, headers);

const atCode = async () => {
  const person = visitor();
  await person.get("/sign-in?organisation=koivula");
  await person.submit({ username: aino.email, password: rightPassword });
  assert.match(person.page().heading, /Enter the code/);
  return person;
};

test("SIN-3 user name and e-mail both work, however they are written", async () => {
  for (const username of ["aino.v", ` ${aino.email.toUpperCase()} `]) {
    const person = visitor();
    await person.get("/sign-in");
    await person.submit({ username, password: rightPassword });
    assert.equal((await person.submit({ code: await aino.phone.code() })).path, "/account");
  }
});

test("SIN-3 T94 an unknown user and a wrong password read the same, and what was typed is kept", async () => {
  const pages = [];
  for (const username of [aino.email, "nobody@koivula.example"]) {
    const person = visitor();
    await person.get("/sign-in?organisation=koivula");
    const page = await person.submit({ username, password: "not the right one at all" });
    assert.equal(page.status, 200);
    assert.match(page.title, /^Error:/);
    assert.equal(page.forms.find(({ fields }) => "username" in fields)?.fields.username, username);
    pages.push(page.text);
  }
  assert.equal(pages[0], pages[1]);
});

test("SIN-6 T23 T26 each code works once, one step of drift either way, and is taken with spaces", async () => {
  const code = await aino.phone.code();
  await atCode().then((person) => person.submit({ code: `${code.slice(0, 3)} ${code.slice(3)}` }));
  const again = await atCode();
  assert.match((await again.submit({ code })).alerts.join(), /already been used/);
  clock.advance(minutes(10));
  toNextCode(clock);
  assert.match((await again.submit({ code: aino.phone.shown(-4) })).alerts.join(), /2 minutes behind/);
  assert.match((await again.submit({ code: "000 000" })).alerts.join(), /wrong/);
  assert.equal((await again.submit({ code: aino.phone.shown(-1) })).path, "/account");
  clock.advance(minutes(1));
});

test("SIN-8 a page that was bookmarked, reloaded or reached by Back leads on, never to a dead end", async () => {
  const person = await atCode();
  const bookmarked = person.page().path;
  assert.match((await person.get(bookmarked)).heading, /Enter the code/);
  const form = person.hidden({ code: "" });
  assert.equal((await person.submit({ code: await aino.phone.code() })).path, "/account");
  assert.equal((await person.get(bookmarked)).path, "/account");
  assert.equal((await person.post(bookmarked, { ...form, code: "123456" })).path, "/account");

  const stranger = await visitor().get(bookmarked);
  assert.ok(stranger.forms.length > 0 && /Sign in|Continue/.test(stranger.text));
  for (const path of ["/journey/none", "/journey/00000000-0000-4000-8000-000000000000"])
    assert.match((await visitor().get(path)).heading, /Sign in/);

  const slow = await atCode();
  const kept = slow.page().path;
  clock.advance(minutes(61));
  const anew = await slow.get(kept);
  assert.notEqual(anew.path, kept);
  assert.match(anew.heading, /Sign in with your password/);
  await signInHere(slow, aino);
  assert.equal(slow.page().path, "/account");
});

test("SIN-8 two tabs of one browser sign in each on its own, and a form posted twice leads on", async () => {
  const person = visitor();
  await person.get("/sign-in?organisation=koivula");
  const first = person.page();
  await person.get("/sign-in?organisation=koivula&to=account");
  assert.notEqual(person.page().path, first.path);
  const firstForm = first.forms.find(({ fields }) => "password" in fields)?.fields ?? {};
  const typed = { ...firstForm, username: aino.email, password: rightPassword };
  const twice = await Promise.all([person.post(first.path, typed), person.post(first.path, typed)]);
  for (const page of twice) assert.match(page.heading, /Enter the code/);
  await person.get(first.path);
  const code = await aino.phone.code();
  const form = { ...person.hidden({ code: "" }), code };
  const double = await Promise.all([person.post(first.path, form), person.post(first.path, form)]);
  assert.deepEqual(
    double.map(({ status }) => status),
    [200, 200],
  );
  assert.equal((await person.get(first.path)).path, "/account");
  assert.equal((await person.get("/sign-in")).path, "/account");
});

test("SIN-8 no step is skipped by an empty or foreign step", async () => {
  const person = visitor();
  await person.get("/sign-in?organisation=koivula");
  const { path } = person.page();
  const token = person.hidden().form_token ?? "";
  for (const step of ["totp", "totp-link", "new-password", "continue", "give-up", "choose", "", "__proto__"]) {
    await person.post(path, { form_token: token, step, code: aino.phone.shown(), method: "totp" });
    assert.match(person.page().heading, /Sign in with your password/);
  }
  assert.equal((await person.get("/account")).path.startsWith("/journey/"), true);
});

test("SIN-11 T71 a session's cookie is new after signing in, the planted one is worth nothing, the old one dies", async () => {
  const person = visitor();
  const browser = person.cookies();
  const planted = { name: "vahva_session", value: "p".repeat(43), path: "/" };
  person.restore([...browser, planted]);
  await person.get("/sign-in?organisation=koivula&to=account");
  await signInHere(person, aino);
  const session = () => person.cookies().find(({ name }) => name === "vahva_session")?.value ?? "";
  const first = session();
  assert.notEqual(first, planted.value);
  clock.advance(minutes(6));
  await person.submit({}, "Change");
  await person.submit({ password: rightPassword });
  await person.submit({ code: await aino.phone.code() });
  await person.submit({ new_password: "viisi keltaista ankkaa" });
  assert.notEqual(session(), first);
  const thief = visitor();
  thief.restore([{ ...planted, value: first }]);
  assert.match((await thief.get("/account")).heading, /Sign in/);
  await person.submit({}, "Change");
  await person.submit({ new_password: rightPassword });
});

test("SIN-10 a person who mistypes many times is delayed and told until when, and gets in after that", async () => {
  const who = await activatedAccount(service, await makeOrganisation(service, "slow"));
  const person = visitor({ "x-forwarded-for": "203.0.113.9" });
  await person.get("/sign-in?organisation=slow");
  for (let round = 0; round < 30 && !/Too many wrong passwords/.test(person.page().text); round += 1)
    await person.submit({ username: who.email, password: `wrong password ${round}` });
  assert.match(person.page().text, /You can try again (?:at|on)/);
  clock.advance(minutes(20));
  await person.submit({ username: who.email, password: rightPassword });
  assert.match(person.page().heading, /Enter the code/);
});

test("SIN-11 T73 a session ends after idle time and at the end of its life, on the server", async () => {
  const idle = visitor();
  await idle.get("/sign-in?organisation=koivula&to=account");
  await signInHere(idle, aino);
  assert.equal((await idle.get("/account")).path, "/account");
  clock.advance(minutes(24 * 60));
  assert.match((await idle.get("/account")).heading, /Sign in/);
});
