import type { CertificateFacts } from "../../../ports/certificate-checker.ts";
import { type Attempt, type Journey, type Miss, missedMeanwhile, type Outcome } from "../../journey/index.ts";
import type { Cards } from "./certificate-deps.ts";
import { type InTrouble, isOfOrganisation, troubleKeys } from "./trouble.ts";

export const outcome = (result: Outcome): Attempt => ({ decide: () => async () => result });

/** What a card in trouble comes to, at a sign-in or where it was to be linked. */
export const refused = ({ trouble, reason }: InTrouble): Outcome => ({
  result: "refused",
  notice: { key: troubleKeys[trouble], tone: trouble === "none" || trouble === "unchecked" ? "warn" : "bad" },
  event: { type: "certificate.refused", detail: { reason } },
});

/** The same for a card that is nobody's, whose account is closed, and that is another's (SIN-1); the audit alone tells. */
export const notLinked = ({ reason, about }: Miss): Outcome => ({
  result: "refused",
  notice: { key: "certificate:not-linked", tone: "warn" },
  event: { type: "certificate.not-linked", detail: { reason } },
  ...(about && { about }),
});

export const otherOrganisation = { trouble: "other-organisation", reason: "other-organisation" } as const;

/** A good card, by whom it was issued, and the authenticator that it is. */
export type GoodCard = Readonly<{ id: string; card: CertificateFacts; authority: string; unchecked: boolean }>;

/** SIN-4: whether the card is still the account's, judged under the account's lock. */
export function judgeSignIn({ cards }: { cards: Cards }, journey: Journey, good: GoodCard): Outcome {
  if (!isOfOrganisation(cards, good, journey)) return refused(otherOrganisation);
  if (journey.account?.state !== "active" || !journey.authenticators.some(({ id }) => id === good.id))
    return notLinked(missedMeanwhile(journey));
  return {
    result: "shown",
    proofs: [{ kind: "certificate", authenticatorId: good.id }],
    event: { type: "certificate.accepted", detail: detailOf(good) },
  };
}

/** A card that counts although nobody could tell whether it is revoked is audited as such (T40). */
export const detailOf = ({ id, authority, unchecked }: Pick<GoodCard, "id" | "authority" | "unchecked">) => ({
  authenticator: id,
  authority,
  ...(unchecked && { unchecked: true }),
});
