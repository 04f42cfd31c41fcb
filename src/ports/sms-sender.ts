import type { Delivery } from "./mail-sender.ts";

/** A text message. `to` is E.164 with its plus sign; `id` is stable over retries, for gateways that can tell. */
export type Sms = { id: string; to: string; text: string };

export type SmsSender = { send(sms: Sms): Promise<Delivery> };

export function fakeSmsSender() {
  const sent: Sms[] = [];
  let next: Delivery = { result: "delivered" };
  return {
    sent,
    answer: (delivery: Delivery) => {
      next = delivery;
    },
    send: async (sms: Sms): Promise<Delivery> => {
      if (next.result === "delivered") sent.push(sms);
      return next;
    },
  };
}
