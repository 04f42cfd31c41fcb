import type { Html } from "../../../platform/pages/index.ts";
import type { Described } from "../../../ports/identity-broker.ts";
import type { Attempt, Form, Journey, Poster, StepPage, StepView } from "../../journey/index.ts";
import type { Broker } from "./brokers/broker.ts";
import type { FoundAccount } from "./identities/index.ts";
import type { Found } from "./seals.ts";

/** For whose account somebody proves who they are, as far as their journey tells. */
export type Asked = Readonly<{ journeyId: string; loginHint: string | null; organisationId: string | null }>;

/** Why people prove who they are, besides signing in: what it is worth is judged by whoever asks for it. */
export type Prover = Readonly<{
  /** The step's kind. */
  kind: string;
  /** The services that the person may choose from. */
  brokersFor(journey: Journey): readonly Broker[];
  /** The accounts that can be meant by who was identified; of several the person chooses one. */
  accountsOf(asked: Asked, found: Found): Promise<readonly FoundAccount[]>;
  /** `accountId` is the only one of `accountsOf`, or the one chosen; null where there is none. */
  judge(asked: Asked, found: Found, accountId: string | null): Promise<Attempt>;
  /** Of somebody whose document has no identity code; without it they are refused. */
  judgeDescribed?(asked: Asked, described: Described & Readonly<{ broker: string }>): Promise<Attempt>;
  /** A page in the place of the choice: of the last refusal, or of what is waited for. */
  page?(view: StepView): Promise<StepPage | null>;
  /** A way out, below the choice of services. */
  anotherWay?(view: StepView): Html;
  /** What a button of those does; null for what is not its own. */
  attempt?(journey: Journey, form: Form, poster: Poster): Promise<Attempt | null>;
}>;

export const askedBy = ({ id, requested, organisationId }: Journey): Asked => ({
  journeyId: id,
  loginHint: requested.loginHint ?? null,
  organisationId,
});
