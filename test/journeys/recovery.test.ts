import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { minutes } from "../../src/kernel/time.ts";
import { type EidService, openEidService } from "../grounds/eid-service.ts";
import { hasSession, type Recovering, recovering } from "../grounds/recovery.ts";
import { describe, makeVisitor } from "../harness/agent.ts";
import { makeOrganisation, messagesTo, rightPassword, signInHere } from "../harness/people.ts";

let service: EidService;
let lost: Recovering;
before(async () => {
  service = await openEidService();
  lost = recovering(service);
});
after(() => service.close());

let count = 0;
const organisation = (settings: object = {}): Promise<Organisation> => {
  count += 1;
  return makeOrganisation(service, `org-${count}`, settings);
};

const unchanged = async (accountId: string, before: Awaited<ReturnType<Recovering["standing"]>>) =>
  assert.deepEqual(await lost.standing(accountId), before);

test("REC-3 REC-7 T76 lost phone: proved by the bank, everything is removed, nobody is signed in; linked anew, then in", async () => {
  const koivula = await organisation();
  const aino = await lost.account(koivula, "tero");
  const before = await lost.standing(aino.accountId);
  assert.deepEqual([before.methods, before.sessions], [["eid", "password", "totp"], 1]);

  const visitor = await lost.reset(aino.email, "tero", { organisation: koivula });
  assert.ok(!hasSession(visitor), "REC-7 the reset signs nobody in");
  const after = await lost.standing(aino.accountId);
  assert.deepEqual(after, { state: "active", epoch: before.epoch + 1, methods: ["password"], sessions: 0, resets: 1 });
  assert.match((await aino.visitor.get("/account")).path, /^\/journey\//, "who was signed in is out");

  // REC-8: to the e-mail and the phone, with a way to say that it was not them.
  const [letter] = await messagesTo(service, aino.email, 4);
  assert.match(letter?.subject ?? "", /reset/);
  assert.match(letter?.text ?? "", /\/not-me\/[\w-]{43}/);
  assert.ok((await messagesTo(service, aino.number, 3)).some(({ text }) => /were reset/.test(text)));
  const [event] = await service.events("recovery.reset", aino.accountId);
  assert.deepEqual([event?.result, event?.broker], ["done", "op"]);

  const wrong = makeVisitor(service.url);
  await wrong.get(`/sign-in?organisation=${koivula.slug}&to=account`);
  await wrong.submit({}, "totp");
  const alone = await wrong.submit({ username: aino.email, password: rightPassword });
  assert.ok(!hasSession(wrong), "T76 the password alone gets nobody in");
  assert.match(alone.heading, /can’t sign in/, describe(alone));

  const phone = await lost.linkApp(visitor);
  const linked = visitor.page();
  assert.match(linked.heading, /is linked/, describe(linked));
  assert.ok(!hasSession(visitor), "REC-7 nor does linking anew");
  await visitor.click("Sign in");
  if (visitor.page().heading.startsWith("Sign in") && !visitor.page().forms.some(({ fields }) => "username" in fields))
    await visitor.submit({}, "totp");
  const page = await signInHere(visitor, { email: aino.email, phone });
  assert.equal(page.path, "/account", describe(page));
  assert.deepEqual((await lost.standing(aino.accountId)).methods, ["password", "totp"]);
});

test("REC-4 T77 another person of the same name and date of birth is refused, nothing changes, and the owner is told, once an hour", async () => {
  const koivula = await organisation();
  const aino = await lost.account(koivula, "tero");
  const before = await lost.standing(aino.accountId);
  for (const _again of [1, 2]) {
    const visitor = await lost.toProof(aino.email, { organisation: koivula });
    const page = await service.identify(visitor, "op", "namesake");
    assert.match(page.heading, /could not confirm that this account is yours/, describe(page));
    assert.match(page.text, /\+?358 ?10 ?555 ?0100|010 555 0100/, "with whom to ask");
    assert.match(page.text, /Reference|reference/);
    assert.doesNotMatch(page.html, /010170|999R|998P|Äyrämö/);
    assert.ok(!hasSession(visitor));
  }
  await unchanged(aino.accountId, before);
  const events = await service.events("recovery.refused", aino.accountId);
  assert.deepEqual(
    events.map(({ result, reason }) => `${result} ${reason}`),
    ["refused another-person", "refused another-person"],
  );
  const told = (await messagesTo(service, aino.email, 4)).filter(({ subject }) => /tried to reset/.test(subject ?? ""));
  assert.equal(told.length, 1);
  service.clock.advance(minutes(61));
  const visitor = await lost.toProof(aino.email, { organisation: koivula });
  await service.identify(visitor, "op", "namesake");
  await messagesTo(service, aino.email, 5);
});
