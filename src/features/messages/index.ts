import type { Messages, MessagesDeps, Outbox } from "./contract.ts";
import { makeDeliverDue } from "./deliver.ts";
import { defaultSmsCaps } from "./domain/sms-limits.ts";
import { makeEnqueue } from "./enqueue.ts";
import { lookEvery, startLoop } from "./loop.ts";
import { readStates, withdrawWaiting } from "./store.ts";

export type {
  Channel,
  Letterhead,
  Log,
  MessageState,
  Messages,
  MessagesDeps,
  Outbox,
  Outcome,
  Outgoing,
  Template,
  TemplateParameters,
} from "./contract.ts";
export type { SmsCaps } from "./domain/sms-limits.ts";
export { noticeTokenHash } from "./notice-link.ts";
export { findNoticeLink, type NoticeLink, sweepNoticeLinks, useNoticeLink } from "./notice-link-store.ts";

/** E-mails and text messages, by an outbox in the database (MSG-1). */
export function makeMessages(deps: MessagesDeps): Messages & Outbox {
  const stopping = new AbortController();
  const deliverDue = makeDeliverDue({ ...deps, smsCaps: deps.smsCaps ?? defaultSmsCaps, stopping: stopping.signal });
  return {
    enqueue: makeEnqueue(deps),
    withdraw: withdrawWaiting,
    states: readStates,
    deliverDue: async () => (await Promise.all([deliverDue.email(), deliverDue.sms()])).reduce((sum, one) => sum + one),
    start: () => startLoop({ deliverDue, stopping, every: deps.lookEvery ?? lookEvery, listen: deps.listen }),
  };
}
