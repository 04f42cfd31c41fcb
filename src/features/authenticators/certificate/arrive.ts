import { minutes, plus } from "../../../kernel/time.ts";
import { type Attempt, missOf, type Outcome } from "../../journey/index.ts";
import { type Cards, type CertificateDeps, cardHash, codeHash } from "./certificate-deps.ts";
import { findCode, keepWaiting, type UsedHandover, useCode } from "./handover-store.ts";
import { judgeSignIn, notLinked, outcome, refused } from "./judge.ts";
import { judgeLink } from "./link-certificate.ts";
import { makeSeals, type Shown } from "./seals.ts";
import { findLinked } from "./store.ts";
import { judgeShown } from "./trouble.ts";

/** How long a person may think about which account they mean. */
const choiceLifetime = minutes(5);

export type Came =
  /** To be judged by the dispatcher. */
  | Readonly<{ to: "judge"; id: string; kind: string; attempt: Attempt }>
  /** Nothing to judge: on to the journey's page. */
  | Readonly<{ to: "journey"; id: string }>
  /** The test of a card: what came, to be shown once; null when it has been, or took too long. */
  | Readonly<{ to: "test"; shown: Shown | null }>
  /** Not this browser's, or long gone; `foreign` when another browser left with it. */
  | Readonly<{ to: "nowhere"; foreign: boolean }>;

/**
 * Receives a browser that comes back from the card listener: its code is used up first, once, by the browser that left;
 * the dispatcher judges what was shown.
 */
export const makeArrive = (deps: CertificateDeps & { cards: Cards }) => {
  const { db, clock, keyring } = deps;
  const seals = makeSeals(keyring);

  /** Whose card it is, as an attempt on an account; null when the person has to choose one first. */
  const attemptOf = async (handover: UsedHandover, shown: Shown): Promise<Attempt | null> => {
    if (handover.kind === "certificate-link")
      return { decide: (tx, now) => (journey) => judgeLink(deps, tx, journey, shown, now) };
    const judged = judgeShown(shown);
    if ("trouble" in judged) return outcome(refused(judged));
    const { organisationId, accountId: known, pathHash } = handover;
    const { linked, missed } = await findLinked(db, cardHash(deps, judged.card), organisationId);
    const own = known === null ? linked[0] : linked.find(({ accountId }) => accountId === known);
    if (!own) return outcome(notLinked(missOf(missed, known)));
    if (known === null && linked.length > 1) {
      await keepWaiting(db, pathHash, plus(clock.now(), choiceLifetime));
      return null;
    }
    return {
      accountId: own.accountId,
      decide: () => async (journey) => judgeSignIn(deps, journey, { ...judged, id: own.id }),
    };
  };

  return async ({ code, browserHash }: { code: string; browserHash: Buffer }): Promise<Came> => {
    const hash = codeHash(deps, code);
    const handover = await useCode(db, { codeHash: hash, browserHash }, clock.now());
    if (!handover) {
      const known = await findCode(db, hash);
      if (!known?.browserHash.equals(browserHash)) return { to: "nowhere", foreign: known !== null };
      const { journeyId: id, kind, usedAt } = known;
      if (id === null) return { to: "test", shown: null };
      // Used before: a reload, or a bookmark. Otherwise it has taken too long.
      return usedAt ? { to: "journey", id } : { to: "judge", id, kind, attempt: outcome(tookTooLong) };
    }
    const { journeyId: id, kind } = handover;
    const shown = seals.openShown(handover.pathHash, handover.shown);
    if (id === null) return { to: "test", shown };
    const attempt = await attemptOf(handover, shown);
    return attempt ? { to: "judge", id, kind, attempt } : { to: "journey", id };
  };
};

const tookTooLong: Outcome = {
  result: "refused",
  notice: { key: "certificate:took-too-long", tone: "warn" },
  event: { type: "certificate.refused", detail: { reason: "took-too-long" } },
};
