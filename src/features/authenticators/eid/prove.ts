import { localised } from "../../../kernel/language.ts";
import { hours } from "../../../kernel/time.ts";
import { use } from "../../../platform/throttle/index.ts";
import { type Attempt, chooseAccountPage, type Journey, type StepHandler, sourceOf } from "../../journey/index.ts";
import { makeAskAgain } from "./ask-again.ts";
import { makeDepart, outcome } from "./depart.ts";
import { choicesFor, type EidDeps } from "./eid-deps.ts";
import { chooseMeansPage, waitingPage } from "./pages.ts";
import { dropPending, findPending } from "./pending-store.ts";
import { askedBy, type Prover } from "./prover.ts";
import { findAnswer, useAnswer } from "./request-store.ts";
import { makeSeals } from "./seals.ts";

/** A departure opens a session at a service that may have its price; whole companies stand behind one address. */
const perNetwork = { limit: 120, window: hours(1) } as const;

/** The step by which a person proves who they are, at a service of their choice and back. */
export function makeProve(deps: EidDeps, prover: Prover): StepHandler {
  const { db, clock, keyring } = deps;
  const seals = makeSeals(keyring);
  const depart = makeDepart(deps);
  const askAgain = makeAskAgain(deps, prover);

  const waiting = async (journey: Journey) => {
    const kept = await findAnswer(db, journey.id, clock.now());
    if (!kept) return null;
    const found = seals.openFound(kept.stateHash, kept.answer);
    return { ...kept, found, accounts: await prover.accountsOf(askedBy(journey), found) };
  };

  const choose = async (journey: Journey, accountId: string): Promise<Attempt> => {
    const kept = await waiting(journey);
    if (!kept?.accounts.some((account) => account.accountId === accountId)) return backTo(journey);
    const attempt = await prover.judge(askedBy(journey), kept.found, accountId);
    return {
      ...attempt,
      decide: (tx, now) => {
        const decide = attempt.decide(tx, now);
        return async (locked) =>
          (await useAnswer(tx, kept.stateHash)) ? decide(locked) : { result: "left", url: `/journey/${journey.id}` };
      },
    };
  };

  return {
    kind: prover.kind,
    amr: [],
    async page(given) {
      const view = { ...given, anotherWay: prover.anotherWay?.(given) ?? given.anotherWay };
      const { journey, language, now } = view;
      const own = await prover.page?.(view);
      if (own) return own;
      if (await findPending(db, journey.id, now)) return waitingPage(view);
      const kept = await waiting(journey);
      if (kept && kept.accounts.length > 1)
        return chooseAccountPage(
          view,
          kept.accounts.map((account) => ({ ...account, organisation: localised(account.organisationName, language) })),
        );
      const choices = await choicesFor(prover.brokersFor(journey), journey.organisation, { language, now });
      return chooseMeansPage(view, choices, "prove");
    },
    async attempt(journey, form, poster) {
      if (form.account) return choose(journey, form.account);
      if (form.again === "asked") return askAgain(journey, poster.language);
      if (form.again === "other") {
        await dropPending(db, journey.id);
        return backTo(journey);
      }
      const own = await prover.attempt?.(journey, form, poster);
      if (own) return own;
      if (form.means && (await use(db, { key: `eid-proof:${await sourceOf(db, poster)}`, ...perNetwork }, clock.now())))
        return tooMany;
      return depart(prover.kind, journey, form, poster, prover.brokersFor(journey));
    },
  };
}

const tooMany = outcome({
  result: "refused",
  notice: { key: "eid:too-many", tone: "warn" },
  event: { type: "eid.refused", detail: { reason: "too-many" } },
});

const backTo = ({ id }: Journey): Attempt => outcome({ result: "left", url: `/journey/${id}` });
