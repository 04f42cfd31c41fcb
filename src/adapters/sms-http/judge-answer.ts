import { type Duration, seconds } from "../../kernel/time.ts";
import type { Delivery } from "../../ports/mail-sender.ts";

/** A status, or the first and last of a range. */
export type StatusRule = number | readonly [from: number, to: number];

export type Acceptance = {
  status: readonly StatusRule[];
  /** A pattern that the answer must match besides; for gateways that say no with a 200. */
  bodyMatches?: RegExp;
};

export type Answer = { status: number; body: string; retryAfter?: string | undefined };

/** Client errors that the operator can mend (credentials, credit, address, method, load), rather than this recipient's. */
const mendable = new Set([401, 402, 403, 404, 405, 407, 408, 425, 429]);

/** The gateway's answer as a `Delivery`; the reason quotes none of its words, which may repeat the message. */
export function judgeAnswer(answer: Answer, accepted: Acceptance, now: Date): Delivery {
  const { status } = answer;
  const asAccepted = accepted.status.some((rule) =>
    typeof rule === "number" ? status === rule : status >= rule[0] && status <= rule[1],
  );
  if (asAccepted && (accepted.bodyMatches?.test(answer.body) ?? true)) return { result: "delivered" };
  if (asAccepted)
    return { result: "later", reason: `the SMS gateway answered ${status}, but not in the words of an acceptance` };
  if (status >= 300 && status < 400) {
    return { result: "later", reason: `the SMS gateway answered ${status}, a redirect, which is not followed` };
  }
  if (status >= 400 && status < 500 && !mendable.has(status)) {
    return { result: "never", reason: `the SMS gateway refused the message (${status})` };
  }
  const wait = parseRetryAfter(answer.retryAfter, now);
  const reason = `the SMS gateway answered ${status}`;
  return wait === undefined ? { result: "later", reason } : { result: "later", reason, retryAfter: wait };
}

/** `Retry-After` (RFC 9110 §10.2.3): seconds or a date; more than a day is not believed. */
function parseRetryAfter(value: string | undefined, now: Date): Duration | undefined {
  if (value === undefined) return undefined;
  const wait = /^\d+$/u.test(value) ? seconds(Number(value)) : Date.parse(value) - now.getTime();
  return wait > 0 && wait <= seconds(86_400) ? wait : undefined;
}
