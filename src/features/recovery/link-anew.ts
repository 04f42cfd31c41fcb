import type { Origin } from "../../kernel/origin.ts";
import { type Instant, minutes, plus } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Beginning, Purpose } from "../journey/index.ts";
import { loadOrganisation, lockAccount } from "../organisations/index.ts";
import { linkedAnewPage, signInAddress } from "./pages.ts";
import { findRecovery } from "./store.ts";

/** How long after the proof an authenticator may be linked by it, and how long the linking may take then. */
const linkableFor = minutes(30);
const linkingTakes = minutes(30);

/**
 * An authenticator in the place of those that a reset has removed. Whoever links it is not signed in by it (REC-7): they
 * sign in as always, with the new one.
 */
export const linkAnewPurpose: Purpose = {
  name: "link-anew",
  signsIn: false,
  endsOthers: true,
  finish: async (_tx, journey, _now, { origin: { network, reference } }) => [
    {
      type: "recovery.linked-anew",
      result: "done",
      actor: `account:${journey.account?.id ?? ""}`,
      organisationId: journey.account?.organisationId ?? null,
      accountId: journey.account?.id ?? null,
      network,
      reference,
      detail: { recovery: journey.subjectId },
    },
  ],
  destination: signInAddress,
  donePage: linkedAnewPage,
  beginAgain: () => "/recover",
};

/**
 * Begins to link an authenticator anew, by the proof of the reset `id`; resolves to its page's address, or to null where
 * the person has to prove anew who they are: in another browser, half an hour after the proof, or once anything else has
 * changed how the account is signed in to.
 */
export const makeBeginLinkAnew =
  ({ db, clock, begin }: { db: Db; clock: Clock; begin(tx: Tx, beginning: Beginning): Promise<string> }) =>
  ({ id }: Readonly<{ id: string }>, { browserHash }: Pick<Origin, "browserHash">): Promise<string | null> =>
    db.transaction().execute(async (tx) => {
      const recovery = await findRecovery(tx, { id, browserHash });
      const account = recovery && (await lockAccount(tx, recovery.accountId));
      if (!account || !isLinkable(recovery, account, clock.now())) return null;
      const organisation = await loadOrganisation(tx, account.organisationId);
      if (organisation?.state !== "open") return null;
      const { provedAt, returnTo } = recovery;
      const journeyId = await begin(tx, {
        purpose: "link-anew",
        browserHash,
        organisationId: account.organisationId,
        account,
        subjectId: id,
        returnTo,
        until: plus(plus(provedAt, linkableFor), linkingTakes),
        proofs: [{ kind: "identity-proofed", authenticatorId: null, shownAt: provedAt }],
      });
      return `/journey/${journeyId}`;
    });

const isLinkable = (
  recovery: Readonly<{ epoch: number; provedAt: Instant }>,
  account: Readonly<{ state: string; epoch: number }>,
  now: Instant,
): boolean =>
  account.state === "active" && account.epoch === recovery.epoch && now < plus(recovery.provedAt, linkableFor);
