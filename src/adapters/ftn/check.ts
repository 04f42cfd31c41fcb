import { between, days, type Instant, seconds } from "../../kernel/time.ts";
import type { BrokerCheck, BrokerContext } from "../../ports/identity-broker.ts";
import type { BrokerKeys } from "./broker-keys.ts";
import type { Cached } from "./cached.ts";
import { usesOurKeys } from "./registration.ts";
import type { Setup } from "./setup.ts";
import { BrokerTrouble, type TroubleReason } from "./trouble.ts";

const pass = (says: string): BrokerCheck => ({ verdict: "pass", says });
const advice = (says: string, todo: string): BrokerCheck => ({ verdict: "advice", says, todo });
const fail = (says: string, todo: string): BrokerCheck => ({ verdict: "fail", says, todo });

/** What `vahva doctor` says of this broker. */
export async function check(
  {
    setup,
    context,
    secret,
    brokerKeys,
  }: { setup: Setup; context: BrokerContext; secret: string | null; brokerKeys: Cached<BrokerKeys> },
  now: Instant,
): Promise<readonly BrokerCheck[]> {
  if (setup.barred) return [fail(sentenceOf(setup.barred), todoOf(setup.barred))];
  const needsSecret = setup.profile.clientAuthentication !== "private_key_jwt" && secret === null;
  return [
    ...(needsSecret ? [fail(sentenceOf("no-client-secret"), todoOf("no-client-secret"))] : []),
    ...(await checkBroker(brokerKeys, now)),
    ...(usesOurKeys(setup) ? await checkOurKeys(setup, context, now) : []),
  ];
}

async function checkBroker(brokerKeys: Cached<BrokerKeys>, now: Instant): Promise<BrokerCheck[]> {
  try {
    const { keys, date } = await brokerKeys.renew(now);
    if (keys.length === 0) return [fail("The broker publishes no keys.", "Ask the broker.")];
    return [pass(`The broker's signing keys are verified (${keys.length}).`), ...checkClock(date, now)];
  } catch (error) {
    const reason = error instanceof BrokerTrouble ? error.reason : "fault";
    return [fail(sentenceOf(reason), todoOf(reason))];
  }
}

/** Tokens are judged by the minute, so clocks must agree. */
function checkClock(date: string | null, now: Instant): BrokerCheck[] {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return [];
  const apart = Math.abs(between(now, new Date(theirs)));
  if (apart < seconds(15)) return [pass("Our clock and the broker's agree.")];
  const says = `Our clock and the broker's are ${Math.round(apart / 1000)} seconds apart.`;
  const todo = "Set the database server's clock by NTP.";
  return [apart < seconds(60) ? advice(says, todo) : fail(says, todo)];
}

async function checkOurKeys({ profile }: Setup, { keys }: BrokerContext, now: Instant): Promise<BrokerCheck[]> {
  try {
    const signing = await keys.signing();
    const decryption = await keys.decryption();
    if (profile.encryption && decryption.length === 0)
      return [fail("We have no key that opens the broker's answers.", "Make one: vahva keys rotate --use enc.")];
    const age = Math.floor(between(signing.createdAt, now) / days(1));
    if (age > 400) return [advice(`Our signing key is ${age} days old.`, "Rotate it: vahva keys rotate --use sig.")];
    return [pass(`Our keys are there; the signing key is ${age} days old.`)];
  } catch {
    return [fail("Our own keys can't be read.", "See the log.")];
  }
}

const sentences: Partial<Record<TroubleReason, readonly [says: string, todo: string]>> = {
  "broker-slow": ["The broker does not answer in time.", "See the network, and the broker's notices."],
  "broker-unreachable": ["The broker can't be reached.", "See the network, name service and firewall."],
  "broker-tls": ["The broker's certificate is not trusted.", "See its certificate; a proxy may stand between."],
  "discovery-of-another": ["The discovery document names another issuer.", "Correct the setting issuer."],
  "discovery-incomplete": ["The discovery document lacks an address.", "Give it in the setting endpoints."],
  "keys-unverified": [
    "The broker's keys are not signed by the entity key that is pinned.",
    "Compare the entity key with the broker.",
  ],
  "entity-statement-changed": [
    "The broker's entity statement is not the one whose SHA-256 is pinned.",
    "Read the broker's notices; compare the new SHA-256 with the broker, and set entityStatementSha256.",
  ],
  "entity-statement-unverified": ["The broker's entity statement is not valid.", "Ask the broker."],
  "test-broker-in-production": [
    "This is a test broker, and the service is in production.",
    "Correct the setting issuer.",
  ],
  "no-client-secret": ["There is no client secret.", "Give the secret that the broker gave."],
};

const sentenceOf = (reason: TroubleReason): string =>
  sentences[reason]?.[0] ?? `The broker does not answer as it should (${reason}).`;
const todoOf = (reason: TroubleReason): string => sentences[reason]?.[1] ?? "Ask the broker.";
