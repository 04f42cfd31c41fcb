import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeRun } from "../../test/grounds/command-line.ts";
import { type Ground, openGround } from "../../test/grounds/inviting.ts";
import { loadAccount, makeCreateAccount } from "../features/organisations/index.ts";

let ground: Ground;
const run = makeRun(() => ground);
before(async () => {
  ground = await openGround();
});
after(() => ground.close());

test("REC-8 HLP-3 a frozen account is thawed by its user name, and only a frozen one", async () => {
  const { db, deps, clock, organisation } = ground;
  const whole = {
    organisationId: organisation.id,
    givenName: "Aino",
    familyName: "Virtanen",
    email: "aino@koivula.example",
    phone: null,
    category: "staff",
  } as const;
  const account = await db.transaction().execute((tx) => makeCreateAccount(deps)(tx, { ...whole, language: "en" }));
  if (typeof account === "string") throw new Error(account);
  await db
    .updateTable("account")
    .set({ state: "frozen", activated_at: clock.now() })
    .where("id", "=", account.id)
    .execute();

  const thaw = (user: string, slug = organisation.slug) => run(["account", "thaw", slug, user]);
  assert.match((await thaw("nobody")).err, /There is no account "nobody"/);
  assert.match((await thaw("aino@koivula.example", "nowhere")).err, /There is no organisation "nowhere"/);
  const { code, err } = await thaw(" AINO@koivula.example");
  assert.equal(code, 0);
  assert.match(err, /open again, with the password and the methods that it had/);
  assert.equal((await loadAccount(db, account.id))?.state, "active");
  const again = await thaw("aino@koivula.example");
  assert.deepEqual([again.code, again.err], [1, "The account is not frozen."]);
});
