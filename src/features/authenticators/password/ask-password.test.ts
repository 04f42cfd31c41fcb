import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Ground, openGround, type Person } from "../../../../test/grounds/authenticators.ts";
import { hours, minutes } from "../../../kernel/time.ts";

let ground: Ground;
let aino: Person;

before(async () => {
  ground = await openGround();
  aino = await ground.activated("aino");
});
after(() => ground.close());

type From = { browser?: string; network?: string };

/** Posts a password in a journey of its own; resolves to what is asked next, or the key of the refusal. */
async function guess(
  username: string,
  password: string,
  from: From = {},
  organisationId: string | null = ground.organisation.id,
) {
  const id = await ground.begin({ organisationId, ...(from.browser && { browser: from.browser }) });
  await ground.post(id, { step: "password", username, password }, from);
  const journey = await ground.read(id, from.browser);
  return journey.notice?.key ?? (journey.proofs.some(({ kind }) => kind === "password") ? "right" : "nothing");
}
const wrongTimes = async (times: number, username: string, from: From) => {
  for (let index = 0; index < times; index += 1) await guess(username, `wrong ${index}`, from);
};

test("SIN-3 user name and e-mail both work, however they are written", async () => {
  for (const name of ["aino", "AINO", " aino ", "ａｉｎｏ", aino.email, aino.email.toUpperCase()])
    assert.equal(await guess(name, aino.password), "right", name);
  assert.equal(await guess(aino.userName, aino.password, {}, null), "right", "with no organisation known");
});

test("SIN-3 T94 unknown, closed, invited, without a password, wrong, empty and huge get the same words and page", async () => {
  const closed = await ground.activated("closed");
  await ground.db.updateTable("account").set({ state: "closed" }).where("id", "=", closed.accountId).execute();
  const invited = await ground.createAccount("invited");
  await ground.db
    .insertInto("password")
    .values({ account_id: invited.id, hash: "none", changed_at: new Date() })
    .execute();
  await ground.createAccount("no-password");
  const pages = new Map<string, string>();
  for (const [name, given] of [
    ["nobody", "a fine password"],
    ["closed", closed.password],
    ["invited", "a fine password"],
    ["no-password", "a fine password"],
    ["aino", "not hers"],
    ["aino", ""],
    ["aino", "x".repeat(1_000_000)],
    ["nobody", ""],
    ["nobody", "x".repeat(1_000_000)],
  ] as const) {
    const id = await ground.begin();
    assert.equal((await ground.post(id, { step: "password", username: name, password: given })).to, "page");
    const { text } = await ground.page(id);
    pages.set(`${name} ${given.slice(0, 20)}`, text.replaceAll(name, "NAME"));
  }
  assert.equal(new Set(pages.values()).size, 1, [...pages.keys()].join());
  assert.match([...pages.values()][0] ?? "", /The user name or password is wrong. Check both and try again./);
});

test("SIN-3 what was typed is kept after a refusal, save the password, and is escaped", async () => {
  const id = await ground.begin({ browser: "typing" });
  const username = `<b>"aino"</b>`;
  await ground.post(id, { step: "password", username, password: "secret words" }, { browser: "typing" });
  const { text } = await ground.page(id, { browser: "typing" });
  assert.match(text, /value="&lt;b&gt;&quot;aino&quot;&lt;\/b&gt;"/);
  assert.doesNotMatch(text, /secret words/);
  assert.ok(!(await ground.everythingStored()).includes("secret words"));
});

test("SIN-3 where the account is known its name can't be changed, and another's is not looked at", async () => {
  const other = await ground.activated("other", "aivan toiset neljä sanaa");
  const id = await ground.begin({ account: { id: aino.accountId, epoch: 0 } });
  assert.match((await ground.page(id)).text, /<input id="username"[^>]* value="aino"[^>]* readonly/);
  await ground.post(id, { step: "password", username: "other", password: other.password });
  assert.equal((await ground.notice(id))?.key, "password:wrong");
  await ground.post(id, { step: "password", username: "other", password: aino.password });
  assert.equal((await ground.read(id)).account?.id, aino.accountId);
  assert.equal((await ground.page(id)).kind, "totp");
});

test("SIN-3 one name in several organisations: the password tells which", async () => {
  const elsewhere = await ground.createOrganisation("elsewhere");
  const account = await ground.createAccount("aino", elsewhere.id);
  const id = await ground.beginActivation(account, "elsewhere");
  await ground.post(id, { step: "new-password", new_password: "toisen talon pitkä lause" }, { browser: "elsewhere" });
  await ground.db.updateTable("account").set({ state: "active" }).where("id", "=", account.id).execute();
  const claimed = async (password: string) => {
    const journey = await ground.begin({ organisationId: null });
    await ground.post(journey, { step: "password", username: "aino", password });
    return (await ground.read(journey)).accountId;
  };
  assert.equal(await claimed("toisen talon pitkä lause"), account.id);
  assert.equal(await claimed(aino.password), aino.accountId);
  assert.equal(await guess("aino", "toisen talon pitkä lause"), "password:wrong", "in Koivula it is not her password");
});

test("SIN-10 after five wrong passwords a right one is refused alike, known name or not, until the quarter is over", async () => {
  const from = { browser: "stranger", network: "198.51.100.7" };
  const pages = new Set<string>();
  for (const name of ["aino", "nobody-at-all"]) {
    await wrongTimes(5, name, from);
    const id = await ground.begin({ browser: "stranger" });
    await ground.post(id, { step: "password", username: name, password: aino.password }, from);
    assert.equal((await ground.notice(id, "stranger"))?.key, "password:delayed");
    pages.add((await ground.page(id, { browser: "stranger" })).text.replaceAll(name, "NAME"));
  }
  assert.equal(pages.size, 1);
  assert.match([...pages][0] ?? "", /Too many wrong passwords. You can try again at \d\d:\d\d\./);
  assert.equal(
    await guess("aino", aino.password, { browser: "new", network: "203.0.113.9" }),
    "right",
    "another network",
  );
  assert.equal(await guess("other", "aivan toiset neljä sanaa", from), "right", "another name");
  ground.clock.advance(minutes(15));
  assert.equal(await guess("aino", aino.password, from), "right");
});

test("SIN-10 a right password forgets the wrong ones before it, there only", async () => {
  const from = { browser: "careless", network: "198.51.100.8" };
  for (let round = 0; round < 3; round += 1) {
    await wrongTimes(4, "aino", from);
    assert.equal(await guess("aino", aino.password, from), "right");
  }
});

test("SIN-10 T95 a thousand wrong passwords from elsewhere leave a browser that signed in before alone", async () => {
  const own = { browser: "aino's own", network: "192.0.2.77" };
  for (let index = 0; index < 60; index += 1)
    await guess("aino", `wrong ${index}`, { browser: `bot ${index}`, network: `198.18.${index}.1` });
  assert.equal(
    await guess("aino", aino.password, { browser: "new", network: "192.0.2.88" }),
    "password:delayed",
    "50 a day",
  );
  await wrongTimes(12, "aino", { browser: "bot", network: own.network });
  assert.equal(await guess("aino", aino.password, own), "right");
  await wrongTimes(5, "aino", own);
  assert.equal(await guess("aino", aino.password, own), "password:delayed", "its own count holds for it too");
  ground.clock.advance(minutes(15));
  assert.equal(await guess("aino", aino.password, own), "right");
  ground.clock.advance(hours(24));
  assert.equal(await guess("aino", aino.password, { browser: "new", network: "192.0.2.88" }), "right");
});

test("SIN-10 T96 a network has 300 wrong passwords an hour, over all names", async () => {
  const network = "198.51.100.99";
  await Promise.all(
    Array.from({ length: 60 }, (_, index) => wrongTimes(5, `name-${index}`, { browser: `b${index}`, network })),
  );
  const from = { browser: "visitor", network };
  assert.equal(await guess("other", "aivan toiset neljä sanaa", from), "password:delayed");
  assert.equal(await guess("aino", aino.password, { browser: "aino's own", network }), "right");
  ground.clock.advance(hours(1));
  assert.equal(await guess("other", "aivan toiset neljä sanaa", from), "right");
});

test("SIN-10 sixteen guesses at once, on two nodes, are five guesses", async () => {
  const second = ground.openNode();
  const network = "198.51.100.16";
  const ids = await Promise.all(Array.from({ length: 16 }, () => ground.begin({ browser: "crowd" })));
  await Promise.all(
    ids.map((id, index) => {
      const sent = { step: "password", username: "aino", password: `wrong ${index}` };
      return ground.post(id, sent, { browser: "crowd", network, on: index % 2 ? second : ground.node });
    }),
  );
  const told = await Promise.all(ids.map(async (id) => (await ground.notice(id, "crowd"))?.key));
  assert.equal(told.filter((key) => key === "password:wrong").length, 5);
  assert.equal(told.filter((key) => key === "password:delayed").length, 11);
  assert.equal(await guess("aino", aino.password, { browser: "crowd", network }), "password:delayed");
});

test("SIN-3 a hash of another cost is made anew at the next right password", async () => {
  const dearer = ground.openNode({ hashing: { cost: { memory: 128, passes: 1, lanes: 1 } } });
  const stored = () =>
    ground.db.selectFrom("password").select("hash").where("account_id", "=", aino.accountId).executeTakeFirstOrThrow();
  const was = (await stored()).hash;
  const id = await ground.begin();
  await ground.post(id, { step: "password", username: "aino", password: aino.password }, { on: dearer });
  const is = (await stored()).hash;
  assert.notEqual(is, was);
  assert.match(is, /m=128,/);
  assert.equal((await ground.page(id)).kind, "totp");
});

test("SIN-3 the machine has no room for one more hash: nothing is counted, nothing told", async () => {
  const narrow = ground.openNode({
    hashing: { cost: { memory: 8192, passes: 3, lanes: 1 }, concurrency: 1, queue: 0 },
  });
  const ids = await Promise.all(Array.from({ length: 4 }, () => ground.begin({ browser: "busy" })));
  const sent = { step: "password", username: "nobody-here", password: "whatever it is" };
  const answers = await Promise.all(ids.map((id) => ground.post(id, sent, { browser: "busy", on: narrow })));
  assert.deepEqual(new Set(answers.map(({ to }) => to)), new Set(["page", "busy"]));
});

test("AUD-1 SIN-3 the audit says of a shut account that it is, whatever was typed, and the page nothing", async () => {
  const person = await ground.activated("shut");
  const account = ground.db.updateTable("account").where("id", "=", person.accountId);
  const organisation = ground.db.updateTable("organisation").where("id", "=", ground.organisation.id);
  const shuts = [
    ["account-frozen", account.set({ state: "frozen" })],
    ["account-closed", account.set({ state: "closed" })],
    ["organisation-closed", account.set({ state: "active" }), organisation.set({ state: "closed" })],
  ] as const;
  try {
    for (const [reason, ...changes] of shuts) {
      for (const change of changes) await change.execute();
      assert.equal(await guess(person.userName, person.password, {}, null), "password:wrong");
      const event = (await ground.events("password.refused")).at(-1);
      assert.equal(event?.account_id, person.accountId);
      assert.match(JSON.stringify(event?.detail), new RegExp(`"reason": ?"${reason}"`));
    }
  } finally {
    await organisation.set({ state: "open" }).execute();
  }
});

test("AUD-1 AUD-4 a refused password is recorded with whom it was tried on, never with what was typed", async () => {
  const refused = await ground.events("password.refused");
  assert.ok(refused.some(({ account_id }) => account_id === aino.accountId));
  assert.ok(refused.some(({ account_id }) => account_id === null));
  assert.ok(refused.every(({ detail }) => !JSON.stringify(detail).includes("nobody")));
  const id = await ground.begin({ organisationId: null });
  await ground.post(id, { step: "password", username: "other", password: "wrong" });
  assert.equal((await ground.events("password.refused")).at(-1)?.stream, ground.organisation.id);
});
