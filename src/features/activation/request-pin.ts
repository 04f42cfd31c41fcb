import { isShut } from "../../kernel/account-state.ts";
import type { Origin } from "../../kernel/origin.ts";
import { days, minutes, plus } from "../../kernel/time.ts";
import type { Db } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import { use } from "../../platform/throttle/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Audit } from "../audit/index.ts";
import type { Messages } from "../messages/index.ts";
import { letterhead } from "../organisations/index.ts";
import { lockInvitation, saveNewPin } from "./store.ts";

export type RequestPinDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Keyring;
  audit: Audit;
  messages: Messages;
};

export type RequestPin = "sent" | "too-soon" | "too-many-today" | "no-phone" | "not-live";

/** How long a PIN that was asked for on the page lives (NIST SP 800-63B §3.1.3.2). */
const pinLifetime = minutes(10);
const perDay = 5;

/** Sends a new PIN to the number on record, and nowhere else; the old one is worthless from then on (ACT-2). */
export const makeRequestPin =
  ({ db, clock, random, keyring, audit, messages }: RequestPinDeps) =>
  (token: string, origin: Origin): Promise<RequestPin> =>
    db.transaction().execute(async (tx): Promise<RequestPin> => {
      const invitation = await lockInvitation(tx, keyring.hash("activation-link", token));
      const now = clock.now();
      const live = ["sent", "opened", "pin-verified"];
      if (!invitation || invitation.replaced || !live.includes(invitation.state) || now >= invitation.expiresAt)
        return "not-live";
      const { id, account, organisation, pinSentAt } = invitation;
      if (organisation.state === "closed" || isShut(account.state)) return "not-live";
      if (!account.phone) return "no-phone";
      if (pinSentAt && plus(pinSentAt, minutes(1)) > now) return "too-soon";
      const daily = { key: `pin-request:${id}`, limit: perDay, window: days(1) };
      if (await use(tx, daily, now)) return "too-many-today";

      const pin = random.digits(6);
      const expiresAt = plus(now, pinLifetime);
      await saveNewPin(tx, id, { pinHash: keyring.hash("pin", `${id}:${pin}`), expiresAt, now });
      await messages.enqueue(tx, [
        {
          template: "pin-new",
          channel: "sms",
          to: account.phone,
          parameters: { pin },
          language: account.language,
          letterhead: letterhead(organisation),
          accountId: account.id,
          subjectId: id,
          expiresAt,
        },
      ]);
      await audit.record(tx, [
        {
          type: "pin.requested",
          result: "done",
          actor: "stranger",
          organisationId: organisation.id,
          accountId: account.id,
          network: origin.network,
          reference: origin.reference,
          detail: { invitation: id },
        },
      ]);
      return "sent";
    });
