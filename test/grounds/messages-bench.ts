import { type MessagesDeps, makeMessages, type Outcome, type Outgoing } from "../../src/features/messages/index.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { minutes, plus } from "../../src/kernel/time.ts";
import { makeListen, openDatabase } from "../../src/platform/database/index.ts";
import { makeKeyring } from "../../src/platform/seal/index.ts";
import { fakeClock } from "../../src/ports/clock.ts";
import { fakeMailSender } from "../../src/ports/mail-sender.ts";
import { systemRandom as random } from "../../src/ports/random.ts";
import { fakeSmsSender } from "../../src/ports/sms-sender.ts";
import { testDatabase } from "../harness/database.ts";

/** A database with one organisation, senders that remember, a clock to turn, and an outbox over them: for tests. */
export async function messagesBench() {
  const scratch = await testDatabase();
  const { db, pool, close } = openDatabase(scratch.url);
  const clock = fakeClock();
  const mail = fakeMailSender();
  const sms = fakeSmsSender();
  const outcomes: Outcome[] = [];
  const logged: object[] = [];
  const log = (fields: object, message: string) => void logged.push({ ...fields, message });
  const organisationId = random.id();
  await db
    .insertInto("organisation")
    .values({
      id: organisationId,
      slug: "koivula",
      name: JSON.stringify({ en: "Koivula" }),
      sms_name: "Koivula",
      languages: ["en"],
      authenticator_name: "Koivula",
      policy: "{}",
      created_at: clock.now(),
    })
    .execute();
  const deps: MessagesDeps = {
    db,
    clock,
    random,
    keyring: makeKeyring([new Secret("the messages' secret in this test")]),
    mail,
    sms,
    publicUrl: "https://login.example.fi",
    allowedSmsCountries: ["FI", "SE"],
    log: { info: log, warn: log, error: log },
    onOutcome: (outcome) => outcomes.push(outcome),
  };
  const messages = makeMessages(deps);
  const enqueue = (...outgoing: Outgoing[]) => db.transaction().execute((tx) => messages.enqueue(tx, outgoing));
  const common = () => ({
    language: "en" as const,
    letterhead: { organisationId, name: { en: "Koivula" }, smsName: "Koivula", brandColour: null, support: [] },
    expiresAt: plus(clock.now(), minutes(60)),
  });

  return {
    ...{ db, pool, clock, mail, sms, outcomes, logged, organisationId, deps, messages, enqueue },
    listen: makeListen(scratch.url),
    /** Another node over the same database. */
    node: (over: Partial<MessagesDeps> = {}) => makeMessages({ ...deps, ...over }),
    letter: (over: Partial<Outgoing<"password-changed">> = {}): Outgoing => ({
      ...common(),
      template: "password-changed",
      channel: "email",
      to: "aino@example.fi",
      parameters: { at: clock.now() },
      ...over,
    }),
    pin: (over: Partial<Outgoing<"pin">> = {}): Outgoing => ({
      ...common(),
      template: "pin",
      channel: "sms",
      to: "+358401234567",
      parameters: { pin: "271828" },
      ...over,
    }),
    newPin: (over: Partial<Outgoing<"pin-new">> = {}): Outgoing => ({
      ...common(),
      template: "pin-new",
      channel: "sms",
      to: "+358401234567",
      parameters: { pin: "314159" },
      ...over,
    }),
    rows: () => db.selectFrom("message").selectAll().orderBy("created_at").execute(),
    /** Between tests: no messages, no counters, senders that deliver. */
    async clear() {
      await pool.query("truncate message, throttle");
      for (const list of [mail.sent, sms.sent, outcomes, logged]) list.length = 0;
      mail.answer({ result: "delivered" });
      sms.answer({ result: "delivered" });
    },
    async end() {
      await close();
      await scratch.drop();
    },
  };
}
