import { localised } from "../../../kernel/language.ts";
import { type Attempt, chooseAccountPage, type Journey, missOf, type StepHandler } from "../../journey/index.ts";
import { browserRemembers, type Cards, type CertificateDeps, cardHash } from "./certificate-deps.ts";
import { findWaiting, useWaiting } from "./handover-store.ts";
import { judgeSignIn, notLinked, outcome } from "./judge.ts";
import { makeDepart } from "./leave.ts";
import { showCardPage } from "./pages.ts";
import { makeSeals } from "./seals.ts";
import { findLinked } from "./store.ts";
import { judgeShown } from "./trouble.ts";
import { troublePage } from "./trouble-pages.ts";

/**
 * Signs a person in by a certificate card, without user name, password or code (SIN-4): to the card listener and back.
 * Whoever has accounts in several organisations says afterwards which one is meant.
 */
export function makeAskCertificate(deps: CertificateDeps): StepHandler {
  const { db, clock, keyring, cards } = deps;
  const depart = makeDepart(deps, "certificate");

  const waiting = async (journey: Journey) => {
    const kept = await findWaiting(db, journey.id, clock.now());
    const judged = kept && judgeShown(makeSeals(keyring).openShown(kept.pathHash, kept.shown));
    if (!judged || "trouble" in judged) return null;
    const { pathHash } = kept;
    return { pathHash, judged, ...(await findLinked(db, cardHash(deps, judged.card), journey.organisationId)) };
  };

  /** The account that the person has chosen among their own. */
  const choose = async (journey: Journey, accountId: string, configured: Cards): Promise<Attempt> => {
    const kept = await waiting(journey);
    if (!kept) return outcome({ result: "left", url: `/journey/${journey.id}` });
    const own = kept.linked.find((each) => each.accountId === accountId);
    if (!own) return outcome(notLinked(missOf(kept.missed, accountId)));
    return {
      accountId,
      decide: (tx) => async (journey) =>
        (await useWaiting(tx, kept.pathHash))
          ? judgeSignIn({ cards: configured }, journey, { ...kept.judged, id: own.id })
          : notLinked({ reason: "not-linked" }),
    };
  };

  return {
    kind: "certificate",
    // RFC 8176: a smart card, unlocked by its PIN.
    amr: ["sc", "pin", "mfa"],
    async page(view) {
      const trouble = troublePage(view, { remembers: browserRemembers(deps) });
      if (trouble) return trouble;
      const kept = await waiting(view.journey);
      if (!kept || kept.linked.length < 2) return showCardPage(view, { linking: false });
      const accounts = kept.linked.map(({ accountId, userName, organisationName }) => ({
        accountId,
        userName,
        organisation: localised(organisationName, view.language),
      }));
      return chooseAccountPage(view, accounts);
    },
    attempt: (journey, form, poster) =>
      form.account && cards ? choose(journey, form.account, cards) : depart(journey, form, poster),
  };
}
