import type { Db } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { InboxMessage } from "../../ports/inbox-message.ts";
import type { Delivery, MailSender } from "../../ports/mail-sender.ts";
import type { SmsSender } from "../../ports/sms-sender.ts";
import { insertMessage, listMessages } from "./store.ts";

export type { InboxMessage } from "../../ports/inbox-message.ts";

export type DemoInbox = {
  mail: MailSender;
  sms: SmsSender;
  /** The latest first, at most `limit`. */
  list(limit: number): Promise<InboxMessage[]>;
};

/** How many messages the demo keeps. */
const kept = 500;

/** Senders for demo mode: nothing leaves the machine, and a page shows what would have. */
export function makeDemoInbox({ db, clock }: { db: Db; clock: Clock }): DemoInbox {
  const keep = async (message: Omit<InboxMessage, "at">): Promise<Delivery> => {
    await insertMessage(db, { ...message, at: clock.now() }, kept);
    return { result: "delivered" };
  };
  return {
    mail: {
      send: ({ id, fromName, to, subject, text, html }) =>
        keep({ id, channel: "email", from: fromName, to, subject, text, html }),
    },
    sms: {
      send: ({ id, to, text }) => keep({ id, channel: "sms", from: null, to, subject: null, text, html: null }),
    },
    list: (limit) => listMessages(db, limit),
  };
}
