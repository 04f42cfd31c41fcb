import { randomUUID } from "node:crypto";
import { between, type Instant, seconds } from "../../kernel/time.ts";
import type { BrokerCheck } from "../../ports/identity-broker.ts";
import type { makeClient } from "./client.ts";
import type { Setup } from "./settings.ts";
import { CandourTrouble, type TroubleReason } from "./trouble.ts";

/** What `vahva doctor` says: whether Candour answers to our key. It is asked for a session that there is not. */
export async function check(
  { setup, client }: { setup: Setup; client: ReturnType<typeof makeClient> | null },
  now: Instant,
): Promise<readonly BrokerCheck[]> {
  if (setup.barred) return [failOf(setup.barred)];
  if (!client) return [failOf("no-secret")];
  try {
    const { status, date } = await client.ask(randomUUID(), AbortSignal.timeout(seconds(6)));
    if (status === 401 || status === 403) return [failOf("broker-refused-us")];
    if (status >= 500) return [failOf("broker-error")];
    return [{ verdict: "pass", says: "Candour answers to our key." }, ...checkClock(date, now), ...checkMethods(setup)];
  } catch (error) {
    return [failOf(error instanceof CandourTrouble ? error.reason : "fault")];
  }
}

/** A request carries its time, and a result is judged by the minute. */
function checkClock(date: string | null, now: Instant): BrokerCheck[] {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return [];
  const apart = Math.abs(between(now, new Date(theirs)));
  if (apart < seconds(15)) return [{ verdict: "pass", says: "Our clock and Candour's agree." }];
  const says = `Our clock and Candour's are ${Math.round(apart / 1000)} seconds apart.`;
  return [{ verdict: apart < seconds(60) ? "advice" : "fail", says, todo: "Set the database server's clock by NTP." }];
}

function checkMethods({ levels }: Setup): BrokerCheck[] {
  const byCamera = Object.keys(levels).filter((method) => method !== "rfidApp");
  if (byCamera.length === 0) return [];
  const says = `Documents are also read by a camera alone (${byCamera.join(", ")}): only a chip is signed by its state.`;
  return [
    { verdict: "advice", says, todo: "See that your assessment allows it, or take it out of the setting levels." },
  ];
}

const sentences: Partial<Record<TroubleReason, readonly [says: string, todo: string]>> = {
  "no-base-url": ["There is no address of Candour's service.", "Give the one that Candour gave, as baseUrl."],
  "test-service-in-production": [
    "This is Candour's test service, and the service is in production.",
    "Give the address of Candour's production service, as baseUrl.",
  ],
  "no-secret": ["There is no secret to sign with.", "Give the one that Candour gave, with --secret-file."],
  "broker-refused-us": ["Candour does not accept our key.", "Compare the clientId and the secret with Candour's."],
  "broker-slow": ["Candour does not answer in time.", "See the network, and Candour's notices."],
  "broker-unreachable": ["Candour can't be reached.", "See the network, name service, firewall and certificates."],
};

function failOf(reason: TroubleReason): BrokerCheck {
  const [says, todo] = sentences[reason] ?? [`Candour does not answer as it should (${reason}).`, "Ask Candour."];
  return { verdict: "fail", says, todo };
}
