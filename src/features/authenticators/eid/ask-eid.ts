import { localised } from "../../../kernel/language.ts";
import { type Attempt, chooseAccountPage, type Journey, missOf, type StepHandler } from "../../journey/index.ts";
import { makeDepart, outcome } from "./depart.ts";
import { choicesFor, type EidDeps } from "./eid-deps.ts";
import { judgeSignIn, notLinked } from "./judge.ts";
import { chooseMeansPage } from "./pages.ts";
import { helpPage } from "./refusal-pages.ts";
import { findAnswer, useAnswer } from "./request-store.ts";
import { makeSeals } from "./seals.ts";

/**
 * Signs a person in by who they are, without a user name (SIN-2): to a broker and back. Whoever has accounts in several
 * organisations says afterwards which one is meant.
 */
export function makeAskEid(deps: EidDeps): StepHandler {
  const { db, clock, keyring, identities } = deps;
  const seals = makeSeals(keyring);
  const depart = makeDepart(deps);

  const waiting = async (journey: Journey) => {
    const kept = await findAnswer(db, journey.id, clock.now());
    if (!kept) return null;
    const found = seals.openFound(kept.stateHash, kept.answer);
    const { linked: accounts, missed } = await identities.find(db, found.index, journey.organisationId);
    return { ...kept, found, accounts, missed };
  };

  /** The account that the person has chosen among their own. */
  const choose = async (journey: Journey, accountId: string): Promise<Attempt> => {
    const kept = await waiting(journey);
    if (!kept) return outcome({ result: "left", url: `/journey/${journey.id}` });
    const { found } = kept;
    if (!kept.accounts.some((account) => account.accountId === accountId))
      return outcome(notLinked(found.broker, missOf(kept.missed, accountId)));
    return {
      accountId,
      decide: (tx) => async (journey) =>
        (await useAnswer(tx, kept.stateHash))
          ? judgeSignIn(deps, tx, journey, found)
          : notLinked(found.broker, { reason: "not-linked" }),
    };
  };

  return {
    kind: "eid",
    amr: ["mfa"],
    async page(view) {
      const { journey, language, now } = view;
      const help = helpPage(view);
      if (help) return help;
      const kept = await waiting(journey);
      if (kept && kept.accounts.length > 1)
        return chooseAccountPage(
          view,
          kept.accounts.map((account) => ({ ...account, organisation: localised(account.organisationName, language) })),
        );
      return chooseMeansPage(
        view,
        await choicesFor(deps.brokers.offeredTo(journey.organisation), journey.organisation, { language, now }),
        "sign-in",
      );
    },
    attempt: (journey, form, poster) =>
      form.account ? choose(journey, form.account) : depart("eid", journey, form, poster),
  };
}
