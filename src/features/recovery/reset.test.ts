import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { matti } from "../../../test/grounds/eid.ts";
import { openRecoveryGround, type RecoveryGround } from "../../../test/grounds/recovery-ground.ts";
import { raiseEpoch } from "../organisations/index.ts";
import { statusToken } from "./status/token.ts";

let ground: RecoveryGround;
before(async () => {
  ground = await openRecoveryGround();
});
after(() => ground.close());

test("REC-3 a fault at any point of the reset leaves nothing changed, and another try is the whole of it", async () => {
  const aino = await ground.person("aino", matti);
  const before = await ground.standing(aino.accountId);
  const id = await ground.toProof("aino");
  for (const fault of ["broker", "withdraw", "directories", "messages"]) {
    const state = await ground.leave(id);
    ground.one.next(ground.identified(matti));
    ground.faults.add(fault);
    await assert.rejects(ground.comeBack(state), new RegExp(fault));
    ground.faults.clear();
    assert.equal(await ground.standing(aino.accountId), before, fault);
  }
  const state = await ground.leave(id);
  ground.one.next(ground.identified(matti));
  const done = await ground.comeBack(state);
  assert.equal(done.to, "destination", JSON.stringify(done));
  const notices = ground.enqueued.filter(({ template }) => template === "methods-reset");
  assert.deepEqual(
    notices.map(({ channel, to }) => [channel, to]),
    [
      ["email", aino.email],
      ["sms", "+358401234545"],
    ],
    "REC-8 T79 every address on record",
  );
  assert.deepEqual(ground.told.at(-1), { accountId: aino.accountId, cause: id });

  const [row] = await ground.db.selectFrom("recovery").selectAll().execute();
  assert.deepEqual([row?.proved_by, row?.removed.toSorted(), row?.id], ["one", ["eid", "totp"], id]);
  const token = statusToken(ground.keyring, id);
  assert.ok(done.to === "destination" && done.url === `/recover/status/${token}` && done.session === null);
  assert.ok(!JSON.stringify(row).includes(token) && !row?.token_hash.toString("base64url").includes(token));
  const { epoch } = await ground.db
    .selectFrom("account")
    .select("epoch")
    .where("id", "=", aino.accountId)
    .executeTakeFirstOrThrow();
  assert.equal(row?.epoch, epoch);
  const [event] = await ground.events("recovery.reset");
  assert.deepEqual(event?.detail, { broker: "one", removed: "totp eid", sessions: 1, directories: 2 });
  const secrets = await ground.db.selectFrom("totp").select("authenticator_id").execute();
  assert.equal(secrets.length, 0, "the app's key is gone with it");
});

test("REC-3 T46 of sixteen that come back with one proof at once, one resets; a proof of another journey resets nothing", async () => {
  const account = await ground.person("oskar", { country: "SE", type: "personnummer", value: "198112289874" });
  const other = { country: "SE", type: "personnummer", value: "198112289874" } as const;
  const id = await ground.toProof("oskar");
  const state = await ground.leave(id);
  ground.one.next(ground.identified(other));
  const came = await Promise.all(Array.from({ length: 16 }, () => ground.comeBack(state)));
  assert.equal(came.filter(({ to }) => to === "destination").length, 1);
  const rows = await ground.db
    .selectFrom("recovery")
    .select("id")
    .where("account_id", "=", account.accountId)
    .execute();
  assert.equal(rows.length, 1);
});

test("REC-3 what is changed meanwhile is judged as it is at that moment: an account that was frozen stays as it is", async () => {
  const identity = { country: "FI", type: "hetu", value: "030883-925M" } as const;
  const account = await ground.person("frida", identity);
  const id = await ground.toProof("frida");
  const state = await ground.leave(id);
  await ground.db.transaction().execute(async (tx) => {
    await raiseEpoch(tx, account.accountId);
    await tx.updateTable("account").set({ state: "frozen" }).where("id", "=", account.accountId).execute();
  });
  ground.one.next(ground.identified(identity));
  assert.equal((await ground.comeBack(state)).to, "page");
  assert.equal((await ground.notice(id))?.key, "recovery:not-confirmed");
  assert.equal((await ground.read(id)).reference, "REF");
});
