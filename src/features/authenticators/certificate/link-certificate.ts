import type { Instant } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import {
  type Authenticator,
  endAuthenticators,
  insertAuthenticator,
  type Journey,
  linkNotices,
  type Outcome,
  type StepHandler,
} from "../../journey/index.ts";
import { browserRemembers, type Cards, type CertificateDeps, cardHash, holderHash } from "./certificate-deps.ts";
import { detailOf, otherOrganisation, refused } from "./judge.ts";
import { makeDepart } from "./leave.ts";
import { showCardPage } from "./pages.ts";
import { makeSeals, type Shown } from "./seals.ts";
import { findReplaced, insertCertificate, lockCard } from "./store.ts";
import { isOfOrganisation, judgeShown } from "./trouble.ts";
import { troublePage } from "./trouble-pages.ts";

/** The longest name of an authenticator that is kept. */
const longestName = 60;

/** Links a card to the account by showing it: at activation (ACT-7), or later by the person (USR-3). */
export const makeLinkCertificate = (deps: CertificateDeps): StepHandler => ({
  kind: "certificate-link",
  amr: [],
  page: async (view) =>
    troublePage(view, { remembers: browserRemembers(deps) }) ?? showCardPage(view, { linking: true }),
  attempt: makeDepart(deps, "certificate-link"),
});

/** Whether the shown card may be linked to the journey's account, and then is. */
export async function judgeLink(
  deps: CertificateDeps & { cards: Cards },
  tx: Tx,
  journey: Journey,
  shown: Shown,
  now: Instant,
): Promise<Outcome> {
  const { account, organisation } = journey;
  if (!account || !organisation) throw new Error("a card is linked for nobody");
  const judged = judgeShown(shown);
  if ("trouble" in judged) return refused(judged);
  if (!isOfOrganisation(deps.cards, judged, journey)) return refused(otherOrganisation);
  const { card } = judged;
  const hash = cardHash(deps, card);
  const bound = await lockCard(tx, { cardHash: hash, organisationId: account.organisationId });
  if (bound && bound.accountId !== account.id) return boundElsewhere;
  if (bound)
    return {
      result: "shown",
      proofs: proofsOf(bound.id),
      event: { type: "certificate.accepted", detail: detailOf({ ...judged, id: bound.id }) },
    };
  const holder = holderHash(deps, card);
  const replaced = await findReplaced(tx, { accountId: account.id, holderHash: holder }, now);
  const name = card.issuer.slice(0, longestName);
  const made: Authenticator = { id: deps.random.id(), method: "certificate", name, linkedAt: now, lastUsedAt: null };
  await insertAuthenticator(tx, account.id, made);
  await insertCertificate(tx, {
    id: made.id,
    accountId: account.id,
    organisationId: account.organisationId,
    cardHash: hash,
    holderHash: holder,
    sealed: makeSeals(deps.keyring).sealFacts(made.id, card),
    notAfter: card.notAfter,
  });
  await endAuthenticators(tx, replaced, now);
  return {
    result: "shown",
    proofs: proofsOf(made.id),
    linked: [made],
    removed: replaced,
    event: {
      type: "method.linked",
      detail: { method: "certificate", ...detailOf({ ...judged, id: made.id }), replaced: replaced.length },
    },
    messages: await linkNotices(tx, account, organisation, "certificate", now),
  };
}

const proofsOf = (authenticatorId: string) => [
  { kind: "certificate-link", authenticatorId },
  { kind: "certificate", authenticatorId },
];

const boundElsewhere: Outcome = {
  result: "refused",
  notice: { key: "certificate:bound-elsewhere", tone: "warn" },
  event: { type: "method.link-refused", detail: { method: "certificate", reason: "bound-elsewhere" } },
};
