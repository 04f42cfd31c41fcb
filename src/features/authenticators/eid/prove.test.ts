import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openRecoveryGround, type RecoveryGround } from "../../../../test/grounds/recovery-ground.ts";
import { hours } from "../../../kernel/time.ts";

let ground: RecoveryGround;
before(async () => {
  ground = await openRecoveryGround();
});
after(() => ground.close());

const requests = async () => (await ground.db.selectFrom("eid_request").select("broker").execute()).length;

test("REC-3 T11 a stranger opens no more than 120 sessions an hour at services that prove who people are, and is told", async () => {
  const id = await ground.toProof("nobody");
  const before = await requests();
  for (let time = 0; time < 120; time++) await ground.leave(id);
  const refused = await ground.post(id, { step: "identity-proofed", means: "one fi-one" });
  assert.equal(refused.to, "page");
  assert.equal((await ground.notice(id))?.key, "eid:too-many");
  assert.match((await ground.page(id)).text, /First Bank/, "the choice is there again");
  const another = await ground.toProof("nobody", "another");
  await ground.post(another, { step: "identity-proofed", means: "one fi-one" }, "another");
  assert.equal((await ground.notice(another, "another"))?.key, "eid:too-many", "whichever journey it is");
  assert.equal(await requests(), before + 120);
  ground.clock.advance(hours(1));
  const later = await ground.toProof("nobody", "later");
  await ground.leave(later, "later");
});

test("T12 16.4.1 what a stranger makes up in the place of a service is written nowhere", async () => {
  ground.clock.advance(hours(1));
  const id = await ground.toProof("nobody", "forger");
  const madeUp = "\u001b[2Jadmin";
  await ground.post(id, { step: "identity-proofed", means: `${madeUp} x` }, "forger");
  assert.equal((await ground.notice(id, "forger"))?.key, "eid:closed");
  const events = await ground.events("eid.refused");
  assert.deepEqual(events.at(-1)?.detail, { purpose: "recovery", broker: "unknown", reason: "closed" });
  assert.doesNotMatch(JSON.stringify(events), /admin|001b/);
});
