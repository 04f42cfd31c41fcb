import type { Duration } from "../../kernel/time.ts";
import type {
  Answer,
  BrokerContext,
  BrokerSettings,
  Identification,
  IdentityBroker,
  Sent,
  Unavailable,
} from "../../ports/identity-broker.ts";
import { makeBrokerKeys } from "./broker-keys.ts";
import { check } from "./check.ts";
import { depart, parseMemory } from "./depart.ts";
import { makeWhereabouts, type Whereabouts } from "./endpoints.ts";
import { patience } from "./exchange.ts";
import { judgeClaims } from "./judge-claims.ts";
import { readIdToken } from "./read-id-token.ts";
import { redeemCode } from "./redeem-code.ts";
import { registration } from "./registration.ts";
import { makeSelection } from "./selection.ts";
import { isProfileName, parseSettings } from "./settings.ts";
import { type Setup, setUp } from "./setup.ts";
import { BrokerTrouble, refused } from "./trouble.ts";

/** Errors that say that the broker is not well, or that we asked wrongly: the person can't help either (RFC 6749 §4.1.2.1). */
const brokerErrors = new Set(["server_error", "temporarily_unavailable"]);
const ourErrors = new Set([
  "invalid_request",
  "invalid_request_object",
  "invalid_scope",
  "invalid_ftn_idp_id",
  "unauthorized_client",
  "unsupported_response_type",
]);

/** A broker by its settings. `limit` is what a person waits for, all requests of a step together. */
export function connect(broker: BrokerSettings, context: BrokerContext, limit: Duration = patience): IdentityBroker {
  const setup = setupOf(broker, context);
  const { secret } = broker;
  const whereabouts = makeWhereabouts(setup);
  const brokerKeys = makeBrokerKeys(setup, whereabouts);
  const selection = makeSelection(setup);

  const identify = async (answer: Answer, sent: Sent, signal: AbortSignal): Promise<Identification> => {
    const memory = parseMemory(sent.memory);
    if (!memory) return refused("memory-unreadable");
    if (answer.state !== sent.state) return refused("state-differs");
    const where = await whereabouts.get(sent.now);
    const ending = readAnswer(answer, setup, where);
    if (typeof ending !== "string") return ending;
    const { endpoints } = where;
    const redeemed = await redeemCode(ending, memory.verifier, {
      setup,
      context,
      secret,
      endpoints,
      now: sent.now,
      signal,
    });
    if ("result" in redeemed) return redeemed;
    const decryptionKeys = context.keys.decryption;
    const read = await readIdToken(redeemed.idToken, {
      profile: setup.profile,
      brokerKeys,
      decryptionKeys,
      now: sent.now,
    });
    if ("result" in read) return read;
    const judged = judgeClaims(read.claims, setup, { ...sent, nonce: memory.nonce });
    return judged.result === "refused" ? judged : { ...judged, brokerSession: null };
  };

  /** One time limit over a step; whatever goes wrong in it is the broker's being unavailable. */
  const within = async <T>(step: (signal: AbortSignal) => Promise<T>): Promise<T | Unavailable> => {
    const signal = AbortSignal.timeout(limit);
    try {
      if (setup.barred) throw new BrokerTrouble(setup.barred);
      return await Promise.race([step(signal), late(signal)]);
    } catch (error) {
      return { result: "unavailable", reason: error instanceof BrokerTrouble ? error.reason : "fault" };
    }
  };

  return {
    depart: (wish) =>
      within(async () => depart(wish, { setup, context, whereabouts: await whereabouts.get(wish.now) })),
    identify: (answer, sent) => within((signal) => identify(answer, sent, signal)),
    selection,
    check: (now) => check({ setup, context, secret, brokerKeys }, now),
    registration: () => registration(setup, context),
  };
}

/** The code of an answer, or how it ended without one. */
function readAnswer({ iss, error, code }: Answer, { issuer, profile }: Setup, { namesIssuer }: Whereabouts) {
  // RFC 9207: an answer of another broker's, that was led here.
  if (iss !== undefined && iss !== issuer) return refused("issuer-differs");
  if (iss === undefined && namesIssuer) return refused("issuer-missing");
  if (error !== undefined) return readError(error, profile.cancelErrors);
  return code ? code : refused("no-code");
}

function readError(error: string, cancelErrors: readonly string[]): Identification {
  if (cancelErrors.includes(error)) return { result: "cancelled" };
  if (brokerErrors.has(error)) return { result: "unavailable", reason: "broker-error" };
  if (ourErrors.has(error)) return { result: "unavailable", reason: "broker-refused-us" };
  return refused("broker-denied");
}

const late = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new BrokerTrouble("broker-slow")), { once: true });
  });

/** Settings were checked before they were kept; checking them again gives them their type. */
function setupOf({ profile, settings }: BrokerSettings, { environment }: BrokerContext): Setup {
  const parsed = parseSettings(profile, settings);
  if (!isProfileName(profile) || !("settings" in parsed))
    throw new Error(`The settings of a broker of the profile ${profile} can't be used any more.`);
  return setUp(profile, parsed.settings, environment);
}
