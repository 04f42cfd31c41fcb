import { timingSafeEqual } from "node:crypto";
import { isShut } from "../../kernel/account-state.ts";
import type { Origin } from "../../kernel/origin.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Audit } from "../audit/index.ts";
import type { Beginning } from "../journey/index.ts";
import { judgePin, type PinVerdict, parsePin } from "./domain/pin.ts";
import { lockInvitation, savePinState } from "./store.ts";

export type SubmitPinDeps = {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  audit: Audit;
  begin(tx: Tx, beginning: Beginning): Promise<string>;
};

export type SubmitPin =
  | { result: "verified"; journeyId: string }
  | { result: "malformed" | "not-live" }
  | { result: "refused"; verdict: Exclude<PinVerdict["verdict"], "verified"> };

/** Shows a PIN for a link (ACT-2): under the invitation's lock, so that sixteen at once count sixteen times. */
export const makeSubmitPin =
  ({ db, clock, keyring, audit, begin }: SubmitPinDeps) =>
  async (token: string, text: string, origin: Origin): Promise<SubmitPin> => {
    const pin = parsePin(text);
    if (!pin) return { result: "malformed" };
    return db.transaction().execute(async (tx): Promise<SubmitPin> => {
      const invitation = await lockInvitation(tx, keyring.hash("activation-link", token));
      if (!invitation || invitation.replaced || invitation.organisation.state === "closed")
        return { result: "not-live" };
      const { id, account, pinHash } = invitation;
      if (isShut(account.state)) return { result: "not-live" };
      const now = clock.now();
      const matches = pinHash !== null && timingSafeEqual(keyring.hash("pin", `${id}:${pin}`), pinHash);
      const step = judgePin(invitation, { matches }, now);
      await savePinState(tx, id, step.next);
      const verified = step.verdict === "verified";
      const journeyId = verified
        ? await begin(tx, {
            purpose: "activation",
            browserHash: origin.browserHash,
            organisationId: account.organisationId,
            account,
            subjectId: id,
            proofs: [{ kind: "invitation-pin", authenticatorId: null, shownAt: now }],
          })
        : null;
      await audit.record(tx, [
        {
          type: verified ? "pin.verified" : "pin.refused",
          result: verified ? "done" : "refused",
          actor: "stranger",
          organisationId: account.organisationId,
          accountId: account.id,
          network: origin.network,
          reference: origin.reference,
          detail: { invitation: id, verdict: step.verdict },
        },
      ]);
      if (step.verdict === "verified" && journeyId) return { result: "verified", journeyId };
      return step.verdict === "verified" ? { result: "not-live" } : { result: "refused", verdict: step.verdict };
    });
  };
