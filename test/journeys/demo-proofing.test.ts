import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seconds } from "../../src/kernel/time.ts";
import { makeVisitor, type Visitor } from "../harness/agent.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";

const clock = movableClock();
let service: Service;
before(async () => {
  service = await startService({ clock });
});
after(() => service.close());

/** The demo's student, before the page of the passport check. */
async function atTheCheck(): Promise<Visitor> {
  const mikael = makeVisitor(service.url);
  await mikael.get("/recover?organisation=revontuli");
  await mikael.submit({ email: "mikael.ohman@student.revontuli.example" });
  await mikael.submit({}, "MFA reset");
  await mikael.submit({}, "Passport and face (demo)");
  assert.match(mikael.page().text, /Not a real service/);
  return mikael;
}
const methodsLeft = () => service.db.selectFrom("authenticator").select("id").where("removed_at", "is", null).execute();

test("demo REC-4: another's passport, another face and no passport at all change nothing", async () => {
  const linked = await methodsLeft();
  assert.ok(linked.length > 0);
  for (const choice of ["aino", "another-face", "Cancel"]) {
    const mikael = await atTheCheck();
    await mikael.submit({}, choice);
    assert.match(mikael.page().path, /^\/journey\//, choice);
    assert.deepEqual(await methodsLeft(), linked, choice);
  }
});

test("demo REC-3: a passport whose check goes on elsewhere resets the account once it is done", async () => {
  const mikael = await atTheCheck();
  await mikael.submit({}, "mikael-later");
  assert.equal(mikael.page().heading, "Continue on your phone");
  clock.advance(seconds(11));
  await mikael.submit({}, "I have finished");
  assert.match(mikael.page().path, /^\/recover\/status\//);
  assert.match(mikael.page().text, /By Passport and face \(demo\)/);
  assert.deepEqual(await methodsLeft(), []);
});

test("demo REC-3: a passport read by the phone is looked at in the browser where one began, which was never sent back", async () => {
  const mikael = await atTheCheck();
  const session = mikael.page().url;
  const phone = makeVisitor(service.url);
  await phone.get(session);
  await phone.submit({}, "mikael");
  assert.equal(phone.page().heading, "Go back to where you began");
  const { id } = await service.db
    .selectFrom("journey")
    .select("id")
    .where("purpose", "=", "recovery")
    .orderBy("created_at", "desc")
    .executeTakeFirstOrThrow();
  assert.match((await phone.get(`/journey/${id}`)).path, /^\/(sign-in|journey)/, "the phone goes no further");
  await mikael.get(`/journey/${id}`);
  clock.advance(seconds(4));
  await mikael.submit({}, "I have finished");
  assert.match(mikael.page().path, /^\/recover\/status\//);
});
