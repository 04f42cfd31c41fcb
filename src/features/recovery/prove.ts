import type { Origin } from "../../kernel/origin.ts";
import { hours, type Instant } from "../../kernel/time.ts";
import type { Tx } from "../../platform/database/index.ts";
import { button } from "../../platform/pages/index.ts";
import { use } from "../../platform/throttle/index.ts";
import type { Asked, Found, FoundAccount, Prover } from "../authenticators/eid/index.ts";
import type { Attempt, Journey, Outcome, StepPage, StepView } from "../journey/index.ts";
import { type Account, findAccountsByName, loadOrganisation, noticesTo } from "../organisations/index.ts";
import { typedCategory } from "./choose-way.ts";
import { makeDocumentPart } from "./document/index.ts";
import { judgeProof } from "./domain/judge-proof.ts";
import { guestProved } from "./guest/judge-guest.ts";
import { provedGuestPage } from "./guest/pages.ts";
import { notConfirmed } from "./not-confirmed.ts";
import { notConfirmedPage } from "./pages.ts";
import type { RecoveryDeps } from "./recovery-deps.ts";

/** Its owner hears of others' attempts no more often. */
const toldOnce = { limit: 1, window: hours(1) } as const;

/**
 * The proof of an MFA reset (REC-3): whether whoever was proved is the person of an account that the typed name finds. The
 * answer to anybody else is one and the same (REC-4, REC-6).
 */
export function makeRecoveryProver(deps: RecoveryDeps): Prover {
  const { db, identities, brokers } = deps;
  const documents = makeDocumentPart(deps);

  /** What the typed name finds, and whether who was proved is whom it is bound to; null where it never was bound. */
  const named = async ({ loginHint, organisationId }: Asked, found: Found) =>
    Promise.all(
      (await findAccountsByName(db, loginHint ?? "", organisationId)).map(async (account) => {
        const bound = await identities.read(db, account.id);
        return { account, isSame: bound && identities.blindIndex(bound.identity).equals(found.index) };
      }),
    );

  return {
    kind: "identity-proofed",
    brokersFor: (journey) => brokers.provingFor(journey.organisation, typedCategory(journey)),
    async accountsOf(asked, found) {
      const own = (await named(asked, found)).filter(({ isSame }) => isSame);
      return Promise.all(own.map(({ account }) => asFound(deps, account)));
    },
    async judge(asked, found, accountId): Promise<Attempt> {
      const candidates = await named(asked, found);
      // Where none is the person's own, the attempt is put on record with one of them, and that one's owner is told.
      const about = accountId ?? (candidates.find(({ isSame }) => isSame === false) ?? candidates[0])?.account.id;
      if (about === undefined) return { decide: () => async () => notConfirmed("nobody", found.broker) };
      return {
        accountId: about,
        decide: (tx, now) => (journey) => judge(deps, tx, journey, found, now),
      };
    },
    ...documents,
    anotherWay: ({ t, form }) =>
      form(button({ label: t("common:try-another-way"), look: "plain", name: "again", value: "ways" })),
    attempt: async (journey, form) => (form.again === "ways" ? backToWays(journey) : documents.attempt(journey, form)),
    page: async (view) => refusalPage(view) ?? documents.page(view),
  };
}

const backToWays = ({ id }: Journey): Attempt => ({
  decide: () => async () => ({ result: "left", url: `/journey/${id}`, lapsed: ["recovery-way"] }),
});

/** The page of a refusal that leads to support; null for every other. */
function refusalPage(view: StepView): StepPage | null {
  const key = view.journey.notice?.key;
  if (key === "guest:proved") return provedGuestPage(view);
  return key === "recovery:not-confirmed" ? notConfirmedPage(view) : null;
}

async function asFound({ db }: RecoveryDeps, account: Account): Promise<FoundAccount> {
  const organisation = await loadOrganisation(db, account.organisationId);
  const { id: accountId, organisationId, userName } = account;
  return { accountId, organisationId, userName, organisationName: organisation?.name ?? {} };
}

/** Judged under the account's lock, by what is stored at that moment. */
async function judge(deps: RecoveryDeps, tx: Tx, journey: Journey, found: Found, now: Instant): Promise<Outcome> {
  const { account, organisation } = journey;
  if (!account || !organisation) return notConfirmed("nobody", found.broker);
  const { broker, level } = found;
  const bound = await deps.identities.read(tx, account.id);
  const accepted = deps.brokers.provingFor(organisation, account.category).some(({ name }) => name === broker);
  const verdict = judgeProof({
    state: account.state,
    isOpen: organisation.state === "open",
    bound: bound && { isSame: deps.identities.blindIndex(bound.identity).equals(found.index), level: bound.level },
    level,
    least: organisation.policy.eid.level,
    isAccepted: accepted && (await deps.isOpen(tx, broker)),
  });
  if (verdict === "proved" && account.category === "guest")
    return guestProved(deps, { account, organisation }, found, now);
  if (verdict === "proved")
    return {
      result: "shown",
      proofs: [{ kind: "identity-proofed", authenticatorId: null, by: broker }],
      event: { type: "recovery.proved", detail: { broker, level } },
    };
  if (verdict === "other-service" || verdict === "too-weak")
    return {
      result: "refused",
      notice: { key: verdict === "too-weak" ? "eid:too-weak" : "recovery:other-service", tone: "warn" },
      event: { type: "recovery.refused", detail: { reason: verdict, broker } },
    };
  const told = { template: "recovery-refused", parameters: { at: now } } as const;
  const tells = verdict === "another-person" && (await mayTell(tx, account, now));
  return {
    ...notConfirmed(verdict, broker),
    // T77: somebody else has tried.
    ...(tells && { messages: await noticesTo(tx, account, organisation, told, now) }),
    ...(verdict === "never-bound" &&
      account.state === "active" && {
        besides: (_tx: Tx, origin: Origin) =>
          deps.cases.openCase(tx, { account, organisation, kind: "not-bound", origin }, now),
      }),
  };
}

const mayTell = async (tx: Tx, { id, state }: Account, now: Instant): Promise<boolean> =>
  state === "active" && !(await use(tx, { key: `recovery-refused:${id}`, ...toldOnce }, now));
