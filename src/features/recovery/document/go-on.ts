import { levels } from "../../../kernel/identity.ts";
import type { Attempt, Form, Journey, StepPage, StepView } from "../../journey/index.ts";
import { loadAccount } from "../../organisations/index.ts";
import { notConfirmed } from "../not-confirmed.ts";
import type { RecoveryDeps } from "../recovery-deps.ts";
import { standing } from "./domain/standing.ts";
import { verdictOf } from "./judge-document.ts";
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
 * for, while its account is as it was then and the document would still do. Null for every other post.
 */
export const makeGoOn =
  (deps: RecoveryDeps) =>
  async (journey: Journey, form: Form): Promise<Attempt | null> => {
    if (form.document !== "continue") return null;
    const found = await deps.cases.findByJourney(deps.db, journey.id);
    const level = levels.find((each) => each === found?.facts.level);
    if (found?.kind !== "document" || !level) return null;
    const broker = String(found.facts.service);
    return {
      accountId: found.accountId,
      decide: (tx, now) => async (locked) => {
        const { id, account } = locked;
        const bound = account && (await deps.identities.read(tx, account.id));
        const verdict = await verdictOf(deps, tx, locked, { broker, level, bound });
        if (verdict !== "proved") return notConfirmed(`document-${verdict}`, broker);
        const used = account && (await deps.cases.useApproval(tx, { journeyId: id, account }, now));
        if (!used) return { result: "left", url: `/journey/${id}` };
        return {
          result: "shown",
          proofs: [{ kind: "identity-proofed", authenticatorId: null, by: broker }],
          event: { type: "recovery.proved", detail: { broker, level, case: used.reference } },
        };
      },
    };
  };
