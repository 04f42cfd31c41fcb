import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { type LocalisedText, languages } from "../../../../kernel/language.ts";
import type { Db } from "../../../../platform/database/index.ts";
import type { Keyring } from "../../../../platform/seal/index.ts";
import type { Clock } from "../../../../ports/clock.ts";
import type { BrokerKind } from "../../../../ports/identity-broker.ts";
import type { Actor, Audit } from "../../../audit/index.ts";
import type { Broker } from "./broker.ts";
import {
  findBroker,
  insertBroker,
  listBrokers,
  loadBrokers,
  lockBroker,
  type StoredBroker,
  saveBroker,
  saveSecret,
} from "./broker-store.ts";
import { type Connecting, connectBroker, kindOf } from "./connect-broker.ts";

export type RegistryDeps = Connecting & Readonly<{ db: Db; clock: Clock; keyring: Keyring; audit: Audit }>;

/** What is wrong with what was given, field by field; never repeats a secret. */
export type BrokerProblems = Readonly<{ problems: readonly Readonly<{ field: string; says: string }>[] }>;
export type BrokerResult = Readonly<{ broker: StoredBroker }> | BrokerProblems;

export type BrokerInput = Readonly<{
  name: string;
  profile: string;
  title: LocalisedText;
  /** As the profile's adapter describes them. */
  settings: Readonly<Record<string, unknown>>;
  secret?: string | null;
  /** Open unless told otherwise. */
  state?: Broker["state"];
}>;

export type BrokerChange = Readonly<{
  title?: LocalisedText;
  /** Laid over the ones there are; null takes one away. */
  settings?: Readonly<Record<string, unknown>>;
  secret?: string | null;
  position?: number;
}>;

type By = Readonly<{ actor: Actor }>;

const nameForm = /^[a-z0-9][a-z0-9-]{0,30}$/;
const titleForm = z
  .partialRecord(z.enum(languages), z.string().trim().min(1).max(60))
  .refine((title) => Object.keys(title).length > 0);

/** The brokers that are configured: what commands and the console work with. */
export function brokerRegistry(deps: RegistryDeps) {
  const { db, clock, keyring, audit, kinds } = deps;

  const event = (type: string, name: string, actor: Actor, detail: Readonly<Record<string, string>> = {}) => ({
    type,
    result: "done" as const,
    actor,
    organisationId: null,
    detail: { broker: name, ...detail },
  });

  return {
    /** Adds a broker behind the others. */
    async add(input: BrokerInput, { actor }: By): Promise<BrokerResult> {
      const { name, profile, secret = null, state = "open" } = input;
      const parsed = parseSettings(kinds, profile, input.settings);
      const problems = [
        ...(nameForm.test(name) ? [] : [problem("name", "Use at most 31 small letters, digits and hyphens.")]),
        ...titleProblems(input.title),
        ...problemsOf(parsed),
      ];
      if (problems.length > 0 || "problems" in parsed) return { problems };
      const { settings } = parsed;
      const title = titleForm.parse(input.title);
      const createdAt = clock.now();
      return db.transaction().execute(async (tx) => {
        if (!(await insertBroker(tx, keyring, { name, profile, title, settings, secret, state, createdAt })))
          return { problems: [problem("name", "Another broker has this name.")] };
        const broker = await findBroker(tx, name);
        if (!broker) throw new Error("a broker that was added is gone");
        await audit.record(tx, [event("broker.added", name, actor, { profile, state })]);
        return { broker };
      });
    },

    /** Changes what `change` holds and leaves the rest. It holds at once on every node. */
    change: (name: string, change: BrokerChange, { actor }: By): Promise<BrokerResult | "no-such-broker"> =>
      db.transaction().execute(async (tx) => {
        const before = await lockBroker(tx, name);
        if (!before) return "no-such-broker";
        const { title: named = before.title, settings: laid = {}, secret, position = before.position } = change;
        const whole = Object.entries({ ...before.settings, ...laid }).filter(([, value]) => value !== null);
        const parsed = parseSettings(kinds, before.profile, Object.fromEntries(whole));
        const problems = [
          ...titleProblems(named),
          ...problemsOf(parsed),
          ...(Number.isSafeInteger(position) ? [] : [problem("position", "Give a whole number.")]),
        ];
        if (problems.length > 0 || "problems" in parsed) return { problems };
        const broker = { ...before, title: titleForm.parse(named), settings: parsed.settings, position };
        const changed = differences(before, broker);
        if (changed.length > 0) await saveBroker(tx, broker);
        if (secret !== undefined) await saveSecret(tx, keyring, name, secret);
        const all = [...changed, ...(secret === undefined ? [] : ["secret"])];
        if (all.length > 0) await audit.record(tx, [event("broker.changed", name, actor, { changed: all.join(" ") })]);
        return { broker: { ...broker, hasSecret: secret === undefined ? before.hasSecret : secret !== null } };
      }),

    /** Opens or closes a broker. A closed one is offered to nobody, and takes no answer any more. */
    setState: (name: string, state: Broker["state"], { actor }: By): Promise<BrokerResult | "no-such-broker"> =>
      db.transaction().execute(async (tx) => {
        const before = await lockBroker(tx, name);
        if (!before) return "no-such-broker";
        if (before.state === state) return { broker: before };
        const broker = { ...before, state };
        await saveBroker(tx, broker);
        await audit.record(tx, [event(state === "open" ? "broker.opened" : "broker.closed", name, actor)]);
        return { broker };
      }),

    list: (): Promise<StoredBroker[]> => listBrokers(db),
    find: (name: string): Promise<StoredBroker | null> => findBroker(db, name),

    /** The broker with its connection, for what is asked of the broker itself; or why it can't be used. */
    async connect(name: string): Promise<Broker | BrokerProblems | "no-such-broker"> {
      const row = (await loadBrokers(db, keyring)).find((each) => each.name === name);
      if (!row) return "no-such-broker";
      try {
        return connectBroker(row, deps);
      } catch (error) {
        return { problems: [problem("", `It can't be used: ${error instanceof Error ? error.message : error}`)] };
      }
    },

    /** The profiles that this service speaks. */
    profiles: (): readonly string[] => kinds.flatMap(({ profiles }) => profiles),
  };
}

export type BrokerRegistry = ReturnType<typeof brokerRegistry>;

const problem = (field: string, says: string) => ({ field, says });

const titleProblems = (title: LocalisedText) =>
  titleForm.safeParse(title).success
    ? []
    : [problem("title", "Give a name of at most 60 characters for people to see.")];

function parseSettings(kinds: readonly BrokerKind[], profile: string, given: unknown): ReturnType<BrokerKind["parse"]> {
  const kind = kindOf(kinds, profile);
  if (kind) return kind.parse(profile, given);
  const known = kinds.flatMap(({ profiles }) => profiles).join(", ");
  return { problems: [problem("profile", `There is no such profile. Choose one of ${known}.`)] };
}

const problemsOf = (parsed: ReturnType<BrokerKind["parse"]>) => ("problems" in parsed ? parsed.problems : []);

/** What differs, by name only: a value may be as private as a secret. */
function differences(before: StoredBroker, after: StoredBroker): string[] {
  const settings = [...new Set([...Object.keys(before.settings), ...Object.keys(after.settings)])];
  return [
    ...(isDeepStrictEqual(before.title, after.title) ? [] : ["title"]),
    ...(before.position === after.position ? [] : ["position"]),
    ...settings
      .filter((name) => !isDeepStrictEqual(before.settings[name], after.settings[name]))
      .map((name) => `settings.${name}`),
  ];
}
