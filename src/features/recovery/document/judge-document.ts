import { birthDateOf, type Level } from "../../../kernel/identity.ts";
import type { Origin } from "../../../kernel/origin.ts";
import { hours, type Instant, plus } from "../../../kernel/time.ts";
import type { Db, Tx } from "../../../platform/database/index.ts";
import { use } from "../../../platform/throttle/index.ts";
import type { Described } from "../../../ports/identity-broker.ts";
import type { Asked, BoundIdentity } from "../../authenticators/eid/index.ts";
import { type Attempt, type Journey, lengthenJourney, type Outcome } from "../../journey/index.ts";
import { type Account, findAccountsByName, loadOrganisation } from "../../organisations/index.ts";
import { judgeProof, type Verdict } from "../domain/judge-proof.ts";
import { notConfirmed } from "../not-confirmed.ts";
import type { RecoveryDeps } from "../recovery-deps.ts";
import { isSamePerson } from "./domain/same-person.ts";

/** How long an agent has to approve; after that its person has as long again to go on. */
const approvableFor = hours(24);

/** More of an account's cases wait for no agent. */
const perAccount = { limit: 3, window: hours(24) } as const;

/** Somebody as their document describes them, and the service that read it. */
export type Shown = Described & Readonly<{ broker: string }>;

/**
 * A document without an identity code (REC-3): where an operator has allowed it, and the name and date of birth are those
 * of the one account that is asked for, a support agent is asked. Everybody else gets the one refusal (REC-4), and nobody
 * is told.
 */
export const makeJudgeDocument =
  (deps: RecoveryDeps) =>
  async ({ loginHint, organisationId }: Asked, shown: Shown): Promise<Attempt> => {
    const named = await findAccountsByName(deps.db, loginHint ?? "", organisationId);
    const fits = await Promise.all(named.map((account) => isAllowedAndFits(deps, deps.db, account, shown)));
    const [account, ...others] = named.filter((_, at) => fits[at]);
    if (!account || others.length > 0)
      return { decide: () => async () => notConfirmed("document-of-nobody", shown.broker) };
    return { accountId: account.id, decide: (tx, now) => (journey) => judge(deps, tx, journey, shown, now) };
  };

async function isAllowedAndFits(deps: RecoveryDeps, db: Db | Tx, account: Account, shown: Shown): Promise<boolean> {
  const organisation = await loadOrganisation(db, account.organisationId);
  return organisation?.policy.recovery.withoutCode === true && (await fitsAccount(deps, db, account, shown)) !== null;
}

/** The account's bound identity, where the document can be its person's. */
async function fitsAccount({ identities }: RecoveryDeps, db: Db | Tx, account: Account, { person }: Shown) {
  const bound = await identities.read(db, account.id);
  const birthDate = bound && birthDateOf(bound.identity);
  return bound && birthDate && isSamePerson(person, { ...account, birthDate }) ? bound : null;
}

/** A document that names the account's person: the service that read it, how surely, and whom the account is bound to. */
type Read = Readonly<{ broker: string; level: Level; bound: BoundIdentity | null }>;

/**
 * Whether a document that names the account's person counts, by the rules of this moment: when it is shown, and again when
 * its approval is used.
 */
export async function verdictOf(
  deps: Pick<RecoveryDeps, "brokers" | "isOpen">,
  tx: Tx,
  { account, organisation }: Pick<Journey, "account" | "organisation">,
  { broker, level, bound }: Read,
): Promise<Verdict | "of-nobody" | "of-guest"> {
  if (!account || !organisation?.policy.recovery.withoutCode) return "of-nobody";
  const accepted = deps.brokers.provingFor(organisation, account.category).some(({ name }) => name === broker);
  const verdict = judgeProof({
    state: account.state,
    isOpen: organisation.state === "open",
    bound: bound && { isSame: true, level: bound.level },
    level,
    least: organisation.policy.eid.level,
    isAccepted: accepted && (await deps.isOpen(tx, broker)),
  });
  return verdict === "proved" && account.category === "guest" ? "of-guest" : verdict;
}

/** Judged under the account's lock, by what is stored at that moment. */
async function judge(deps: RecoveryDeps, tx: Tx, journey: Journey, shown: Shown, now: Instant): Promise<Outcome> {
  const { account, organisation } = journey;
  const { broker, level } = shown;
  const bound = account && (await fitsAccount(deps, tx, account, shown));
  const verdict = await verdictOf(deps, tx, journey, { broker, level, bound });
  if (!account || !organisation || verdict !== "proved") return notConfirmed(`document-${verdict}`, broker);
  const known = await deps.cases.findByJourney(tx, journey.id);
  if (known?.state === "open" || known?.state === "approved") return { result: "left", url: `/journey/${journey.id}` };
  if (await use(tx, { key: `document:${account.id}`, ...perAccount }, now))
    return notConfirmed("document-too-often", broker);
  const until = plus(now, approvableFor);
  return {
    result: "left",
    url: `/journey/${journey.id}`,
    besides: async (_: Tx, origin: Origin) => {
      const facts = { service: broker, level };
      const opened = { account, organisation, kind: "document", origin, facts, journeyId: journey.id } as const;
      await deps.cases.openCase(tx, { ...opened, expiresAt: until }, now);
      await lengthenJourney(tx, journey.id, plus(until, approvableFor));
    },
  };
}
