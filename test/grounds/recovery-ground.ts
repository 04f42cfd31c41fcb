import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { makeArrive } from "../../src/features/authenticators/eid/arrive.ts";
import type { Broker, Brokers } from "../../src/features/authenticators/eid/brokers/broker.ts";
import { eid, makeIdentities } from "../../src/features/authenticators/eid/index.ts";
import { makeCases } from "../../src/features/cases/index.ts";
import { insertAuthenticator, type Method } from "../../src/features/journey/index.ts";
import { recovery } from "../../src/features/recovery/index.ts";
import type { Identity, Level } from "../../src/kernel/identity.ts";
import type { Tx } from "../../src/platform/database/index.ts";
import { openGround } from "./authenticators.ts";
import { scriptedBroker } from "./eid.ts";

export type RecoveryGround = Awaited<ReturnType<typeof openRecoveryGround>>;

/** The ground of methods with recovery on it, and a scripted service that proves who people are. */
export async function openRecoveryGround() {
  const ground = await openGround();
  const { db, clock, random, keyring, audit } = ground;
  const identities = makeIdentities({ keyring });
  const one = scriptedBroker("one");
  const other = scriptedBroker("other");
  const all: readonly Broker[] = [one.broker, other.broker];
  for (const { name, profile } of all)
    await db
      .insertInto("identity_broker")
      .values({ name, profile, title: "{}", settings: "{}", created_at: clock.now() })
      .execute();
  const brokers: Brokers = {
    all: () => all,
    open: () => all,
    find: (name) => all.find((broker) => broker.name === name) ?? null,
    offeredTo: () => all,
    provingFor: () => all,
    reload: async () => {},
    stop: async () => {},
  };
  const told: { accountId: string; cause: string | null }[] = [];
  /** What throws at the next chance, by name. */
  const faults = new Set<string>();
  const fail = (name: string) => {
    if (faults.has(name)) throw new Error(`a fault of the test: ${name}`);
  };
  const messages = {
    ...ground.messages,
    enqueue: async (tx: Tx, outgoing: Parameters<typeof ground.messages.enqueue>[1]) => {
      fail("messages");
      await ground.messages.enqueue(tx, outgoing);
    },
    withdraw: async () => fail("withdraw"),
  };
  const directories = {
    tell: async (_tx: Tx, { id }: { id: string }, _task: string, cause: { id: string | null }) => {
      fail("directories");
      told.push({ accountId: id, cause: cause.id });
      return 2;
    },
  };
  const shared = { db, clock, random, keyring, audit, messages, identities };
  const deps = { ...shared, brokers, log: { warn: () => {} } };
  const identification = eid(deps);
  const methods: Method[] = [];
  const recovering = recovery({
    ...shared,
    brokers,
    directories,
    cases: makeCases(shared),
    methods,
    publicUrl: "https://login.example",
    prove: identification.prove,
    isOpen: async (tx, name) => {
      fail("broker");
      return identification.isOpen(tx, name);
    },
  });
  const node = ground.openNode({ extra: [identification.method], also: recovering.purposes });
  methods.push(...node.methods);
  const arrive = makeArrive({ ...deps, provers: [recovering.prover] });
  const hashOf = (browser: string): Buffer => createHash("sha256").update(browser).digest();

  const post = (id: string, form: Record<string, string>, browser = "browser") =>
    ground.post(id, form, { browser, on: node });

  /** A journey at the choice of services, of whoever says to be `name`. */
  const toProof = async (name: string, browser = "browser") => {
    const id = await ground.begin({ purpose: "recovery", browser, requested: { loginHint: name } });
    await post(id, { step: "recovery-way", way: "reset" }, browser);
    return id;
  };
  /** Leaves for the service; resolves to the state that comes back. */
  const leave = async (id: string, browser = "browser") => {
    const left = await post(id, { step: "identity-proofed", means: "one fi-one" }, browser);
    assert.ok(left.to === "elsewhere", JSON.stringify(left));
    return new URL(left.url).searchParams.get("state") ?? "";
  };
  const comeBack = async (state: string, browser = "browser") => {
    const browserHash = hashOf(browser);
    const came = await arrive({ broker: "one", answer: { state, code: "c" }, browserHash, language: "en" });
    if (came.to !== "judge") return came;
    const origin = { browserHash, network: "192.0.2.1", browser: "Firefox", reference: "REF" };
    return node.arrive({ ...came, origin, sessionCookie: null });
  };
  const identified = (identity: Identity, level: Level = "substantial") =>
    ({ result: "identified", identity, level, authenticatedAt: clock.now(), brokerSession: null }) as const;

  return {
    ...ground,
    node,
    one,
    identities,
    told,
    faults,
    post,
    toProof,
    leave,
    comeBack,
    identified,
    page: (id: string, browser = "browser") => ground.page(id, { browser, on: node }),
    /** An active account with a password, an app and an eID of `who`'s. */
    async person(name: string, who: Identity) {
      const made = await ground.activated(name);
      const { organisation } = ground;
      const authenticator = { id: random.id(), method: "eid", name: null, linkedAt: clock.now(), lastUsedAt: null };
      await db.transaction().execute(async (tx) => {
        const owned = { accountId: made.accountId, organisationId: organisation.id, identity: who };
        const bound = await identities.bind(tx, { ...owned, broker: "one", level: "substantial" }, clock.now());
        assert.equal(bound, "bound");
        await insertAuthenticator(tx, made.accountId, authenticator);
      });
      return made;
    },
    /** Everything of the account that a reset may change. */
    async standing(accountId: string) {
      const of = async (table: "authenticator" | "recovery" | "temporary_password" | "audit_event") =>
        db.selectFrom(table).selectAll().where("account_id", "=", accountId).execute();
      const account = await db.selectFrom("account").selectAll().where("id", "=", accountId).executeTakeFirstOrThrow();
      const tokens = await db.selectFrom("totp").select("authenticator_id").execute();
      const rows = await Promise.all(
        (["authenticator", "recovery", "temporary_password", "audit_event"] as const).map(of),
      );
      return JSON.stringify({ account, rows, tokens });
    },
  };
}
