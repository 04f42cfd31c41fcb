import type { LocalisedText } from "../../../../kernel/language.ts";
import type { IdentityBroker } from "../../../../ports/identity-broker.ts";
import type { Category, Organisation } from "../../../organisations/index.ts";

/** A broker as an operator has configured it, and the connection to it. `title` is the name that people see. */
export type Broker = Readonly<{
  name: string;
  profile: string;
  title: LocalisedText;
  state: "open" | "closed";
  /** Offered only to organisations whose policy names it. */
  onlyWhereNamed: boolean;
  /** For recovery only: offered neither to sign in nor to be linked. */
  provesOnly: boolean;
  connection: IdentityBroker;
}>;

/** The brokers in this node's memory: nothing here waits for the database. */
export type Brokers = Readonly<{
  /** Every one, in their order. */
  all(): readonly Broker[];
  /** Those that are open. */
  open(): readonly Broker[];
  /** The one of that name, closed ones too: an answer may still be on its way. */
  find(name: string): Broker | null;
  /**
   * The open brokers that `organisation`'s people may use: those that its policy names, in that order, or else every one
   * that all may use. Null where the organisation is not known yet.
   */
  offeredTo(organisation: Pick<Organisation, "policy"> | null): readonly Broker[];
  /**
   * The open brokers by which `organisation`'s people of `category` may prove who they are at a recovery (POL-1): those
   * that its policy names for it, in that order, or else those of `offeredTo`.
   */
  provingFor(organisation: Pick<Organisation, "policy"> | null, category: Category): readonly Broker[];
  /** Reads them anew, now. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}>;
