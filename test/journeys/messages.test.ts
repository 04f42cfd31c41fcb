import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { minutes } from "../../src/kernel/time.ts";
import { startGate } from "../doubles/gate.ts";
import { noKannel, startKannel, type TestKannel } from "../doubles/kannel.ts";
import { startSmtpServer, type TestSmtpServer } from "../doubles/smtp-server.ts";
import { makeVisitor } from "../harness/agent.ts";
import { invite, keyOn, linkIn, makeOrganisation, makePhone, rightPassword } from "../harness/people.ts";
import { movableClock, type Service, startService, until } from "../harness/service.ts";

const skip = noKannel();
const clock = movableClock();
const folder = mkdtempSync(join(tmpdir(), "vahva-mail-"));
let smtp: TestSmtpServer;
let kannel: TestKannel;
let mailGate: Awaited<ReturnType<typeof startGate>>;
let smsGate: Awaited<ReturnType<typeof startGate>>;
let service: Service;
let koivula: Organisation;

before(async () => {
  if (skip) return;
  [smtp, kannel] = await Promise.all([startSmtpServer(), startKannel()]);
  const gateway = new URL(kannel.sendsmsUrl);
  [mailGate, smsGate] = await Promise.all([startGate({ port: smtp.port }), startGate({ port: Number(gateway.port) })]);
  writeFileSync(join(folder, "ca.pem"), smtp.ca);
  gateway.port = String(smsGate.port);
  service = await startService({
    clock,
    env: {
      VAHVA_MODE: "production",
      VAHVA_SMTP_URL: `smtp://${smtp.user}:${smtp.password}@localhost:${mailGate.port}`,
      VAHVA_SMTP_CA_FILE: join(folder, "ca.pem"),
      VAHVA_MAIL_FROM: "kirjautuminen@koivula.example",
      VAHVA_SMS_URL: `${gateway.href}?username=svc&password=svcpw&from={from}&to={to}&charset={charset}&coding={coding}&text={text}`,
    },
  });
  koivula = await makeOrganisation(service);
});
beforeEach(async () => {
  await Promise.all([mailGate?.open(), smsGate?.open()]);
});
after(async () => {
  await service?.close();
  await Promise.all([mailGate?.stop(), smsGate?.stop()]);
  await Promise.all([smtp?.stop(), kannel?.stop()]);
  rmSync(folder, { recursive: true });
});

const mailsTo = (email: string) => smtp.inbox.filter(({ envelope }) => envelope.to.includes(email));
const textsTo = async (number: string) =>
  (await kannel.received()).filter(({ to }) => to.replace(/\D/g, "") === number.replace(/\D/g, ""));
const pinIn = (text = "") => /\b\d{6}\b/.exec(text)?.[0] ?? "";
const linkTo = async (email: string) => linkIn(mailsTo(email).at(-1)?.text ?? "") || null;
const pinTo = async (number: string) => pinIn((await textsTo(number)).at(-1)?.text) || null;
const linkSentTo = (email: string) => until(() => linkTo(email), "the e-mail");
const pinSentTo = (number: string) => until(() => pinTo(number), "the text message");

/**
 * What arrives after an outage. The clock goes on meanwhile: an attempt that was under way when the way was opened fails
 * still, and puts the next one off by minutes of its own.
 */
const afterOutage = (find: () => Promise<string | null>) =>
  until(async () => {
    const found = await find();
    if (!found) clock.advance(minutes(1));
    return found;
  }, "what waited for the outage to end");

/** Each message for somebody: its channel, what has become of it, and how often that was tried. */
const outbox = (accountId: string) =>
  service.db
    .selectFrom("message")
    .select(["channel", "template", "state", "attempts", "next_attempt_at"])
    .where("account_id", "=", accountId)
    .orderBy("created_at")
    .execute();

/**
 * Twenty minutes in which the sender is away: tried again and again, delivered never. An attempt counts when it has
 * ended, and the next is well within the three minutes that a claim holds: a clock that moved on in the middle of one would
 * put the next off beyond what this waits for.
 */
async function twentyMinutes(accountId: string, channel: "email" | "sms") {
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    await until(async () => {
      const last = (await outbox(accountId)).filter((each) => each.channel === channel).at(-1);
      if (last?.state !== "waiting") return Boolean(last);
      const ended = Number(last.next_attempt_at) - clock.now().getTime() < minutes(2.5);
      return last.attempts >= attempt && ended;
    }, `attempt ${attempt}`);
    clock.advance(minutes(5));
  }
}

test("MSG-1 ACT-2 ACT-6 the whole journey in production: e-mail by STARTTLS and sign-in, text messages by Kannel", {
  skip,
}, async () => {
  const phone = "+358401110001";
  const { email } = await invite(service, koivula, { phone, familyName: "Äyräväinen" });
  const person = makeVisitor(service.url);
  await person.get(await linkSentTo(email));
  assert.match(person.page().text, /Aino Äyräväinen/);
  assert.ok(!person.page().text.includes("demonstration"));
  await person.submit({ pin: await pinSentTo(phone) });
  await person.submit({ new_password: rightPassword });
  const app = makePhone(keyOn(person.page().html), clock);
  await person.submit({ code: await app.code() });
  assert.match(person.page().heading, /Your account is active/);
  const [letter] = mailsTo(email);
  assert.ok(letter?.tls);
  assert.match(letter.from, /Koivula/);
  assert.match(letter.html, /<a [^>]*href="http:\/\/localhost/);
  const notice = await until(() => mailsTo(email)[1], "the notice of the linked app");
  assert.doesNotMatch(notice.text + notice.html, /\/activate\//);
  assert.equal((await fetch(`${service.url}/demo/inbox.json`)).status, 404);
});

test("MSG-1 ACT-9 a mail server that is away for 20 minutes: the invitation arrives once, and works", {
  skip,
}, async () => {
  const phone = "+358401110002";
  await mailGate.shut();
  const { email, accountId } = await invite(service, koivula, { phone });
  const pin = await pinSentTo(phone);
  await twentyMinutes(accountId, "email");
  assert.deepEqual(mailsTo(email), []);
  await mailGate.open();
  const link = await afterOutage(() => linkTo(email));
  const person = makeVisitor(service.url);
  await person.get(link);
  assert.match((await person.submit({ pin })).heading, /Choose a password/);
  clock.advance(minutes(60));
  await settled(accountId);
  assert.equal(mailsTo(email).length, 1);
  assert.equal((await textsTo(phone)).length, 1);
});

test("MSG-1 T108 a gateway that is away for 20 minutes: the PIN arrives once, one that expired meanwhile never", {
  skip,
}, async () => {
  const phone = "+358401110003";
  await smsGate.shut();
  const { email, accountId } = await invite(service, koivula, { phone });
  const person = makeVisitor(service.url);
  await person.get(await linkSentTo(email));
  await twentyMinutes(accountId, "sms");
  assert.deepEqual(await textsTo(phone), []);
  await smsGate.open();
  const first = await afterOutage(() => pinTo(phone));

  await smsGate.shut();
  await person.get(await linkSentTo(email));
  await person.submit({}, "Send a new PIN");
  assert.match(person.page().text, /We sent a new PIN/);
  await twentyMinutes(accountId, "sms");
  await smsGate.open();
  clock.advance(minutes(20));
  await settled(accountId);
  const texts = await outbox(accountId);
  assert.deepEqual(
    texts.filter(({ channel }) => channel === "sms").map(({ state }) => state),
    ["delivered", "expired"],
  );
  assert.deepEqual(
    (await textsTo(phone)).map(({ text }) => pinIn(text)),
    [first],
  );
  await person.submit({}, "Send a new PIN");
  const third = await until(async () => pinIn((await textsTo(phone))[1]?.text) || null, "the third PIN");
  assert.match((await person.submit({ pin: third })).heading, /Choose a password/);
});

test("MSG-1 a text message centre that is away behind the gateway loses nothing and doubles nothing", {
  skip,
}, async () => {
  const phone = "+358401110004";
  await kannel.stopSmsc();
  const { email, accountId } = await invite(service, koivula, { phone });
  await linkSentTo(email);
  await settled(accountId);
  assert.deepEqual(await textsTo(phone), []);
  await kannel.startSmsc();
  const pin = await pinSentTo(phone);
  const person = makeVisitor(service.url);
  await person.get(await linkSentTo(email));
  assert.match((await person.submit({ pin })).heading, /Choose a password/);
  assert.equal((await textsTo(phone)).length, 1);
});

test("MSG-1 a mailbox that does not exist is told to whoever invited, and is not tried for ever", {
  skip,
}, async () => {
  smtp.setFault("nobody@koivula.example", "550 5.1.1 no such user");
  const { accountId } = await invite(service, koivula, { email: "nobody@koivula.example", phone: "+358401110005" });
  await settled(accountId);
  assert.deepEqual((await outbox(accountId)).map(({ channel, state }) => `${channel} ${state}`).sort(), [
    "email failed",
    "sms delivered",
  ]);
});

/** Nothing waits any more. */
const settled = (accountId: string) =>
  until(async () => (await outbox(accountId)).every(({ state }) => state !== "waiting"), "the outbox to be empty");
