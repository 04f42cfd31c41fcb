import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { matti } from "../../../../test/grounds/eid.ts";
import { openRecoveryGround, type RecoveryGround } from "../../../../test/grounds/recovery-ground.ts";
import { minutes, plus, seconds } from "../../../kernel/time.ts";

let ground: RecoveryGround;
before(async () => {
  ground = await openRecoveryGround();
});
after(() => ground.close());

const again = { step: "identity-proofed", again: "asked" };
const resets = async () => (await ground.db.selectFrom("recovery").select("id").execute()).length;

/** Somebody whose identification goes on on their phone. */
async function waiting(name: string, browser = "browser"): Promise<string> {
  const id = await ground.toProof(name, browser);
  const state = await ground.leave(id, browser);
  ground.one.next({ result: "pending" });
  assert.deepEqual(await ground.comeBack(state, browser), { to: "journey", id });
  assert.match((await ground.page(id, browser)).text, /Continue on your phone/);
  // A reload of the address that led back asks nobody.
  assert.deepEqual(await ground.comeBack(state, browser), { to: "journey", id });
  return id;
}

test("REC-3 what goes on on the phone is asked again, every few seconds at most, with the same answer, until it is done", async () => {
  await ground.person("aino", matti);
  const id = await waiting("aino");
  const asked = () => ground.one.answers.length;
  const before = asked();
  await ground.post(id, again);
  assert.equal(asked(), before, "too soon");
  ground.clock.advance(seconds(4));
  await ground.post(id, again);
  assert.equal(asked(), before + 1);
  assert.equal(ground.one.answers.at(-1)?.code, "c");
  ground.clock.advance(seconds(4));
  ground.one.next({ result: "unavailable", reason: "timeout" });
  await ground.post(id, again);
  assert.match((await ground.page(id)).text, /Continue on your phone/, "an outage passes");
  ground.clock.advance(seconds(4));
  ground.one.next(ground.identified(matti));
  const both = await Promise.all([ground.post(id, again), ground.post(id, again), ground.post(id, again)]);
  assert.equal(both.filter(({ to }) => to === "destination").length, 1, "from one tab");
  assert.equal(await resets(), 1);
});

test("REC-3 a document's service that is away when its person comes back is asked again, and nothing has to be shown twice", async () => {
  const who = { ...matti, value: "030883-925M" };
  await ground.person("outage", who);
  Object.assign(ground.one.broker, { provesOnly: true });
  const before = await resets();
  const id = await ground.toProof("outage", "outage");
  const state = await ground.leave(id, "outage");
  ground.one.next({ result: "unavailable", reason: "broker-slow" });
  assert.deepEqual(await ground.comeBack(state, "outage"), { to: "journey", id });
  assert.match((await ground.page(id, "outage")).text, /on your phone/);
  ground.clock.advance(seconds(4));
  ground.one.next(ground.identified(who));
  assert.equal((await ground.post(id, again, "outage")).to, "destination");
  assert.equal(await resets(), before + 1);
  Object.assign(ground.one.broker, { provesOnly: false });
});

test("REC-3 another way, an end that is no proof, and a wait that has lasted too long lead back to the choice", async () => {
  const before = await resets();
  const id = await waiting("aino", "other");
  await ground.post(id, { step: "identity-proofed", again: "other" }, "other");
  assert.match((await ground.page(id, "other")).text, /First Bank/);
  ground.one.next(ground.identified(matti));
  ground.clock.advance(seconds(4));
  await ground.post(id, again, "other");
  assert.equal(await resets(), before, "what was given up counts no more");

  const refused = await waiting("aino", "third");
  ground.clock.advance(seconds(4));
  ground.one.next({ result: "refused", reason: "face-differs" });
  await ground.post(refused, again, "third");
  assert.equal((await ground.notice(refused, "third"))?.key, "eid:refused");
  assert.match((await ground.page(refused, "third")).text, /First Bank/);

  const late = await waiting("aino", "fourth");
  ground.clock.advance(minutes(21));
  ground.one.next(ground.identified(matti));
  await ground.post(late, again, "fourth");
  assert.match((await ground.page(late, "fourth")).text, /First Bank/);
  assert.equal(await resets(), before);
});

test("REC-3 an authentication of before is no proof of now, whatever the service lets pass", async () => {
  const id = await ground.toProof("aino", "fifth");
  const state = await ground.leave(id, "fifth");
  ground.one.next({ ...ground.identified(matti), authenticatedAt: plus(ground.clock.now(), -minutes(5)) });
  await ground.comeBack(state, "fifth");
  assert.equal((await ground.notice(id, "fifth"))?.key, "eid:refused");
});
