import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brokerWithLogout } from "../../../../test/grounds/broker-logout.ts";
import { type EidGround, matti, openEidGround } from "../../../../test/grounds/eid.ts";
import { sessionKeyHash, sessionPlace } from "./keep-session.ts";

let ground: EidGround;
before(async () => {
  ground = await openEidGround();
});
after(() => ground.close());

const { connection } = brokerWithLogout("one").broker;

/** Signs in by the broker `one`, which leaves `brokerSession`; resolves to the session's cookie. */
async function signIn(brokerSession: string | null, sessionCookie: string | null = null): Promise<string> {
  const { one } = ground.brokers;
  const id = await ground.begin({ organisationId: null });
  await ground.post(id, { step: "choose", method: "eid" });
  const now = ground.clock.now();
  one.next({ result: "identified", identity: matti, level: "substantial", authenticatedAt: now, brokerSession });
  const came = await ground.comeBack(await ground.leave(id, "one fi-one"), { sessionCookie });
  assert.ok(came.to === "destination" && came.session, JSON.stringify(came));
  return came.session.id;
}

const kept = () =>
  ground.db
    .selectFrom("eid_session")
    .innerJoin("session", "session.uid", "eid_session.session_uid")
    .selectAll("eid_session")
    .execute();

test("SIN-11 a session knows the broker's session that it began with; identified anew, it knows the latest", async () => {
  await ground.activated("matti", matti);
  await ground.db.deleteFrom("session").execute();
  await signIn("without single logout");
  assert.deepEqual(await kept(), []);

  const broker = ground.brokers.one.broker;
  const { logout } = connection;
  assert.ok(logout);
  ground.brokers.all.set("one", { ...broker, connection: { ...broker.connection, logout } });
  await ground.db.deleteFrom("session").execute();
  const cookie = await signIn("first;qualified");
  const [first, ...none] = await kept();
  assert.ok(first);
  assert.deepEqual(none, []);
  assert.deepEqual(first.key_hash, sessionKeyHash(ground, "one", "first"));
  const open = ({ session_uid, broker_session }: typeof first) =>
    ground.keyring.open(sessionPlace(session_uid), broker_session).toString();
  assert.equal(open(first), "first;qualified");

  // The row of the session goes on, and what is kept of it was once written under a name that it never had.
  await signIn("second", cookie);
  const [second, ...others] = await kept();
  assert.ok(second);
  assert.deepEqual(others, []);
  assert.equal(second.session_uid, first.session_uid);
  assert.deepEqual([open(second), second.key_hash], ["second", sessionKeyHash(ground, "one", "second")]);
});
