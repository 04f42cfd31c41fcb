import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import {
  type Activated,
  activatedAccount,
  invitedWithPin,
  makeOrganisation,
  messagesTo,
  rightPassword,
  signInHere,
} from "../harness/people.ts";
import { movableClock, type Service, startService, until } from "../harness/service.ts";

const clock = movableClock();
const wrongPassword = "neljä sinistä sammakkoa";
let service: Service;
let organisation: Organisation;
before(async () => {
  service = await startService({ clock, env: { VAHVA_TRUSTED_PROXIES: "127.0.0.1,::1,10.9.0.0/16" } });
  organisation = await makeOrganisation(service);
});
after(() => service.close());

/** A browser whose requests come through the proxy with what it says of itself. */
const from = (forwarded: string): Visitor => makeVisitor(service.url, { "x-forwarded-for": forwarded });

const toPassword = async (visitor: Visitor): Promise<Visitor> => {
  await visitor.get("/sign-in?organisation=koivula");
  return visitor;
};
const isDelayed = (visitor: Visitor) => /too many/i.test(visitor.page().alerts.join(" "));

/** Six wrong passwords, each from another address; resolves to whether the last was delayed. */
async function guessFrom(person: Activated, addresses: readonly string[]): Promise<boolean> {
  let delayed = false;
  for (const address of addresses) {
    const visitor = await toPassword(from(address));
    const page = await visitor.submit({ username: person.email, password: wrongPassword });
    assert.ok(page.status < 500, `${address}: ${describe(page)}`);
    delayed = isDelayed(visitor);
  }
  return delayed;
}

test("SIN-10 T96 one network is one bucket, however its addresses are written and whatever the browser adds", async () => {
  const one = "2001:db8:1:2";
  const alike: Record<string, string[]> = {
    "one /64": [`${one}::1`, `${one}:ffff::2`, `${one}:0:0:0:3`, `${one}:a:b:c:d`, `${one}::5`, `${one}::6`],
    "an IPv4 address, plain and mapped": [
      "198.51.100.7",
      "::ffff:198.51.100.7",
      "::ffff:c633:6407",
      "::FFFF:198.51.100.7",
      "198.51.100.7",
      "0:0:0:0:0:ffff:c633:6407",
    ],
    // The proxy adds the address that it saw at the end; what stands before it is the browser's own words.
    "lists whose beginning is made up": [
      "1.1.1.1, 198.51.100.8",
      "2.2.2.2,3.3.3.3, 198.51.100.8",
      "127.0.0.1, 198.51.100.8",
      "unknown, 198.51.100.8",
      "evil.example, 198.51.100.8, 10.9.0.1",
      ", , 198.51.100.8",
    ],
    "what is no address": ["nonsense", "999.1.1.1", "a".repeat(4_000), "<b>", "198.51.100.9:1234:1", "::g"],
  };
  for (const [what, addresses] of Object.entries(alike)) {
    const person = await activatedAccount(service, organisation);
    assert.equal(await guessFrom(person, addresses), true, what);
  }
  const apart = Array.from({ length: 6 }, (_, index) => `2001:db8:2:${index}::1`);
  const person = await activatedAccount(service, organisation);
  assert.equal(await guessFrom(person, apart), false, "six networks are six buckets");
});

test("SIN-10 T96 without a trusted proxy X-Forwarded-For is only noise", async () => {
  const direct = await startService({ clock });
  try {
    const person = await activatedAccount(direct, await makeOrganisation(direct));
    const visitor = makeVisitor(direct.url);
    for (let index = 0; index < 6; index += 1) {
      const guesser = makeVisitor(direct.url, {
        "x-forwarded-for": `203.0.113.${index}`,
        forwarded: `for=203.0.113.${index}`,
      });
      await toPassword(guesser);
      await guesser.submit({ username: person.email, password: wrongPassword });
    }
    await toPassword(visitor);
    await visitor.submit({ username: person.email, password: rightPassword });
    assert.ok(isDelayed(visitor), describe(visitor.page()));
    const networks = await direct.db.selectFrom("audit_event").select("network").distinct().execute();
    assert.ok(!networks.some(({ network }) => network?.startsWith("203.")), JSON.stringify(networks));
  } finally {
    await direct.close();
  }
});

test("SIN-10 T95 a crowd of wrong passwords from everywhere leaves the owner's own browser alone", async () => {
  const person = await activatedAccount(service, organisation);
  await person.visitor.get("/account");
  await person.visitor.submit({}, "Sign out");
  for (let index = 0; index < 60; index += 1)
    await (await toPassword(from(`203.0.113.${index}`))).submit({ username: person.email, password: wrongPassword });

  await toPassword(person.visitor);
  clock.advance(60_000);
  await signInHere(person.visitor, person);
  assert.ok(
    person.visitor.cookies().some(({ name }) => name === "vahva_session"),
    describe(person.visitor.page()),
  );
});

test("SIN-6 T25 T27 A07 wrong codes count over restarted sign-ins and pages: blocked, right or wrong alike", async () => {
  const person = await activatedAccount(service, organisation);
  const atCode = async () => {
    const visitor = await toPassword(makeVisitor(service.url));
    await visitor.submit({ username: person.email, password: rightPassword });
    return visitor;
  };
  for (let round = 0; round < 5; round += 1) {
    const visitor = await atCode();
    await visitor.submit({ code: person.phone.shown(40 + 2 * round) });
    if (round % 2 === 0) await visitor.submit({ code: person.phone.shown(41 + 2 * round) });
    else {
      await visitor.get("/test/code"); // another page that takes a code shares the count
      await visitor.submit({ code: person.phone.shown(41 + 2 * round) });
    }
  }
  clock.advance(60_000);
  const told: string[] = [];
  for (const code of [person.phone.shown(), person.phone.shown(60)]) {
    const visitor = await atCode();
    const page = await visitor.submit({ code });
    assert.ok(!visitor.cookies().some(({ name }) => name === "vahva_session"), "the right code is refused too");
    told.push(page.alerts.join(" "));
  }
  assert.equal(told[0], told[1], "and the answer tells nothing");
  clock.advance(15 * 60_000);
  const visitor = await atCode();
  await visitor.submit({ code: person.phone.shown() });
  assert.ok(
    visitor.cookies().some(({ name }) => name === "vahva_session"),
    describe(visitor.page()),
  );
});

test("ACT-2 MSG-3 T11 A04 a hundred wishes for a new PIN: a minute apart, five a day, to the number on record", async () => {
  const invited = await invitedWithPin(service, organisation);
  const visitor = makeVisitor(service.url);
  await visitor.get(invited.link);
  const ask = () => visitor.submit({}, "new");
  const askAtOnce = await Promise.all(Array.from({ length: 10 }, () => ask().catch(() => null)));
  assert.ok(askAtOnce.every((page) => !page || page.status < 500));
  for (let index = 0; index < 30; index += 1) {
    await visitor.get(invited.link);
    await visitor.post(`${new URL(invited.link).pathname}/pin`, {
      ...visitor.hidden({}),
      phone: "+358409999999",
      to: "+358409999999",
    });
    clock.advance(index % 3 === 0 ? 61_000 : 1_000);
  }
  const rows = await until(async () => {
    const all = await service.db
      .selectFrom("message")
      .select(["template", "state"])
      .where("account_id", "=", invited.accountId)
      .where("channel", "=", "sms")
      .execute();
    return all.every(({ state }) => state !== "waiting") && all;
  }, "the text messages");
  const pins = rows.filter(({ template }) => template === "pin-new");
  assert.ok(pins.length >= 3 && pins.length <= 5, `${pins.length}`);
  const sent = (await service.inbox()).filter(({ channel }) => channel === "sms");
  assert.ok(!sent.some(({ to }) => to === "+358409999999"), "nobody else gets one");
  const delivered = (await messagesTo(service, invited.number)).length;
  assert.ok(delivered <= 1 + 3, `${delivered}: the invitation's, and three new ones an hour`);
});
