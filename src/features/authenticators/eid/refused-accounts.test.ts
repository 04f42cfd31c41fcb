import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type EidGround, matti, openEidGround, vaino } from "../../../../test/grounds/eid.ts";
import { categories } from "../../organisations/index.ts";

let ground: EidGround;
let count = 0;
before(async () => {
  ground = await openEidGround();
});
beforeEach(async () => {
  await ground.setPolicy({});
  for (const name of ["one", "other"]) await ground.setState(name, "open");
});
after(() => ground.close());

/** A test person's account in an organisation of its own. */
async function open() {
  count += 1;
  const organisation = await ground.createOrganisation(`org-${count}`);
  return { organisation, account: await ground.activated(`user-${count}`, matti, organisation.id) };
}
const begin = async (organisationId: string | null) => {
  const id = await ground.begin({ organisationId });
  await ground.post(id, { step: "choose", method: "eid" });
  return id;
};
/** What the audit has of `type` that it had not when this was last asked: chains have no order among them. */
const read = new Set<string>();
const newOf = async (type: string) => {
  const events = (await ground.events(type)).filter(({ id }) => !read.has(id));
  for (const { id } of events) read.add(id);
  assert.equal(events.length, 1);
  const [event] = events;
  return { account: event?.account_id, stream: event?.stream, detail: JSON.stringify(event?.detail) };
};
const setState = (accountId: string, state: string) =>
  ground.db.updateTable("account").set({ state }).where("id", "=", accountId).execute();

type Opened = Awaited<ReturnType<typeof open>>;
const shuts: Readonly<Record<string, (opened: Opened) => Promise<unknown>>> = {
  "account-closed": ({ account }) => setState(account.id, "closed"),
  "account-frozen": ({ account }) => setState(account.id, "frozen"),
  removed: ({ account }) =>
    ground.db
      .updateTable("authenticator")
      .set({ removed_at: ground.clock.now() })
      .where("account_id", "=", account.id)
      .execute(),
};
for (const [reason, shut] of Object.entries(shuts))
  test(`AUD-1 REC-6 the audit names the account of who is refused, and why: ${reason}; the page is a stranger's`, async () => {
    const opened = await open();
    const pageFor = async (who: typeof matti) => {
      const id = await begin(opened.organisation.id);
      const came = await ground.identify(id, who);
      const { reference } = await ground.read(id);
      return {
        came,
        reference,
        notice: await ground.notice(id),
        page: (await ground.page(id)).text.replaceAll(id, ""),
      };
    };
    const stranger = await pageFor(vaino);
    const unknown = await newOf("eid.not-linked");
    assert.equal(unknown.account, null);
    assert.match(unknown.detail, /"reason": ?"not-linked"/);

    await shut(opened);
    assert.deepEqual(await pageFor(matti), stranger);
    const told = await newOf("eid.not-linked");
    assert.deepEqual([told.account, told.stream], [opened.account.id, opened.organisation.id]);
    assert.match(told.detail, new RegExp(`"reason": ?"${reason}"`));
  });

test("AUD-1 the account of a closed organisation is named; another organisation's journey names nobody", async () => {
  const { organisation, account } = await open();
  const elsewhere = await ground.createOrganisation("elsewhere");
  await ground.identify(await begin(elsewhere.id), matti);
  assert.equal((await newOf("eid.not-linked")).account, null);

  await ground.db.updateTable("organisation").set({ state: "closed" }).where("id", "=", organisation.id).execute();
  await ground.db.updateTable("identity").set({ bound_at: null }).where("account_id", "!=", account.id).execute();
  await ground.identify(await begin(null), matti);
  const told = await newOf("eid.not-linked");
  assert.equal(told.account, account.id);
  assert.match(told.detail, /organisation-closed/);
});

const onlyApp = { methods: Object.fromEntries(categories.map((each) => [each, { permitted: ["totp"] }])) };

test("POL-3 SIN-12 AUD-1 who comes back to a method that was forbidden meanwhile is told so, and so is the audit", async () => {
  const { organisation } = await open();
  const id = await begin(organisation.id);
  const state = await ground.leave(id, "one fi-one");
  await ground.setPolicy(onlyApp, organisation.id);
  for (const came of [{ result: "cancelled" } as const, null]) {
    if (came) ground.brokers.one.next(came);
    assert.equal((await ground.comeBack(state)).to, came ? "page" : "journey", "it is taken once");
  }
  assert.deepEqual(await ground.notice(id), { key: "journey:not-offered", tone: "warn" });
  assert.equal((await ground.read(id)).reference, "ref");
  const told = await newOf("method.refused");
  assert.equal(told.stream, organisation.id);
  assert.match(told.detail, /"method": ?"eid"/);
  assert.match(told.detail, /"reason": ?"not-offered"/);
});

test("POL-3 SIN-12 so is who comes back when the last broker was switched off, and who was to link the method", async () => {
  const { organisation } = await open();
  const [signingIn, newcomer] = [await begin(organisation.id), await ground.createAccount("newcomer", organisation.id)];
  const linking = await ground.beginActivation(newcomer);
  await ground.post(linking, { step: "choose", method: "eid" });
  const states = [
    await ground.leave(signingIn, "one fi-one"),
    await ground.leave(linking, "one fi-one", { kind: "eid-link" }),
  ];
  for (const name of ["one", "other"]) await ground.setState(name, "closed");
  for (const [id, state, account] of [
    [signingIn, states[0] ?? "", null],
    [linking, states[1] ?? "", newcomer.id],
  ] as const) {
    await ground.comeBack(state);
    assert.equal((await ground.notice(id))?.key, "journey:not-offered");
    assert.equal((await newOf("method.refused")).account, account);
  }
});

test("POL-3 SIN-12 so is who has identified, and whose account's category may not use it", async () => {
  const person = await ground.withApp("forbidden");
  const link = await ground.begin({
    purpose: "link-method",
    account: { id: person.accountId, epoch: 0 },
    requested: { link: "eid" },
    proofs: ["password", "totp"].map((kind) => ({ kind, authenticatorId: null, shownAt: ground.clock.now() })),
  });
  assert.equal((await ground.identify(link, vaino, { kind: "eid-link" })).to, "destination");
  await ground.setPolicy({ methods: { staff: { permitted: ["totp"] } } });
  const id = await begin(ground.organisation.id);
  await ground.identify(id, vaino);
  assert.equal((await ground.page(id)).kind, "password");
  assert.deepEqual(await ground.notice(id), { key: "journey:not-offered", tone: "warn" });
  assert.equal((await newOf("method.refused")).account, person.accountId);
});

test("POL-3 a journey that has ended, or gone on by another method, is told nothing", async () => {
  const { organisation } = await open();
  const [ended, chosen] = [await begin(organisation.id), await begin(organisation.id)];
  const [first, second] = [await ground.leave(ended, "one fi-one"), await ground.leave(chosen, "one fi-one")];
  await ground.identify(ended, matti);
  await ground.post(chosen, { step: "choose", method: "totp" });
  const before = (await ground.events("method.refused")).length;
  await ground.comeBack(second);
  assert.equal((await ground.page(chosen)).kind, "password");
  await ground.setPolicy({ methods: { staff: { permitted: ["totp"] } } }, organisation.id);
  await ground.comeBack(first);
  for (const id of [ended, chosen]) assert.equal(await ground.notice(id), null);
  assert.equal((await ground.events("method.refused")).length, before);
});
