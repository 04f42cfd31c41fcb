import type { BrokerCheck, BrokerKind, RelyingPartyKeys } from "../../src/ports/identity-broker.ts";

/** An adapter that knows nobody: its settings need a `clientId`, and `checks` is what it finds when it is checked. */
export function fakeKind(
  profiles: readonly string[],
  { onlyWhereNamed = false, checks = [] }: { onlyWhereNamed?: boolean; checks?: readonly BrokerCheck[] } = {},
): BrokerKind {
  return {
    profiles,
    onlyWhereNamed,
    parse: (_profile, given) => {
      const settings = { ...(given as Record<string, unknown>) }; // a store's jsonb, or what a command made
      if (typeof settings.clientId !== "string") return { problems: [{ field: "clientId", says: "Give one." }] };
      return { settings };
    },
    connect: ({ settings, secret }, { callbackUrl }) => ({
      depart: async () => ({ result: "unavailable", reason: "fake" }),
      identify: async () => ({ result: "cancelled" }),
      selection: async () => ({ means: [], notices: [], disturbance: null }),
      check: async () => checks,
      registration: async () => ({
        values: [
          ["callback", callbackUrl],
          ["clientId", String(settings.clientId)],
          ...(secret === null ? [] : [["secret", secret] as const]),
        ],
        documents: [{ name: "about-us.txt", content: "Vahva" }],
      }),
    }),
  };
}

const refuse = () => Promise.reject(new Error("these keys are for nobody"));

/** Keys where none are needed. */
export const refusedKeys: RelyingPartyKeys = {
  signing: refuse,
  entity: refuse,
  decryption: refuse,
  published: refuse,
};
