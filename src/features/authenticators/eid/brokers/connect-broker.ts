import type { BrokerContext, BrokerKind } from "../../../../ports/identity-broker.ts";
import type { Broker } from "./broker.ts";
import type { BrokerRow } from "./broker-store.ts";

/** What brokers are connected by: the kinds that this service has, and what each is told of us. */
export type Connecting = Readonly<{
  kinds: readonly BrokerKind[];
  context: Omit<BrokerContext, "callbackUrl">;
}>;

/** The kind of a profile; null where nothing speaks it. */
export const kindOf = (kinds: readonly BrokerKind[], profile: string): BrokerKind | null =>
  kinds.find(({ profiles }) => profiles.includes(profile)) ?? null;

/** Where the browser comes back from the broker of that name. */
export const callbackUrl = (publicUrl: string, name: string): string => `${publicUrl}/eid/${name}/callback`;

/** Makes a broker of its row. Throws when it can't be used; the message names fields and no values. */
export function connectBroker(row: BrokerRow, { kinds, context }: Connecting): Broker {
  const { name, profile, title, settings, secret, state } = row.read();
  const kind = kindOf(kinds, profile);
  if (!kind) throw new Error(`there is no profile "${profile}"`);
  const parsed = kind.parse(profile, settings);
  if ("problems" in parsed)
    throw new Error(parsed.problems.map(({ field, says }) => (field ? `${field}: ${says}` : says)).join("; "));
  const connection = kind.connect(
    { name, profile, settings: parsed.settings, secret },
    { ...context, callbackUrl: callbackUrl(context.publicUrl, name) },
  );
  return {
    name,
    profile,
    title,
    state,
    onlyWhereNamed: kind.onlyWhereNamed,
    provesOnly: kind.provesOnly ?? false,
    connection,
  };
}
