import { type Duration, seconds } from "../../kernel/time.ts";
import type {
  BrokerContext,
  BrokerKind,
  BrokerSettings,
  Identification,
  IdentityBroker,
  Sent,
  Unavailable,
  Wish,
} from "../../ports/identity-broker.ts";
import { check } from "./check.ts";
import { makeClient } from "./client.ts";
import { judgeResult } from "./judge.ts";
import { askedFor, readMemory, sessionRequest, writeMemory } from "./session.ts";
import { isInvitation, methodsFor, parseSettings, setUp } from "./settings.ts";
import { CandourTrouble, refused } from "./trouble.ts";

/** Passport and face by Candour ID: proves who somebody is at a recovery, and is no way to sign in. */
export const candourKind: BrokerKind = {
  profiles: ["candour"],
  onlyWhereNamed: false,
  provesOnly: true,
  parse: (_profile, given) => parseSettings(given),
  connect: (broker, context) => connect(broker, context),
};

/** For what a person waits for; erasing comes on top. */
const patience = seconds(6);

/** The service by its settings. `limit` is what a step may take. */
export function connect(
  { name, settings, secret }: BrokerSettings,
  context: BrokerContext,
  limit: Duration = patience,
): IdentityBroker {
  const parsed = parseSettings(settings);
  if ("problems" in parsed) throw new Error("The settings of Candour can't be used any more.");
  const setup = setUp(parsed.settings, context.environment);
  const client = secret === null ? null : makeClient({ ...setup, secret });

  const reach = () => {
    if (setup.barred) throw new CandourTrouble(setup.barred);
    if (!client) throw new CandourTrouble("no-secret");
    return client;
  };
  const depart = async (wish: Wish, signal: AbortSignal) => {
    if (wish.means !== null) throw new CandourTrouble("means-unknown");
    const candour = reach();
    const { session, link } = await candour.create(sessionRequest(wish, setup, context), signal);
    if (!isInvitation(link, setup)) throw new CandourTrouble("invitation-elsewhere");
    return { result: "departs", url: link, memory: writeMemory(session) } as const;
  };
  // Whatever the browser brought, the result is fetched: only the state that led here is believed, which was checked.
  const identify = async (sent: Sent, signal: AbortSignal): Promise<Identification> => {
    const session = readMemory(sent.memory);
    if (session === null) return refused("memory-unreadable");
    const candour = reach();
    const result = await candour.read(session, signal);
    if (!result) return refused("session-gone");
    const judged = judgeResult(result, setup, { ...sent, session });
    // What is needed is copied; whatever came of it, nothing stays there that could be erased.
    if (judged.result !== "pending" && !(await candour.erase(session))) context.onNotErased?.(name, session);
    return judged;
  };

  return {
    depart: (wish) => orUnavailable(() => depart(wish, AbortSignal.timeout(limit))),
    identify: (_answer, sent) => orUnavailable(() => identify(sent, AbortSignal.timeout(limit))),
    // One way, of every state's documents: the page of choice names the service and says who can use it.
    selection: async () => ({ means: [], notices: [], disturbance: null }),
    check: (now) => check({ setup, client }, now),
    registration: async () => ({
      values: [
        ["X-AUTH-CLIENT", setup.clientId],
        ["callbackUrl", `${context.callbackUrl}?state=…`],
        ["callbackPostEndpoint", "not used"],
        ["allowedVerificationMethods", methodsFor(setup, "substantial").join(" ")],
        ["allowedVerificationDocuments", setup.documents.join(" ")],
        ["resultProperties", askedFor.join(" ")],
      ],
      documents: [],
    }),
  };
}

/** Whatever goes wrong in a step is Candour's being unavailable. */
async function orUnavailable<T>(step: () => Promise<T>): Promise<T | Unavailable> {
  try {
    return await step();
  } catch (error) {
    return { result: "unavailable", reason: error instanceof CandourTrouble ? error.reason : "fault" };
  }
}
