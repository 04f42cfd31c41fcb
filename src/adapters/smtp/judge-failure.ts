import type { Delivery, SenderCheck } from "../../ports/mail-sender.ts";

/** What nodemailer tells of a failed attempt. The server's words (`response`) may quote addresses: only its codes are used. */
export type SmtpFailure = {
  code?: unknown;
  command?: unknown;
  responseCode?: unknown;
  response?: unknown;
  message?: unknown;
};

/** Replies that say "this recipient or this message, never" (RFC 5321 §4.2.3). */
const permanent = new Set([550, 551, 552, 553, 554]);

/**
 * A failed attempt as a `Delivery`. Only a permanent reply to the recipient or the message itself is `never`: whatever
 * the operator can put right (credentials, TLS, a refused sender, relaying and other policy: RFC 3463 X.7) is `later`,
 * so that a wrong setting loses no mail (MSG-1).
 */
export function judgeFailure(failure: SmtpFailure): Delivery {
  const status = typeof failure.responseCode === "number" ? failure.responseCode : undefined;
  const step = failure.command === "RCPT TO" ? "the recipient" : failure.command === "DATA" ? "the message" : undefined;
  if (failure.code === "ETLS") {
    return {
      result: "later",
      reason: `no trusted TLS connection to the mail server${status ? ` (it answered ${status} to STARTTLS)` : ` (${detailOf(failure)})`}`,
    };
  }
  if (status === undefined) {
    if (failure.code === "EENVELOPE") return { result: "never", reason: "no mail can be sent to such an address" };
    return { result: "later", reason: faultOf(failure) };
  }
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/u.exec(String(failure.response ?? ""))?.[1];
  const reply = enhanced ? `${status} ${enhanced}` : String(status);
  const isPolicy = enhanced?.startsWith("5.7.") ?? false;
  if (step && permanent.has(status) && !isPolicy) {
    return { result: "never", reason: `the mail server refused ${step} (${reply})` };
  }
  if (failure.code === "EAUTH")
    return { result: "later", reason: `the mail server refused our user name or password (${reply})` };
  return { result: "later", reason: `the mail server answered ${reply}${step ? ` to ${step}` : ""}` };
}

/** The same for `vahva doctor`: what is wrong with the connection, and what to look at. */
export function explainFailure(failure: SmtpFailure, server: string): SenderCheck {
  const judged = judgeFailure(failure);
  return { ok: false, says: `${server}: ${judged.result === "delivered" ? "" : judged.reason}.` };
}

function faultOf(failure: SmtpFailure): string {
  const detail = detailOf(failure);
  switch (failure.code) {
    case "ETIMEDOUT":
    case "EABORT":
      return "the mail server did not answer in time";
    case "EAUTH":
    case "ENOAUTH":
      return "the mail server offers no way to sign in that we know";
    case "EDNS":
      return `the mail server's name was not found (${detail})`;
    default:
      return /certificate|altnames|SSL|TLS/iu.test(detail)
        ? `no trusted TLS connection to the mail server (${detail})`
        : `no connection to the mail server (${detail})`;
  }
}

/** Node's own words on a socket: they name hosts and certificates, and, with no reply in them, nothing of the mail. */
const detailOf = ({ message }: SmtpFailure): string =>
  typeof message === "string" ? message.replace(/[\p{C}\s]+/gu, " ").slice(0, 200) : "no more is known";
