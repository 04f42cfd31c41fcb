import { localised } from "../../../kernel/language.ts";
import type { Keyring, Place } from "../../../platform/seal/index.ts";
import type { Outgoing } from "../contract.ts";
import { accountReady } from "./account-ready.ts";
import { cardExpiry } from "./card-expiry.ts";
import { caseConfirm, caseDecided, caseOpened } from "./cases.ts";
import { directoryLate } from "./directory-late.ts";
import { invitation } from "./invitation.ts";
import type { Letter } from "./letter.ts";
import {
  accountFrozen,
  contactChanged,
  methodLinked,
  methodRemoved,
  methodsReset,
  passkeyCopied,
  passwordChanged,
  passwordEnded,
  recoveryRefused,
} from "./notices.ts";
import { noPasswordLink, passwordLink } from "./password-link.ts";
import {
  accountFrozenSms,
  contactChangedSms,
  methodLinkedSms,
  methodRemovedSms,
  methodsResetSms,
  newPinSms,
  newTemporaryPasswordSms,
  passkeyCopiedSms,
  passwordChangedSms,
  pinSms,
  temporaryPasswordSms,
} from "./sms.ts";
import { newTemporaryPassword } from "./temporary-password.ts";
import { oneLine } from "./texts.ts";

/** A message as it goes to its sender: rendered when it was put in, so that a retry sends the very same. */
export type Contents =
  | ({ channel: "email"; to: string; fromName: string } & Letter)
  | { channel: "sms"; to: string; text: string };

/** Where contents lie sealed: they open in their own row only. */
export const placeOf = (id: string): Place => ({ table: "message", column: "contents", row: id });

/** Opens what was sealed from `render`'s answer. Throws when it was changed, moved, or its key is gone. */
export const openContents = (keyring: Pick<Keyring, "open">, id: string, sealed: Buffer): Contents =>
  JSON.parse(keyring.open(placeOf(id), sealed).toString()) as Contents; // sealed by us, in this row

/** Renders `message` in its language. A pure function: the same message gives the same contents. */
export function render(message: Outgoing, timeZone: string, notMeUrl?: string): Contents {
  const made = renderTemplate(message, timeZone, notMeUrl);
  if (typeof made === "string") return { channel: "sms", to: message.to, text: made };
  const fromName = oneLine(localised(message.letterhead.name, message.language), 100);
  return { channel: "email", to: message.to, fromName, ...made };
}

/** A letter, or the text of a text message. */
function renderTemplate(message: Outgoing, timeZone: string, notMeUrl?: string): Letter | string {
  const { letterhead, language, channel } = message;
  const frame = { letterhead, language, timeZone, ...(notMeUrl && { notMeUrl }) };
  switch (message.template) {
    case "invitation":
      return invitation(message.parameters, frame);
    case "pin":
      return pinSms(message.parameters, frame);
    case "pin-new":
      return newPinSms(message.parameters, frame);
    case "method-linked":
      return channel === "sms" ? methodLinkedSms(message.parameters, frame) : methodLinked(message.parameters, frame);
    case "password-changed":
      return channel === "sms"
        ? passwordChangedSms(message.parameters, frame)
        : passwordChanged(message.parameters, frame);
    case "account-ready":
      return accountReady(message.parameters, frame);
    case "temporary-password":
      return temporaryPasswordSms(message.parameters, frame);
    case "temporary-password-new":
      return channel === "sms"
        ? newTemporaryPasswordSms(message.parameters, frame)
        : newTemporaryPassword(message.parameters, frame);
    case "password-link":
      return passwordLink(message.parameters, frame);
    case "password-link-none":
      return noPasswordLink(message.parameters, frame);
    case "case-opened":
      return caseOpened(message.parameters, frame);
    case "case-confirm":
      return caseConfirm(message.parameters, frame);
    case "case-decided":
      return caseDecided(message.parameters, frame);
    case "card-expiry":
      return cardExpiry(message.parameters, frame);
    case "directory-late":
      return directoryLate(message.parameters, frame);
    case "password-ended":
      return passwordEnded(message.parameters, frame);
    case "passkey-copied":
      return channel === "sms" ? passkeyCopiedSms(message.parameters, frame) : passkeyCopied(message.parameters, frame);
    case "method-removed":
      return channel === "sms" ? methodRemovedSms(message.parameters, frame) : methodRemoved(message.parameters, frame);
    case "methods-reset":
      return channel === "sms" ? methodsResetSms(message.parameters, frame) : methodsReset(message.parameters, frame);
    case "contact-changed":
      return channel === "sms"
        ? contactChangedSms(message.parameters, frame)
        : contactChanged(message.parameters, frame);
    case "recovery-refused":
      return recoveryRefused(message.parameters, frame);
    case "account-frozen":
      return channel === "sms" ? accountFrozenSms(message.parameters, frame) : accountFrozen(message.parameters, frame);
  }
}
