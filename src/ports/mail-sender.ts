import type { Duration } from "../kernel/time.ts";

/** An e-mail as it is handed to the mail server. `id` is stable over retries and becomes the Message-ID. */
export type Mail = {
  id: string;
  to: string;
  /** The name shown beside the configured sender address: the organisation's. */
  fromName: string;
  subject: string;
  text: string;
  html: string;
};

/**
 * What a sender says of one attempt. `later` is worth another try (outage, 4xx); `never` is not (no such mailbox).
 * `reason` is for operators and the responsible user: it never holds the message's contents, an address or a credential.
 * `retryAfter` is there when the other side said how long to wait.
 */
export type Delivery =
  | { result: "delivered" }
  | { result: "later"; reason: string; retryAfter?: Duration }
  | { result: "never"; reason: string };

/** What a sender says of its own connection, for `vahva doctor`: one sentence, without credentials. */
export type SenderCheck = { ok: boolean; says: string };

export type MailSender = { send(mail: Mail): Promise<Delivery> };

export function fakeMailSender() {
  const sent: Mail[] = [];
  let next: Delivery = { result: "delivered" };
  return {
    sent,
    answer: (delivery: Delivery) => {
      next = delivery;
    },
    send: async (mail: Mail): Promise<Delivery> => {
      if (next.result === "delivered") sent.push(mail);
      return next;
    },
  };
}
