import assert from "node:assert/strict";
import { decodeJwt, type JSONWebKeySet, type JWK } from "jose";
import type { Given } from "../../src/features/activation/index.ts";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { startSenders } from "../abuse/senders.ts";
import { type FtnBroker, startFtnBroker } from "../doubles/ftn-broker/index.ts";
import { answerBroker, type Choice } from "../doubles/ftn-broker/pass-through.ts";
import { type TestPerson, testPeople } from "../doubles/ftn-broker/people.ts";
import { readPublishedKeys } from "../doubles/ftn-broker/published-keys.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import { eventually } from "../harness/eventually.ts";
import { invitedWithPin, keyOn, makePhone, rightPassword } from "../harness/people.ts";
import { type MovableClock, movableClock, startService } from "../harness/service.ts";

const by = { actor: "operator" } as const;

/** Tero's name and date of birth, and another code: somebody else. */
const namesake: TestPerson = {
  ...testPeople[0],
  id: "namesake",
  identity: { country: "FI", type: "hetu", value: "010170-998P" },
};

/** How people know each broker, and what they press on the page of choice to go there. */
export const known = {
  telia: { title: "Telia Tunnistus", press: "telia oidc.nordea.1" },
  op: { title: "OP Tunnistus", press: "op fi-nordea" },
  generic: { title: "Third Broker", press: "generic fi-aktia" },
} as const;
export type BrokerName = keyof typeof known;
const names = ["telia", "op", "generic"] as const;

export type EidService = Awaited<ReturnType<typeof openEidService>>;

/**
 * The whole service in production mode, on two nodes and one database, that trusts the trust network's test brokers: a
 * double of each profile, which reads our keys from where they are published. Both nodes are known by the first one's
 * address, so that browsers come back there unless a test leads them to the other.
 */
export async function openEidService({
  clock = movableClock(),
  env = {},
}: {
  clock?: MovableClock;
  env?: Readonly<Record<string, string>>;
} = {}) {
  const senders = await startSenders();
  const given = { ...senders.env, VAHVA_EID_ENVIRONMENT: "test", ...env };
  const first = await startService({ env: given, clock });
  const { url, databaseUrl } = first;
  const second = await startService({ env: { ...given, VAHVA_PUBLIC_URL: url }, databaseUrl, clock });
  const origins: readonly string[] = [url, `http://localhost:${second.port}`];
  const ourKeys = keysPublishedAt(url);
  const people = [...testPeople, namesake];
  const started = await Promise.all(
    names.map((name) =>
      startFtnBroker({
        profile: name,
        redirectUris: [`${url}/eid/${name}/callback`],
        ourKeys: ourKeys.read,
        clock,
        people,
      }),
    ),
  );
  const brokers = new Map<BrokerName, FtnBroker>(
    names.flatMap((name, at) => (started[at] ? [[name, started[at]]] : [])),
  );
  const broker = (name: BrokerName): FtnBroker => {
    const found = brokers.get(name);
    assert.ok(found, name);
    return found;
  };
  for (const name of names) {
    const { settings } = broker(name);
    const added = { name, profile: name, title: { en: known[name].title }, settings };
    const result = await first.features.identityBrokers.add(added, by);
    assert.ok("broker" in result, JSON.stringify(result));
  }
  await Promise.all(origins.map((origin) => eventually(async () => assert.equal((await readersOf(origin)).length, 3))));

  const service = { ...first, inbox: () => senders.inbox() };

  /** Stands at the broker's page. */
  async function leaveFor(visitor: Visitor, name: BrokerName): Promise<void> {
    const page = await visitor.submit({}, known[name].press);
    assert.ok(page.url.startsWith(broker(name).origin), describe(page));
  }

  /** The address that the broker leads back to, before it is opened. */
  async function answerAt(visitor: Visitor, choice: Choice): Promise<string> {
    const { url: at, html } = visitor.page();
    return (await answerBroker(at, new Response(html), choice)).url;
  }

  /** To the broker and back: the page that the person then stands at. */
  async function identify(visitor: Visitor, name: BrokerName, choice: Choice | string) {
    await leaveFor(visitor, name);
    return visitor.get(await answerAt(visitor, typeof choice === "string" ? { person: choice } : choice));
  }

  /** An invited person who has shown the PIN and chosen to activate by eID. */
  async function toChoice(organisation: Organisation, wanted: Given = {}, visitor: Visitor = makeVisitor(url)) {
    const invited = await invitedWithPin(service, organisation, wanted);
    await visitor.get(invited.link);
    await visitor.submit({ pin: invited.pin });
    const page = await visitor.submit({}, "eid");
    assert.match(page.heading, /Choose your bank/, describe(page));
    return { ...invited, visitor };
  }

  /** An active account by password and authenticator app. */
  async function activatedByApp(organisation: Organisation, wanted: Given = {}) {
    const visitor = makeVisitor(url);
    const invited = await invitedWithPin(service, organisation, wanted);
    await visitor.get(invited.link);
    await visitor.submit({ pin: invited.pin });
    await visitor.submit({}, "totp");
    await visitor.submit({ new_password: rightPassword });
    const phone = makePhone(keyOn(visitor.page().html), clock);
    const page = await visitor.submit({ code: await phone.code() });
    assert.match(page.heading, /Your account is active/, describe(page));
    return { ...invited, visitor, phone };
  }

  /** An active account of `person`, whose browser stands at the confirmation. */
  async function activated(organisation: Organisation, person: string, wanted: Given = {}) {
    const invited = await toChoice(organisation, wanted);
    const page = await identify(invited.visitor, "telia", person);
    assert.match(page.heading, /Your account is active/, describe(page));
    return invited;
  }

  /** Somebody who wants to sign in, at the choice of banks. */
  async function toSignIn(path: string, visitor: Visitor = makeVisitor(url)): Promise<Visitor> {
    await visitor.get(new URL(path, url).href);
    const page = await visitor.submit({}, "eid");
    assert.match(page.heading, /Choose your bank/, describe(page));
    return visitor;
  }

  return {
    ...service,
    clock,
    senders,
    nodes: [first, second] as const,
    origins,
    broker,
    visitor: () => makeVisitor(url),
    leaveFor,
    answerAt,
    identify,
    /** Brokers go by the keys of ours that they read now; `false`: they read them each time again. */
    brokersKeepOurKeys: ourKeys.keep,
    toChoice,
    activated,
    activatedByApp,
    toSignIn,
    /** Audited events of a type, the latest first; those of one account alone, if it is given. */
    async events(type: string, accountId?: string) {
      const rows = await first.db
        .selectFrom("audit_event")
        .select(["result", "account_id", "detail"])
        .where("type", "=", type)
        .orderBy("at", "desc")
        .execute();
      const ofAccount = accountId === undefined ? rows : rows.filter((row) => row.account_id === accountId);
      return ofAccount.map(({ result, detail }) => ({ result, ...(detail as Detail) })); // every event has one
    },
    /** How often an identification came to this, on both nodes. */
    async counted(name: BrokerName, result: string): Promise<number> {
      const line = `vahva_identifications_total{broker="${name}",result="${result}"} `;
      const texts = await Promise.all(origins.map(async (origin) => (await fetch(`${origin}/metrics`)).text()));
      const numbers = texts.map((text) => Number(text.split(line)[1]?.split("\n")[0] ?? 0));
      return numbers.reduce((sum, number) => sum + number, 0);
    },
    close: async () => {
      await Promise.all(started.map(({ stop }) => stop()));
      await second.close();
      await first.close();
      await senders.stop();
    },
  };
}

type Detail = { reason?: string; broker?: string; level?: string; acr?: string; amr?: string };

/** Where brokers read of us: who we are, and the addresses that our answers go to. */
async function statementOf(origin: string) {
  const answer = await fetch(`${origin}/.well-known/openid-federation`);
  return answer.ok ? decodeJwt<Statement>(await answer.text()) : null;
}
type Statement = {
  jwks: { keys: JWK[] };
  metadata: { openid_relying_party: { redirect_uris: string[] } };
};

const readersOf = async (origin: string): Promise<readonly string[]> =>
  (await statementOf(origin))?.metadata.openid_relying_party.redirect_uris ?? [];

/** Our keys as a broker reads them, that was given our entity key when the two agreed. */
function keysPublishedAt(origin: string) {
  let entityKey: JWK | undefined;
  let kept: JSONWebKeySet | undefined;
  const fetchKeys = async () => {
    entityKey ??= (await statementOf(origin))?.jwks.keys[0];
    assert.ok(entityKey, "who we are is published");
    return readPublishedKeys({ url: `${origin}/eid/jwks.jwt`, entityKey });
  };
  return {
    read: async () => kept ?? fetchKeys(),
    keep: async (keeps: boolean) => {
      kept = keeps ? await fetchKeys() : undefined;
    },
  };
}
