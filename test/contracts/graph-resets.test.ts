import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { makeGraphKind } from "../../src/adapters/graph/index.ts";
import { days, hours, minutes, plus, seconds } from "../../src/kernel/time.ts";
import type { DirectoryHand, DirectoryKind } from "../../src/ports/directory.ts";
import { type GraphDouble, startGraph } from "../doubles/graph/index.ts";
import type { GraphUser } from "../doubles/graph/world.ts";
import { type DirectoriesGround, openDirectories } from "../grounds/directories.ts";
import { graphCertificate } from "../grounds/graph.ts";

// Resets through the directories' room and the real adapter to Graph's double, by two nodes, while Graph throttles.

let ground: DirectoriesGround;
let graph: GraphDouble;
before(async () => {
  ground = await openDirectories();
  await ground.remove("entra");
});
beforeEach(async () => {
  await ground.clear();
  await ground.remove("graph");
  graph = await startGraph({ certificate: graphCertificate.certificate, clock: ground.clock, permissions });
});
afterEach(() => graph.stop());
after(() => ground.close());
const permissions = [
  "UserAuthenticationMethod.ReadWrite.All",
  "User.Read.All",
  "User.RevokeSessions.All",
  "User.EnableDisableAccount.All",
];

/** Where the adapter waits, the clock goes on. */
const kind = makeGraphKind(async (duration) => ground.clock.advance(duration));

/** Dies in the middle of the `last`th thing that it would have noted, and does nothing from then on. */
function mortal(last: number) {
  const died = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  let noted = 0;
  const remember: (hand: DirectoryHand) => DirectoryHand["remember"] = (hand) => async (memory, progress) => {
    noted += 1;
    if (noted >= last) {
      died.resolve();
      return never;
    }
    return hand.remember(memory, progress);
  };
  const dying: DirectoryKind = {
    ...kind,
    connect: (directory, context) => {
      const connection = kind.connect(directory, context);
      return {
        ...connection,
        carry: (task, subject, hand) => connection.carry(task, subject, { ...hand, remember: remember(hand) }),
      };
    },
  };
  return { kind: dying, died: died.promise };
}

async function addDirectory(): Promise<void> {
  const { registry } = ground.node({ kinds: [kind] });
  const settings = { ...graph.settings, manageAccountState: true };
  const input = { name: "graph", kind: "graph", title: { fi: "Entra" }, settings, secret: graphCertificate.privateKey };
  const added = await registry.add(ground.organisation.id, input, ground.by);
  assert.ok("directory" in added, JSON.stringify(added));
}

/** Somebody who has three authenticators there since yesterday: the app is the default. */
async function addPerson(more: Partial<GraphUser> = {}) {
  const account = await ground.person();
  const user = graph.addUser({ userPrincipalName: account.userName, ...more });
  const createdAt = plus(ground.clock.now(), -days(1));
  const app = graph.link(user, "microsoftAuthenticator", { createdAt });
  graph.link(user, "fido2", { createdAt });
  Object.assign(graph.linkPhone(user, "mobile", "+358 401234567"), { createdAt });
  user.defaultMethodId = app.id;
  return { account, user, old: user.methods.map(({ id }) => id) };
}

/** Delivers what is due, and turns the clock to a minute after what is due next; false when nothing waits any more. */
async function goOn(node: Pick<DirectoriesGround["directories"], "deliverDue">): Promise<boolean> {
  const handled = await node.deliverDue();
  const next = await ground.db
    .selectFrom("directory_job")
    .select(({ fn }) => fn.min("next_attempt_at").as("at"))
    .where("state", "=", "waiting")
    .executeTakeFirst();
  if (!next?.at) return false;
  // What is due and was not handled waits for the leases of a node that has died.
  const from = Math.max(Number(next.at), handled === 0 ? Number(ground.clock.now()) : 0);
  if (from >= Number(ground.clock.now())) ground.clock.set(plus(new Date(from), minutes(1)));
  return true;
}

test("DIR-1 DIR-2 T80 five hundred resets, every second call throttled and a node killed: each authenticator once, nobody too early, in order", {
  timeout: minutes(15),
}, async () => {
  await addDirectory();
  graph.behaviour.throttle = { every: 2, retryAfter: seconds(15) };
  const people: Awaited<ReturnType<typeof addPerson>>[] = [];
  for (let count = 0; count < 500; count += 1) people.push(await addPerson({ accountEnabled: count % 10 > 0 }));
  for (const { account, user } of people) {
    await ground.tell(account, "reset");
    if (!user.accountEnabled) await ground.tell(account, "account");
  }

  const { kind: dying, died } = mortal(1000);
  const first = ground.node({ kinds: [dying] });
  const second = ground.node({ kinds: [kind] });
  ground.clock.advance(seconds(1));
  const isDead = died.then(() => true);
  const goesOn = () => goOn(first).then((waits) => assert.ok(waits, "it was to die in the middle"));
  while (!(await Promise.race([isDead, goesOn()])));

  const linkedLater = new Map<GraphUser, string>();
  for (const { user } of people.filter((_, index) => index % 25 === 0))
    linkedLater.set(user, graph.link(user, "fido2").id);
  for (const [user, id] of linkedLater) user.defaultMethodId = id;
  while (await goOn(second));

  assert.deepEqual(graph.violations, []);
  assert.ok((await ground.jobs()).every(({ state, remaining }) => state === "done" && remaining.length === 0));
  for (const { user, old } of people) {
    assert.deepEqual(user.removed.map(({ id }) => id).toSorted(), old.toSorted(), "each once, and nothing else");
    assert.deepEqual(
      user.methods.map(({ id }) => id),
      [linkedLater.get(user)].filter((id) => id !== undefined),
    );
    assert.ok(user.sessionsEndedAt.length > 0);
    assert.ok(user.accountEnabled);
  }
  const enabled = graph.log.filter(({ method, status }) => method === "PATCH" && status === 204);
  assert.equal(enabled.length, 50);
  for (const { user, at } of enabled) {
    const last = graph.log.findLast((entry) => entry.user === user && entry.method === "DELETE");
    assert.ok(last && last.at <= at, "the account's state was told after its reset");
  }
});

test("DIR-1 T80 what is linked while a delete waits an hour survives it, the same number on the same id too", async () => {
  await addDirectory();
  const { account, user } = await addPerson();
  user.defaultMethodId = null;
  graph.behaviour.troubles = [{ on: /^DELETE /u, times: 1, how: { status: 429, retryAfter: hours(1) } }];
  await ground.tell(account, "reset");
  const node = ground.node({ kinds: [kind] });
  await node.deliverDue();
  assert.equal(user.removed.length, 0);
  ground.clock.advance(minutes(30));
  const key = graph.link(user, "fido2");
  const phone = graph.linkPhone(user, "mobile", "+358 409999999");
  assert.equal(await node.deliverDue(), 0, "half an hour is not an hour");
  while (await goOn(node));
  assert.deepEqual(graph.violations, []);
  assert.deepEqual(user.methods.map(({ id }) => id).toSorted(), [key.id, phone.id].toSorted());
  assert.equal(user.methods.find(({ id }) => id === phone.id)?.phoneNumber, "+358 409999999");
  assert.deepEqual(user.removed.map(({ type }) => type).toSorted(), ["fido2", "microsoftAuthenticator"]);
});
