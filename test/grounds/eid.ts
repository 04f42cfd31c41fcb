import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { makeArrive } from "../../src/features/authenticators/eid/arrive.ts";
import type { Broker, Brokers } from "../../src/features/authenticators/eid/brokers/broker.ts";
import { eid, makeIdentities } from "../../src/features/authenticators/eid/index.ts";
import type { Arrival } from "../../src/features/journey/index.ts";
import type { Identity, Level } from "../../src/kernel/identity.ts";
import { parseIdentity } from "../../src/kernel/identity.ts";
import type { Answer, Identification, IdentityBroker, Means } from "../../src/ports/identity-broker.ts";
import { type Ground, openGround } from "./authenticators.ts";

/** A hetu of the range that nobody is given. */
export const matti: Identity = identityOf("hetu", "010170-999R");
export const vaino: Identity = identityOf("hetu", "070770-905D");
/** A Swedish person. */
export const anna: Identity = identityOf("personnummer", "199001019802");

function identityOf(type: Identity["type"], text: string): Identity {
  const identity = parseIdentity(type, text);
  assert.ok(identity, text);
  return identity;
}

const means: readonly Means[] = [
  { id: "fi-one", name: "First Bank", country: "FI" },
  { id: "se-bankid", name: "BankID", country: "SE" },
];

/** A broker without a network: it answers what it is told to. */
export function scriptedBroker(name: string) {
  let next: Identification = { result: "cancelled" };
  const seen: { state: string; means: string | null; level: Level; language: string }[] = [];
  const answers: Answer[] = [];
  const connection: IdentityBroker = {
    depart: async (wish) => {
      seen.push(wish);
      return {
        result: "departs",
        url: `https://${name}.example/?state=${wish.state}`,
        memory: `memory of ${wish.state}`,
      };
    },
    identify: async (answer, sent) => {
      assert.equal(sent.memory, `memory of ${sent.state}`);
      answers.push(answer);
      return next;
    },
    selection: async () => ({ means, notices: [], disturbance: null }),
    check: async () => [],
    registration: async () => ({ values: [], documents: [] }),
  };
  const broker: Broker = {
    name,
    profile: "generic",
    title: { en: `The ${name}` },
    state: "open",
    onlyWhereNamed: false,
    provesOnly: false,
    connection,
  };
  return {
    broker,
    seen,
    answers,
    /** What the next person who comes back is. */
    next: (identification: Identification) => {
      next = identification;
    },
  };
}

export type EidGround = Awaited<ReturnType<typeof openEidGround>>;

/** The ground of methods with the method eID on it, and two scripted brokers. */
export async function openEidGround() {
  const ground: Ground = await openGround();
  const { db, clock, random, keyring } = ground;
  const identities = makeIdentities({ keyring });
  const one = scriptedBroker("one");
  const other = scriptedBroker("other");
  const all = new Map([one, other].map(({ broker }) => [broker.name, broker]));
  for (const { name, profile } of all.values())
    await db
      .insertInto("identity_broker")
      .values({ name, profile, title: "{}", settings: "{}", created_at: clock.now() })
      .execute();
  const open = () => [...all.values()].filter(({ state }) => state === "open");
  const brokers: Brokers = {
    all: () => [...all.values()],
    open,
    find: (name) => all.get(name) ?? null,
    provingFor: open,
    offeredTo: (organisation) => {
      const named = organisation?.policy.eid.brokers;
      return named ? open().filter(({ name }) => named.includes(name)) : open();
    },
    reload: async () => {},
    stop: async () => {},
  };
  const outcomes: string[] = [];
  const deps = {
    db,
    clock,
    random,
    keyring,
    brokers,
    identities,
    log: { warn: () => {} },
    onOutcome: (broker: string, result: string) => void outcomes.push(`${broker} ${result}`),
  };
  const node = ground.openNode({ extra: [eid(deps).method] });
  const arrive = makeArrive({ ...deps, provers: [] });
  const hashOf = (browser: string): Buffer => createHash("sha256").update(browser).digest();

  const post = (id: string, form: Record<string, string>, browser = "browser") =>
    ground.post(id, form, { browser, on: node });

  /** Leaves for a broker from the journey's page; resolves to the state that comes back. */
  const leave = async (id: string, chosen: string, { kind = "eid", browser = "browser" } = {}): Promise<string> => {
    const left = await post(id, { step: kind, means: chosen }, browser);
    assert.ok(left.to === "elsewhere", JSON.stringify({ left, notice: (await ground.read(id, browser)).notice }));
    return new URL(left.url).searchParams.get("state") ?? "";
  };
  /** Comes back from it, in a browser. */
  const comeBack = async (
    state: string,
    { broker = "one", browser = "browser", sessionCookie = null as string | null } = {},
  ) => {
    const came = await arrive({ broker, answer: { state, code: "c" }, browserHash: hashOf(browser), language: "en" });
    if (came.to !== "judge") return came;
    const origin = { browserHash: hashOf(browser), network: "192.0.2.1", browser: "Firefox", reference: "ref" };
    const arrival: Arrival = { ...came, origin, sessionCookie };
    return node.arrive(arrival);
  };
  /** Both, as somebody. */
  const identify = async (
    id: string,
    who: Identity,
    { kind = "eid", browser = "browser", level = "substantial" as Level, chosen = "one fi-one" } = {},
  ) => {
    one.next({ result: "identified", identity: who, level, authenticatedAt: clock.now(), brokerSession: null });
    return comeBack(await leave(id, chosen, { kind, browser }), { browser });
  };
  /** An active account of `who`'s, by an activation in a browser of its own. */
  const activated = async (name: string, who: Identity, organisationId = ground.organisation.id) => {
    const account = await ground.createAccount(name, organisationId);
    const browser = `${name}'s own`;
    const id = await ground.beginActivation(account, browser);
    await post(id, { step: "choose", method: "eid" }, browser);
    const came = await identify(id, who, { kind: "eid-link", browser });
    assert.equal(came.to, "destination", JSON.stringify(came));
    return account;
  };

  return {
    ...ground,
    /** An active account with a password and an app. */
    withApp: ground.activated,
    node,
    identities,
    brokers: { one, other, all },
    outcomes,
    /** The page of the journey's step. */
    page: (id: string, browser = "browser") => ground.page(id, { browser, on: node }),
    post,
    leave,
    comeBack,
    identify,
    activated,
    /** Switches a broker off or on, on every node. */
    setState: async (name: string, state: "open" | "closed", { everywhere = true } = {}) => {
      await db.updateTable("identity_broker").set({ state }).where("name", "=", name).execute();
      const broker = all.get(name);
      if (everywhere && broker) all.set(name, { ...broker, state });
    },
    setPolicy: (policy: object, organisationId = ground.organisation.id) =>
      db
        .updateTable("organisation")
        .set({ policy: JSON.stringify(policy) })
        .where("id", "=", organisationId)
        .execute(),
  };
}
