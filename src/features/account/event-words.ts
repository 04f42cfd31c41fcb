import type { Key, Translate } from "../../platform/i18n/index.ts";
import type { RecordedEvent } from "../audit/index.ts";

/** What the person is told of, in plain words. The steps between, and what support does, are left out. */
const words: Readonly<Record<string, Key>> = {
  "account.activated": "account:event-activated",
  "sign-in.succeeded": "account:event-signed-in",
  "password.refused": "account:event-password-refused",
  "password.set": "account:event-password-set",
  "password.changed": "account:event-password-changed",
  "password-link.sent": "account:event-password-link-sent",
  "password-link.used": "account:event-password-link-used",
  "temporary-password.ordered": "account:event-temporary-ordered",
  "temporary-password.accepted": "account:event-temporary-accepted",
  "account.changed": "account:event-account-changed",
  "account.closed": "account:event-account-closed",
  "account.reopened": "account:event-account-reopened",
  "code.refused": "account:event-code-refused",
  "code.tested": "account:event-code-tested",
  "eid.identified": "account:event-eid-identified",
  "eid.refused": "account:event-eid-refused",
  "eid.cancelled": "account:event-eid-cancelled",
  "eid.unavailable": "account:event-eid-unavailable",
  "eid.not-linked": "account:event-eid-not-linked",
  "passkey.refused": "account:event-passkey-refused",
  "passkey.counter-refused": "account:event-passkey-copied",
  "certificate.refused": "account:event-certificate-refused",
  "certificate.not-linked": "account:event-certificate-not-linked",
  "certificate.expiry-told": "account:event-certificate-told",
  "identity.bound": "account:event-identity-bound",
  "identity.released": "account:event-identity-released",
  "identity.refused": "account:event-identity-refused",
  "method.linked": "account:event-method-linked",
  "method.removed": "account:event-method-removed",
  "method.refused": "account:event-method-refused",
  "recovery.reset": "account:event-recovery-reset",
  "recovery.refused": "account:event-recovery-refused",
  "recovery.pass-shown": "account:event-recovery-pass",
  "account.frozen": "account:event-frozen",
  "account.thawed": "account:event-thawed",
  "session.ended": "account:event-session-ended",
  "invitation.sent": "account:event-invited",
  "invitation.sent-again": "account:event-invited-again",
  "pin.refused": "account:event-pin-refused",
  "pin.requested": "account:event-pin-requested",
};

export const isTold = ({ type }: Pick<RecordedEvent, "type">): boolean => Object.hasOwn(words, type);

/** "Signed in", "You signed out": by the event's type, and its reason, device or method where that has words of its own. */
export function eventWords({ type, detail }: RecordedEvent, t: Translate): string {
  const key = words[type];
  if (!key) return "";
  const more = detail.reason ?? (detail.device === "token" ? detail.device : detail.method);
  return t(key, { context: typeof more === "string" ? more : "" });
}

/** Enough of a network to know it by: `198.51.100.…`. Empty where it is not known. */
export function shortNetwork(network: string | null): string {
  if (!network || network === "unknown") return "";
  if (network.includes(":")) return network.replace(/(?:::)?\/\d+$/, ":…");
  return network.replace(/\.\d+$/, ".…");
}
