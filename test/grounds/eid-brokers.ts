import assert from "node:assert/strict";
import { decodeJwt, type JSONWebKeySet, type JWK } from "jose";
import type { BrokerRegistry } from "../../src/features/authenticators/eid/index.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { type FtnBroker, startFtnBroker } from "../doubles/ftn-broker/index.ts";
import { type TestPerson, testPeople } from "../doubles/ftn-broker/people.ts";
import { readPublishedKeys } from "../doubles/ftn-broker/published-keys.ts";

/** Tero's name and date of birth, and another code: somebody else. */
const namesake: TestPerson = {
  ...testPeople[0],
  id: "namesake",
  identity: { country: "FI", type: "hetu", value: "010170-998P" },
};

const people = [...testPeople, namesake];

/** How people know each broker, and what they press on the page of choice to go there. */
export const known = {
  telia: { title: "Telia Tunnistus", press: "telia oidc.nordea.1" },
  op: { title: "OP Tunnistus", press: "op fi-nordea" },
  generic: { title: "Third Broker", press: "generic fi-aktia" },
} as const;
export type BrokerName = keyof typeof known;
const names = ["telia", "op", "generic"] as const;

export type EidBrokers = Awaited<ReturnType<typeof startBrokers>>;

/** A double of each broker, which reads our keys from where the service at `url` publishes them. */
export async function startBrokers({ url, clock }: { url: string; clock: Clock }) {
  const ourKeys = keysPublishedAt(url);
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
  const broker = (name: BrokerName): FtnBroker => {
    const found = started[names.indexOf(name)];
    assert.ok(found, name);
    return found;
  };
  return {
    broker,
    /** As an operator adds them. */
    async addTo(registry: Pick<BrokerRegistry, "add">): Promise<void> {
      for (const name of names) {
        const { settings } = broker(name);
        const added = { name, profile: name, title: { en: known[name].title }, settings };
        const result = await registry.add(added, { actor: "operator" });
        assert.ok("broker" in result, JSON.stringify(result));
      }
    },
    /** Brokers go by the keys of ours that they read now; `false`: they read them each time again. */
    keepOurKeys: ourKeys.keep,
    stop: () => Promise.all(started.map(({ stop }) => stop())),
  };
}

type Statement = {
  jwks: { keys: JWK[] };
  metadata: { openid_relying_party: { redirect_uris: string[] } };
};

/** Where brokers read of us: who we are, and the addresses that our answers go to. */
async function statementOf(origin: string) {
  const answer = await fetch(`${origin}/.well-known/openid-federation`);
  return answer.ok ? decodeJwt<Statement>(await answer.text()) : null;
}

/** That the node at `origin` knows as many brokers. */
export async function knowsBrokers(origin: string, count: number = names.length): Promise<void> {
  const statement = await statementOf(origin);
  assert.equal(statement?.metadata.openid_relying_party.redirect_uris.length, count);
}

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
