import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Ground, openGround } from "../../../../test/grounds/inviting.ts";
import { parseIdentityCode } from "../../../kernel/identity.ts";
import { makeCarryExpected } from "./carry-expected.ts";
import { makeInvite } from "./invite.ts";

let ground: Ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());

/** An invitation as versions wrote it that kept the expected identity in its own row. */
async function invitedBefore(name: string, code: string) {
  const person = { givenName: "Aino", familyName: "Virta", email: `${name}@koivula.example`, phone: "+358401234545" };
  const invited = await makeInvite(ground.deps)(ground.organisation, person, { actor: "operator" });
  assert.ok("url" in invited);
  const { invitationId: id, accountId } = invited;
  const identity = { country: "FI", type: "hetu", value: code };
  const place = { table: "invitation", column: "expected_identity", row: id };
  const sealed = ground.deps.keyring.seal(place, JSON.stringify(identity));
  await ground.db.updateTable("invitation").set({ expected_identity: sealed }).where("id", "=", id).execute();
  return accountId;
}

test("ACT-5 OPS-4 whom an invitation expected before an upgrade is expected after it", async () => {
  const codes = { first: "131052-308T", second: "010190-900P", coordinated: "19701063-2391" };
  const accounts = await Promise.all(Object.entries(codes).map(([name, code]) => invitedBefore(name, code)));
  const carry = makeCarryExpected(ground.deps);
  assert.equal(
    (await Promise.all([carry(), carry()])).reduce((sum, carried) => sum + carried),
    3,
  );
  for (const [index, code] of Object.values(codes).entries()) {
    const identity = parseIdentityCode(code);
    assert.ok(identity);
    const expected = await ground.identities.expected(ground.db, accounts[index] ?? "");
    assert.deepEqual(expected, ground.identities.blindIndex(identity), code);
  }
  const left = await ground.db
    .selectFrom("invitation")
    .where("expected_identity", "is not", null)
    .select("id")
    .execute();
  assert.deepEqual(left, []);
  assert.equal(await carry(), 0);
});
