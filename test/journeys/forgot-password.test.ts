import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { minutes } from "../../src/kernel/time.ts";
import { startApplication, type TestApplication } from "../doubles/application.ts";
import { makeVisitor, type Visitor } from "../harness/agent.ts";
import {
  type Activated,
  activatedAccount,
  makeOrganisation,
  messagesTo,
  rightPassword,
  wordsTo,
} from "../harness/people.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";

let service: Service;
let second: Service;
let koivula: Organisation;
let wiki: TestApplication;
const clock = movableClock();
const newPassword = "neljä keltaista leijonaa";

before(async () => {
  service = await startService({ clock });
  second = await startService({
    clock,
    databaseUrl: service.databaseUrl,
    env: { VAHVA_PUBLIC_URL: service.url },
  });
  koivula = await makeOrganisation(service, "koivula");
  wiki = await startApplication(service, { settings: { name: { en: "Wiki" } }, organisationId: koivula.id });
});
after(async () => {
  await wiki.close();
  await second.close();
  await service.close();
});

/** From `/recover` to the answer for everybody. */
async function askFor(address: string, organisation = "koivula"): Promise<Visitor> {
  const visitor = makeVisitor(service.url);
  await visitor.get(`/recover?organisation=${organisation}`);
  await visitor.submit({ email: address });
  await visitor.submit({}, "password");
  return visitor;
}

/** The link in the latest e-mail to `email`, once there are `count` of them. */
const linkTo = (email: string, count = 1): Promise<string> =>
  wordsTo(service, email, /https?:\/\/\S+\/recover\/password\/[\w-]{43}/, count);

async function asked(person: Activated): Promise<string> {
  await askFor(person.email);
  return linkTo(person.email);
}

/** Opens the link and chooses the new password; the visitor stands at what comes then. */
async function chooseBy(link: string, visitor = makeVisitor(service.url)): Promise<Visitor> {
  await visitor.get(link);
  await visitor.submit({}, "Choose a new password");
  await visitor.submit({ new_password: newPassword });
  return visitor;
}

test("REC-1 REC-7 T76 forgotten on the way to an application: a link, a new password, the code as always, and in", async () => {
  const person = await activatedAccount(service, koivula);
  const visitor = makeVisitor(service.url);
  await visitor.get(`${wiki.url}/login`);
  await visitor.click("Forgot your password?");
  assert.match(visitor.page().path, /^\/recover\?/);
  await visitor.submit({ email: person.email });
  await visitor.submit({}, "password");
  assert.match(visitor.page().heading, /Look at your e-mail/);
  assert.match(visitor.page().text, /If there is an account for this address/);

  const reader = await chooseBy(await linkTo(person.email));
  assert.match(reader.page().heading, /Your password was changed/);
  assert.ok(!reader.cookies().some(({ name }) => name.endsWith("vahva_session")), "nobody is signed in by it");
  assert.match((await reader.get("/account")).heading, /Sign in/);

  await visitor.click("Back to signing in");
  await visitor.submit({ username: person.email, password: rightPassword });
  assert.match(visitor.page().alerts.join(), /wrong/);
  await visitor.submit({ username: person.email, password: newPassword });
  assert.match(visitor.page().heading, /Enter the code/);
  await visitor.submit({ code: await person.phone.code() });
  assert.equal(new URL(visitor.page().url).origin, wiki.url);
  assert.match(visitor.page().text, /Signed in/);
  await messagesTo(service, person.email, 1, /password was changed/);
});

test("REC-1 T72 sessions of the old password end at once on both nodes, where it was chosen too", async () => {
  const person = await activatedAccount(service, koivula);
  const elsewhere = makeVisitor(`http://localhost:${second.port}`);
  elsewhere.restore(person.visitor.cookies());
  for (const visitor of [person.visitor, elsewhere]) assert.match((await visitor.get("/account")).text, /Signed in as/);
  await chooseBy(await asked(person), person.visitor);
  for (const visitor of [person.visitor, elsewhere])
    assert.doesNotMatch((await visitor.get("/account")).text, /Signed in as/);
});

test("REC-1 MSG-4 ten scanners open the link before its reader does; then sixteen posts at two nodes: one wins", async () => {
  const person = await activatedAccount(service, koivula);
  const link = await asked(person);
  for (let time = 0; time < 10; time += 1) {
    const scanner = await fetch(link, { redirect: "manual", headers: { "user-agent": "LinkScanner/1.0" } });
    assert.equal(scanner.status, 200);
    const looked = await fetch(link, { method: "HEAD", redirect: "manual" });
    assert.equal(looked.status, 200);
  }
  const readers = await Promise.all(
    Array.from({ length: 16 }, async (_, index) => {
      const reader = makeVisitor(`http://localhost:${index % 2 === 0 ? service.port : second.port}`);
      await reader.get(new URL(link).pathname);
      return reader;
    }),
  );
  const pages = await Promise.all(readers.map((reader) => reader.submit({}, "Choose a new password")));
  assert.equal(pages.filter(({ html }) => html.includes('name="new_password"')).length, 1);
  assert.equal(pages.filter(({ heading }) => /no longer works/.test(heading)).length, 15);
});

test("REC-1 SIN-8 used, replaced, expired and unknown links say so, and lead to a new one; Back leads on", async () => {
  const person = await activatedAccount(service, koivula);
  const first = await asked(person);
  clock.advance(minutes(6));
  await askFor(person.email);
  const link = await linkTo(person.email, 2);
  const visitor = makeVisitor(service.url);
  assert.match((await visitor.get(first)).heading, /This link no longer works/);
  await visitor.click("Ask for a new link");
  assert.match(visitor.page().path, /^\/recover/);

  await visitor.get(link);
  await visitor.submit({}, "Choose a new password");
  const journey = visitor.page().path;
  assert.equal((await visitor.get(link)).path, journey, "Back, and the link again, lead to where one was");
  assert.match((await makeVisitor(service.url).get(link)).heading, /no longer works/, "in another browser it is used");
  await visitor.get(journey);
  await visitor.submit({ new_password: newPassword });
  assert.match((await visitor.get(journey)).heading, /Your password was changed/);
  assert.match((await visitor.get(link)).heading, /no longer works/);
  const unknown = await visitor.get(`/recover/password/${"x".repeat(43)}`);
  assert.equal(unknown.status, 404);
  assert.match(unknown.heading, /no longer works/);

  clock.advance(minutes(6));
  await askFor(person.email);
  const late = await linkTo(person.email, 3);
  clock.advance(minutes(31));
  assert.match((await visitor.get(late)).heading, /no longer works/);
});

test("REC-1 whoever never had a password chooses one by the link, and is told", async () => {
  const person = await activatedAccount(service, koivula);
  await service.db.deleteFrom("password").where("account_id", "=", person.accountId).execute();
  await service.db
    .deleteFrom("authenticator")
    .where("account_id", "=", person.accountId)
    .where("method", "=", "password")
    .execute();
  const reader = await chooseBy(await asked(person));
  assert.match(reader.page().heading, /Your password was changed/);
  await reader.click("Sign in");
  await reader.submit({ username: person.email, password: newPassword });
  await reader.submit({ code: await person.phone.code() });
  assert.equal(reader.page().path, "/account");
  await messagesTo(service, person.email, 1, /password was changed/);
});

test("REC-8 the notice of it freezes the account; a link that was sent before leads nowhere then", async () => {
  const person = await activatedAccount(service, koivula);
  await chooseBy(await asked(person));
  clock.advance(minutes(6));
  await askFor(person.email);
  const link = await linkTo(person.email, 2);
  const owner = makeVisitor(service.url);
  await owner.get(await wordsTo(service, person.email, /https?:\/\/\S+\/not-me\/[\w-]+/));
  await owner.submit({}, "Freeze");
  const thief = makeVisitor(service.url);
  await thief.get(link);
  assert.match(thief.page().heading, /no longer works/);
  await askFor(person.email);
  const queued = service.db.selectFrom("message").where("account_id", "=", person.accountId);
  const links = await queued.where("template", "=", "password-link").select("id").execute();
  assert.equal(links.length, 2, "none beside the two from before");
});

test("REC-2 REC-6 where passwords are ordered, /recover orders one for the address that was typed once", async () => {
  const agency = await makeOrganisation(service, "agency", { policy: { password: { way: "temporary" } } });
  const phone = "+358451234567";
  const given = { givenName: "Eino", familyName: "Salo", language: "en", email: "eino@agency.example", phone };
  await service.features.inviting.invite(agency, given, { actor: "operator" });
  await messagesTo(service, phone);
  await service.db.updateTable("account").set({ state: "activating" }).where("email", "=", given.email).execute();
  const visitor = makeVisitor(service.url);
  await visitor.get("/recover?organisation=agency");
  await visitor.submit({ email: given.email });
  await visitor.submit({}, "order");
  assert.match(visitor.page().heading, /Look at your phone/);
  await messagesTo(service, phone, 2, /temporary password/);
  await visitor.click("Back to signing in");
  assert.match(visitor.page().heading, /Sign in/);
  const [signIn] = visitor.page().forms;
  assert.equal(signIn?.fields.username, given.email, "nor is it typed again to sign in");
  assert.doesNotMatch(visitor.page().path, /eino/, "and no address holds it");
});
