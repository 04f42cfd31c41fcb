import type { Attempt, Form, Journey, StepPage, StepView } from "../../journey/index.ts";
import { loadAccount } from "../../organisations/index.ts";
import type { RecoveryDeps } from "../recovery-deps.ts";
import { standing } from "./domain/standing.ts";
import { approvedPage, overPage, waitingPage } from "./pages.ts";

/** The page of a journey whose document a support agent looks at; null while there is none. */
export const makeDocumentPage =
  ({ db, cases }: RecoveryDeps) =>
  async (view: StepView): Promise<StepPage | null> => {
    const found = await cases.findByJourney(db, view.journey.id);
    if (found?.kind !== "document") return null;
    const account = await loadAccount(db, found.accountId);
    const stands = standing({ ...found, accountEpoch: account?.epoch ?? null }, view.now);
    const { reference, expiresAt } = found;
    if (stands === "over" || !expiresAt) return overPage(view, reference);
    return stands === "waiting"
      ? waitingPage(view, { reference, expiresAt })
      : approvedPage(view, { reference, expiresAt });
  };

/**
 * Goes on by an agent's approval (REC-3): it is used up in the transaction of the proof, in the journey that it was given
 * for, while its account is as it was then. Null for every other post.
 */
export const makeGoOn =
  ({ db, cases, brokers, isOpen }: RecoveryDeps) =>
  async (journey: Journey, form: Form): Promise<Attempt | null> => {
    if (form.document !== "continue") return null;
    const found = await cases.findByJourney(db, journey.id);
    if (found?.kind !== "document") return null;
    return {
      accountId: found.accountId,
      decide: (tx, now) => async (locked) => {
        const { account, organisation } = locked;
        const back = { result: "left", url: `/journey/${locked.id}` } as const;
        const service = String(found.facts.service);
        const isAllowed =
          account?.state === "active" &&
          organisation?.state === "open" &&
          organisation.policy.recovery.withoutCode &&
          brokers.provingFor(organisation, account.category).some(({ name }) => name === service) &&
          (await isOpen(tx, service));
        const used = isAllowed ? await cases.useApproval(tx, { journeyId: locked.id, account }, now) : null;
        if (!used) return back;
        return {
          result: "shown",
          proofs: [{ kind: "identity-proofed", authenticatorId: null, by: service }],
          event: {
            type: "recovery.proved",
            detail: { broker: service, level: String(used.facts.level), case: used.reference },
          },
        };
      },
    };
  };
