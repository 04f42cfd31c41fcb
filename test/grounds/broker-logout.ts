import { createHmac } from "node:crypto";
import type { Broker } from "../../src/features/authenticators/eid/brokers/broker.ts";
import type { Instant } from "../../src/kernel/time.ts";
import type { BrokerLogout } from "../../src/ports/identity-broker.ts";

type Message = "SAMLRequest" | "SAMLResponse";

/**
 * A broker with single logout and without a network. Its messages are JSON under a key of its own; a broker's session is
 * `<key>` or `<key>;<what goes without saying>`.
 */
export function brokerWithLogout(name: string) {
  const proofOf = (query: string) => createHmac("sha256", name).update(query).digest("base64url");
  const signed = (kind: Message, message: object, relayState?: string) => {
    const query = new URLSearchParams({
      [kind]: JSON.stringify(message),
      ...(relayState !== undefined && { RelayState: relayState }),
    }).toString();
    return `${query}&Signature=${proofOf(query)}`;
  };
  const read = (kind: Message, query: string): Record<string, string> | null => {
    const [text = "", proof] = query.split("&Signature=");
    const given = new URLSearchParams(text).getAll(kind);
    return proof === proofOf(text) && given.length === 1 ? JSON.parse(given[0] ?? "") : null;
  };
  let asked = 0;
  const hooks = { onRequest: async () => {} };

  const logout: BrokerLogout = {
    async request({ brokerSession, state, language }) {
      await hooks.onRequest();
      asked += 1;
      const message = { id: `ours-${asked}`, brokerSession, language };
      return {
        result: "departs",
        url: `https://${name}.example/slo?${signed("SAMLRequest", message, state)}`,
        memory: message.id,
      };
    },
    readAnswer: async (query, { memory }) => read("SAMLResponse", query)?.inResponseTo === memory,
    async readRequest(query) {
      const message = read("SAMLRequest", query);
      if (!message?.id || !message.brokerSession) return null;
      const { id, brokerSession, expiresAt = "" } = message;
      return { brokerSession, messageId: id, expiresAt: new Date(expiresAt), memory: id };
    },
    answer: async (memory) => `https://${name}.example/slo?${signed("SAMLResponse", { inResponseTo: memory })}`,
    key: (brokerSession) => brokerSession.split(";")[0] ?? "",
  };
  const broker: Broker = {
    name,
    profile: "suomifi",
    title: { en: name },
    state: "open",
    onlyWhereNamed: false,
    provesOnly: false,
    connection: {
      depart: async () => ({ result: "unavailable", reason: "fake" }),
      identify: async () => ({ result: "cancelled" }),
      selection: async () => ({ means: [], notices: [], disturbance: null }),
      check: async () => [],
      registration: async () => ({ values: [], documents: [] }),
      metadata: async () => `<EntityDescriptor entityID="${name}"/>`,
      logout,
    },
  };
  return {
    broker,
    hooks,
    /** The query of a request of its own. */
    asks: (id: string, brokerSession: string, expiresAt: Instant) =>
      signed("SAMLRequest", { id, brokerSession, expiresAt: expiresAt.toISOString() }),
    /** What our request asked for, and the query of the answer to it. */
    answers(url: string) {
      const query = new URL(url).search.slice(1);
      const message = read("SAMLRequest", query);
      if (!message) throw new Error(`not a request: ${url}`);
      const state = new URLSearchParams(query).get("RelayState") ?? "";
      return { asked: message, state, query: signed("SAMLResponse", { inResponseTo: message.id }, state) };
    },
  };
}

export type BrokerWithLogout = ReturnType<typeof brokerWithLogout>;
