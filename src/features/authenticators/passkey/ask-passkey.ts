import { days, type Instant, plus } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import {
  type Attempt,
  type Journey,
  type Miss,
  missedMeanwhile,
  missOf,
  type Notice,
  type Outcome,
  type StepHandler,
  type StepView,
} from "../../journey/index.ts";
import { noticesTo } from "../../organisations/index.ts";
import { offerChallenge, useChallenge } from "./challenge-store.ts";
import { bytesOf, parseShown, type Shown } from "./domain/answer.ts";
import { hasCountedOn } from "./domain/counter.ts";
import { requestOptions } from "./options.ts";
import { askPage, autofillForm } from "./pages.ts";
import { challengeLifetime, challengeSize, type PasskeyDeps } from "./passkey-deps.ts";
import { findPasskey, listPasskeys, lockPasskey, type Sought, saveCopyTold, saveCounter } from "./store.ts";
import { type Fault, verifyShown } from "./verify.ts";

const kind = "passkey";

/** After this long the person is told again of a copy that keeps on trying. */
const toldAgainAfter = days(1);

/** Signs a person in by a passkey, without a user name (SIN-7): the passkey says whose it is. */
export function makeAskPasskey(deps: PasskeyDeps) {
  const { db, clock, random, relyingParty } = deps;

  const optionsFor = async ({ journey: { id: journeyId, accountId }, now }: StepView) => {
    const made = { journeyId, kind, challenge: random.bytes(challengeSize), until: plus(now, challengeLifetime) };
    const [challenge, known] = await Promise.all([
      offerChallenge(db, made, now),
      accountId === null ? [] : listPasskeys(db, accountId),
    ]);
    return requestOptions({ relyingParty, challenge, known });
  };

  const handler: StepHandler = {
    kind,
    // A key was used by a person who was there, and unlocked it by PIN or finger. Whether hardware keeps the key is not
    // known without a maker's statement: so neither `hwk` nor `swk`.
    amr: ["pop", "user", "mfa"],
    page: async (view) => askPage(view, await optionsFor(view)),
    async attempt(journey, form) {
      if (!form.response) return refusal({ key: "passkey:no-script" }, "no-answer");
      const answer = parseShown(form.response);
      const [challenge, passkeys] = await Promise.all([
        useChallenge(db, { journeyId: journey.id, kind }, clock.now()),
        answer && findPasskey(db, soughtBy(answer, journey)),
      ]);
      if (!answer) return refusal({ key: "passkey:refused" }, "malformed");
      if (!challenge) return refusal({ key: "passkey:expired", tone: "warn" }, "expired");
      const [found] = passkeys?.linked ?? [];
      if (!found) return { decide: () => async () => notLinked(missOf(passkeys?.missed ?? [])) };
      const shown = await verifyShown(answer, { challenge, relyingParty }, found);
      if (typeof shown === "string") return refusal({ key: "passkey:refused" }, shown, found);
      return {
        accountId: found.accountId,
        decide: (tx, now) => (journey) => judge(tx, journey, { id: found.id, counter: shown.counter }, now),
      };
    },
  };

  return {
    handler,
    /** SIN-7: what lets a browser offer passkeys where the user name is typed. Nothing is typed before a way is chosen. */
    alongside: async (view: StepView) =>
      view.journey.method === null || view.journey.method === "passkey"
        ? null
        : autofillForm(view, await optionsFor(view)),
  };
}

const soughtBy = ({ id, response }: Shown, { accountId, organisationId }: Journey): Sought => ({
  credentialId: bytesOf(id),
  handle: response.userHandle === undefined ? null : bytesOf(response.userHandle),
  accountId,
  organisationId,
});

/** Under the account's lock: the passkey is still the account's, and has counted on since the last time. */
async function judge(
  tx: Tx,
  journey: Journey,
  { id, counter }: { id: string; counter: number },
  now: Instant,
): Promise<Outcome> {
  const { account, organisation, authenticators } = journey;
  const kept = await lockPasskey(tx, id);
  if (!kept || !organisation || account?.state !== "active" || !authenticators.some((one) => one.id === id))
    return notLinked(missedMeanwhile(journey));
  if (hasCountedOn(kept.counter, counter)) {
    await saveCounter(tx, id, counter);
    return {
      result: "shown",
      proofs: [{ kind, authenticatorId: id }],
      event: { type: "passkey.accepted", detail: { authenticator: id } },
    };
  }
  const isNews = !kept.copyToldAt || now >= plus(kept.copyToldAt, toldAgainAfter);
  if (isNews) await saveCopyTold(tx, id, now);
  const told = { template: "passkey-copied", parameters: { at: now } } as const;
  return {
    result: "refused",
    notice: { key: "passkey:copied" },
    event: { type: "passkey.counter-refused", detail: { authenticator: id } },
    messages: isNews ? await noticesTo(tx, account, organisation, told, now) : [],
  };
}

/** The same for a passkey that is nobody's, that was removed, and whose account is closed; the audit alone tells (SIN-1). */
const notLinked = ({ reason, about }: Miss): Outcome =>
  refused({ key: "passkey:not-linked", tone: "warn" }, reason, about);

type Reason = Fault | "no-answer" | "malformed" | "expired" | Miss["reason"];
type About = NonNullable<Miss["about"]>;

const refused = (notice: Notice, reason: Reason, about?: About): Outcome => ({
  result: "refused",
  notice,
  event: { type: "passkey.refused", detail: { reason } },
  ...(about && { about: { accountId: about.accountId, organisationId: about.organisationId } }),
});

const refusal = (notice: Notice, reason: Reason, about?: About): Attempt => ({
  decide: () => async () => refused(notice, reason, about),
});
