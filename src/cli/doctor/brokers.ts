import { setTimeout as sleep } from "node:timers/promises";
import { listOrganisations, type Organisation } from "../../features/organisations/index.ts";
import { between, days, type Instant, seconds } from "../../kernel/time.ts";
import type { Context } from "../context.ts";
import { advice, type Check, fail, pass, wordsOf } from "./check.ts";

const longestWait = seconds(10);
/** A key that is older is not weak yet, but it has been in many backups. */
const oldestKey = days(2 * 365);
const page = 200;

type Named = Readonly<{ name: string; state: "open" | "closed" }>;

/** What an open broker says of itself, our keys, and whether policies and configuration fit what there is. */
export async function checkBrokers(context: Context): Promise<Check[]> {
  const { features, clock, db, config } = context;
  const all = await features.identityBrokers.list();
  const now = clock.now();
  const checks = all
    .filter(({ state }) => state === "open")
    .map(({ name }) => Promise.race([checkBroker(context, name, now), silence(name)]));
  return [
    ...(await Promise.all(checks)).flat(),
    ...(all.length > 0 ? await checkKeys(context, now) : []),
    ...(await checkPolicies(db, all)),
    ...(all.length > 0 && !config.demo && config.eidEnvironment === "test" ? [testEnvironment] : []),
  ];
}

async function checkBroker({ features }: Context, name: string, now: Instant): Promise<Check[]> {
  const title = `Broker ${name}`;
  const todo = `"vahva eid show ${name}" shows how it is configured, "vahva eid close ${name}" takes it away from people.`;
  try {
    const broker = await features.identityBrokers.connect(name);
    if (broker === "no-such-broker") return [];
    if ("problems" in broker) return broker.problems.map(({ says }) => fail(title, says, todo));
    const found = await broker.connection.check(now);
    return found.map((check) => ({ name: title, ...check }));
  } catch (error) {
    return [fail(title, wordsOf(error), todo)];
  }
}

const silence = async (name: string): Promise<Check[]> => {
  await sleep(longestWait, undefined, { ref: false });
  const todo = "Check that a firewall lets this machine out; the broker may be under maintenance.";
  return [fail(`Broker ${name}`, "It did not answer in ten seconds.", todo)];
};

async function checkKeys({ features }: Context, now: Instant): Promise<Check[]> {
  const name = "Keys towards brokers";
  const keys = (await features.identityBrokers.keys.list()).filter(({ current }) => current);
  if (keys.length === 0) return [pass(name, "They will be made when they are first needed.")];
  const old = keys.filter(({ use, createdAt }) => use !== "entity" && between(createdAt, now) > oldestKey);
  if (old.length === 0) return [pass(name, "None is older than two years.")];
  return old.map(({ use }) =>
    advice(name, `The ${use} key is older than two years.`, `"vahva keys rotate --use ${use}" makes a new one.`),
  );
}

async function checkPolicies(db: Context["db"], all: readonly Named[]): Promise<Check[]> {
  const checks: Check[] = [];
  let more: readonly Organisation[] = await listOrganisations(db, { limit: page });
  while (more.length > 0) {
    checks.push(...more.flatMap((organisation) => checkPolicy(organisation, all)));
    more = await listOrganisations(db, { after: more.at(-1)?.slug ?? "", limit: page });
  }
  return checks;
}

/** Brokers that a policy names and there are none of, and categories whose services are all closed. */
function checkPolicy({ slug, policy }: Organisation, all: readonly Named[]): Check[] {
  const services = Object.entries(policy.recovery.services);
  const named = new Set([...(policy.eid.brokers ?? []), ...services.flatMap(([, names]) => names)]);
  const unknown = [...named].filter((name) => !all.some((broker) => broker.name === name));
  const isOpen = (name: string) => all.some((broker) => broker.name === name && broker.state === "open");
  const without = services.filter(([, names]) => names.length > 0 && !names.some(isOpen)).map(([category]) => category);
  return [
    ...(unknown.length > 0
      ? [
          advice(
            "Policy",
            `${slug} names brokers that there are none of: ${unknown.join(", ")}.`,
            `"vahva eid add" adds them, "vahva organisation set ${slug} --policy" names others.`,
          ),
        ]
      : []),
    ...(without.length > 0
      ? [
          advice(
            "Policy",
            `${slug} offers no MFA reset to ${without.join(", ")}: none of the services that recovery.services names is open.`,
            '"vahva eid open" opens one.',
          ),
        ]
      : []),
  ];
}

const testEnvironment = advice(
  "Identifications",
  "Those of the brokers' test environments count, and no real ones: anybody can be anybody.",
  "Remove VAHVA_EID_ENVIRONMENT before people use this service.",
);
