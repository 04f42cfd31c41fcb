import { type Language, localised } from "../../../kernel/language.ts";
import type { Instant } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Identification } from "../../../ports/identity-broker.ts";
import type { Random } from "../../../ports/random.ts";
import type { Organisation } from "../../organisations/index.ts";
import type { Broker, Brokers } from "./brokers/broker.ts";
import type { Identities } from "./identities/index.ts";
import type { Choice } from "./pages.ts";

export type EidDeps = Readonly<{
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Pick<Keyring, "seal" | "open" | "hash">;
  brokers: Brokers;
  identities: Identities;
  log: { warn(fields: object, message: string): void };
  /** Hears of what came of each identification, for the metrics. */
  onOutcome?(broker: string, result: Identification["result"]): void;
}>;

export const stateHash = ({ keyring }: Pick<EidDeps, "keyring">, state: string): Buffer =>
  keyring.hash("eid-state", state);

/**
 * What tells whoever has posted an answer from whoever only knows its state: it goes with the browser from the post to the
 * page behind it. Without it, somebody who lures another to identify at the address that their own page leads to would
 * fetch what came of it.
 */
export const postedBy = ({ keyring }: Pick<EidDeps, "keyring">, response: string): string =>
  keyring.hash("eid-posted", response).toString("base64url");

/** What a person of `organisation` can choose from: `brokers`, and those of their means whose country the policy permits. */
export async function choicesFor(
  brokers: readonly Broker[],
  organisation: Organisation | null,
  { language, now }: { language: Language; now: Instant },
): Promise<(Choice & { broker: Broker })[]> {
  const countries = organisation?.policy.eid.countries;
  const all = await Promise.all(
    brokers.map(async (broker) => {
      const selection = await broker.connection.selection(language, now);
      const means = selection.means.filter(({ country }) => !countries || countries.includes(country));
      const choice = {
        name: broker.name,
        title: localised(broker.title, language),
        profile: broker.provesOnly ? "document" : broker.profile,
        selection: { ...selection, means },
      };
      return selection.means.length > 0 && means.length === 0 ? null : { ...choice, broker };
    }),
  );
  return all.filter((choice) => choice !== null);
}
