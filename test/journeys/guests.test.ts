import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { hours } from "../../src/kernel/time.ts";
import { describe, makeVisitor, type Page, type Visitor } from "../harness/agent.ts";
import { invite, makeOrganisation, messagesTo, wordsTo } from "../harness/people.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";

let service: Service;
let koivula: Organisation;
const clock = movableClock();
const home = { name: "Lehtola University", help: "+358 16 555 0200" };

before(async () => {
  service = await startService({ clock });
  koivula = await makeOrganisation(service, "koivula", {
    emailCategories: { "lehtola.example": "guest" },
    policy: { recovery: { homes: { "lehtola.example": home } } },
  });
});
after(() => service.close());

/** A guest who was invited; the invitation has come. */
async function guest(name: string): Promise<{ email: string; accountId: string }> {
  const email = `${name}@lehtola.example`;
  const { accountId } = await invite(service, koivula, { email });
  await messagesTo(service, email);
  return { email, accountId };
}

/** Stands at what a guest is shown. */
async function begin(email: string, visitor = makeVisitor(service.url)): Promise<Visitor> {
  await visitor.get("/recover?organisation=koivula");
  await visitor.submit({ email });
  return visitor;
}

/** Writes to support; stands at the answer for everybody. */
async function write(email: string, message = "My phone is lost"): Promise<Visitor> {
  const visitor = await begin(email);
  await visitor.submit({ message });
  return visitor;
}

const linkTo = (email: string, count = 1): Promise<string> =>
  wordsTo(service, email, /https?:\/\/\S+\/recover\/guest\/[\w-]{43}(?=\s)/, count);

const casesOf = (accountId: string) => service.features.cases.list(service.db, { accountId });
const mailed = async (email: string) => (await service.inbox()).filter(({ to }) => to === email).length;

/** What somebody else sees, without what differs from one page to the next by chance. */
const sameFor = ({ html, path }: Page, email: string): string =>
  `${path} ${html}`
    .replaceAll(email, "<email>")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>")
    .replaceAll(/name="form_token" value="[^"]*"/g, "<token>");

test("REC-5 MSG-4 a guest is told who can help, writes to support, confirms the address by a click, and a case is open", async () => {
  const { email, accountId } = await guest("aino");
  const visitor = await begin(email);
  const page = visitor.page();
  assert.match(page.heading, /You are a guest here/, describe(page));
  assert.match(page.text, /Lehtola University[\s\S]*\+358 16 555 0200/);
  assert.ok(!page.forms.some(({ buttons }) => buttons.some(({ value }) => value === "reset")), "no other way");
  await visitor.submit({ message: "My phone is lost.\nPlease call <b>me</b>." });
  assert.match(visitor.page().heading, /Open your e-mail/);
  assert.deepEqual(
    (await casesOf(accountId)).map(({ state }) => state),
    ["unconfirmed"],
  );

  const link = await linkTo(email);
  const reader = makeVisitor(service.url);
  for (let time = 0; time < 3; time++) {
    const opened = await reader.get(link);
    assert.match(opened.text, /My phone is lost\.\s*Please call <b>me<\/b>\./);
    assert.match(opened.heading, /Is this message yours/);
  }
  assert.deepEqual(
    (await casesOf(accountId)).map(({ state }) => state),
    ["unconfirmed"],
    "opening confirms nothing",
  );
  const confirmed = await reader.submit({}, "Confirm and send");
  assert.match(confirmed.heading, /User support has your message/, describe(confirmed));
  const [one] = await casesOf(accountId);
  assert.deepEqual([one?.kind, one?.state], ["guest", "open"]);
  assert.ok(one?.confirmedAt && confirmed.text.includes(one.reference));
  const [letter] = await messagesTo(service, "tuki@koivula.example", 1, new RegExp(one.reference));
  assert.doesNotMatch(JSON.stringify(letter), /aino|Virtanen|lehtola/i, "nothing of whose it is");
  assert.match((await reader.get(link)).heading, /User support has your message/, "again, and it is said again");

  await write(email, "Once more");
  assert.equal((await casesOf(accountId)).length, 1, "support has one already");
  assert.equal(await mailed(email), 2, "and no other link goes out");
});

test("REC-8 a link that went to an address that was changed since confirms nothing", async () => {
  const { email, accountId } = await guest("moved");
  await write(email);
  const link = await linkTo(email);
  const by = { actor: "operator", reason: "a new address" } as const;
  await service.features.support.changeAccount(accountId, { email: "moves@lehtola.example" }, by);
  const reader = makeVisitor(service.url);
  const page = await reader.get(link);
  assert.deepEqual([page.status, page.forms.length], [404, 0], describe(page));
  assert.doesNotMatch(page.text, /My phone is lost/);
  await begin(email, reader);
  await reader.post(link, reader.hidden());
  assert.deepEqual(await casesOf(accountId), []);
});

test("REC-6 nobody learns whether a guest is known, nor has anything mailed to a stranger", async () => {
  const { email } = await guest("known");
  const pages = async (address: string) => {
    const visitor = await begin(address);
    const first = sameFor(visitor.page(), address);
    await visitor.submit({ message: "Help" });
    return [first, sameFor(visitor.page(), address)];
  };
  const stranger = "stranger@lehtola.example";
  assert.deepEqual(await pages(stranger), await pages(email));
  await linkTo(email);
  assert.equal(await mailed(stranger), 0);
  const [event] = await service.db
    .selectFrom("audit_event")
    .select(["result", "detail"])
    .where("type", "=", "case.not-opened")
    .orderBy("at", "desc")
    .orderBy("number", "desc")
    .execute();
  assert.deepEqual([event?.result, event?.detail], ["refused", { kind: "guest", reason: "nobody" }]);
});

test("REC-5 REC-6 T88 an address gets three links a day at most, and the page says the same", async () => {
  const { email, accountId } = await guest("often");
  const pages: string[] = [];
  for (let time = 0; time < 5; time++) pages.push(sameFor((await write(email)).page(), email));
  assert.deepEqual(new Set(pages).size, 1);
  assert.equal((await casesOf(accountId)).length, 3);
  await linkTo(email, 3);
  assert.equal(await mailed(email), 4);
});

test("REC-5 a message is needed, and not endless; no other way is taken by posting it", async () => {
  const { email, accountId } = await guest("silent");
  const visitor = await begin(email);
  assert.match((await visitor.submit({ message: "  " })).alerts.join(), /Write what you need help with/);
  assert.match((await visitor.submit({ message: "x".repeat(1001) })).alerts.join(), /too long/);
  const { path } = visitor.page();
  for (const way of ["reset", "password", "order", "support"])
    assert.equal((await visitor.post(path, { ...visitor.hidden(), step: "recovery-way", way })).path, path);
  assert.match((await visitor.get(path)).heading, /You are a guest here/);
  await visitor.post(path, { ...visitor.hidden(), step: "identity-proofed", means: "telia" });
  assert.match((await visitor.get(path)).heading, /You are a guest here/);
  assert.deepEqual(await casesOf(accountId), []);
});

test("REC-5 T18 a link is good for 24 hours; a late, used up or made-up one confirms nothing", async () => {
  const { email, accountId } = await guest("late");
  await write(email);
  const link = await linkTo(email);
  const reader = makeVisitor(service.url);
  await reader.get(link);
  clock.advance(hours(24));
  assert.match((await reader.submit({}, "Confirm and send")).heading, /no longer works/);
  assert.notEqual((await casesOf(accountId))[0]?.state, "open");
  const nobodys = await reader.get(`/recover/guest/${"x".repeat(43)}`);
  assert.deepEqual([nobodys.status, nobodys.heading], [404, "This link no longer works"]);

  await write(email);
  const second = await linkTo(email, 2);
  await reader.get(second);
  await reader.submit({}, "Confirm and send");
  const [open] = (await casesOf(accountId)).filter(({ state }) => state === "open");
  assert.ok(open);
  await service.features.cases.decide(open, { decision: "close", reason: "Helped", actor: "operator" });
  assert.match((await reader.get(second)).heading, /no longer works/, "dealt with");
});
