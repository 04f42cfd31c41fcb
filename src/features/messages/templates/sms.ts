import { gsm7Length } from "../../../kernel/gsm7.ts";
import type { Instant } from "../../../kernel/time.ts";
import { formatDate, formatTime, smsText, translator } from "../../../platform/i18n/index.ts";
import type { TemplateParameters } from "../contract.ts";
import { contactFor, type Frame, oneLine } from "./texts.ts";

/** What one text message holds in the GSM alphabet. */
const oneMessage = 160;

const fitsOne = (text: string): boolean => (gsm7Length(text) ?? Number.POSITIVE_INFINITY) <= oneMessage;

const organisation = ({ letterhead }: Frame): string => oneLine(letterhead.smsName, 30);

export const pinSms = ({ pin }: TemplateParameters["pin"], frame: Frame): string =>
  smsText(translator(frame.language)("messages:sms-pin", { org: organisation(frame), pin }));

export const newPinSms = ({ pin }: TemplateParameters["pin-new"], frame: Frame): string =>
  smsText(translator(frame.language)("messages:sms-pin-new", { org: organisation(frame), pin }));

export const temporaryPasswordSms = ({ password }: TemplateParameters["temporary-password"], frame: Frame): string =>
  smsText(translator(frame.language)("messages:sms-temporary-password", { org: organisation(frame), password }));

export const newTemporaryPasswordSms = (
  { password }: TemplateParameters["temporary-password-new"],
  frame: Frame,
): string => withNumber("messages:sms-temporary-password-new", { org: organisation(frame), password }, frame);

export const methodLinkedSms = ({ at }: TemplateParameters["method-linked"], frame: Frame): string =>
  noticeSms("messages:sms-method-linked", at, frame);

export const passwordChangedSms = (
  { at, cardEnded = false }: TemplateParameters["password-changed"],
  frame: Frame,
): string => noticeSms(cardEnded ? "messages:sms-password-and-card" : "messages:sms-password-changed", at, frame);

export const passkeyCopiedSms = ({ at }: TemplateParameters["passkey-copied"], frame: Frame): string =>
  noticeSms("messages:sms-passkey-copied", at, frame);

export const methodRemovedSms = ({ at }: TemplateParameters["method-removed"], frame: Frame): string =>
  noticeSms("messages:sms-method-removed", at, frame);

export const accountFrozenSms = ({ at }: TemplateParameters["account-frozen"], frame: Frame): string =>
  noticeSms("messages:sms-account-frozen", at, frame);

export const methodsResetSms = ({ at }: TemplateParameters["methods-reset"], frame: Frame): string =>
  noticeSms("messages:sms-methods-reset", at, frame);

export const contactChangedSms = ({ at }: TemplateParameters["contact-changed"], frame: Frame): string =>
  noticeSms("messages:sms-contact-changed", at, frame);

type Notice =
  | "messages:sms-contact-changed"
  | "messages:sms-methods-reset"
  | "messages:sms-method-removed"
  | "messages:sms-account-frozen"
  | "messages:sms-method-linked"
  | "messages:sms-password-changed"
  | "messages:sms-password-and-card"
  | "messages:sms-passkey-copied";

const noticeSms = (key: Notice, at: Instant, frame: Frame): string => {
  const { language, timeZone } = frame;
  const moment = { date: formatDate(at, language, "short", timeZone), time: formatTime(at, language, timeZone) };
  return withNumber(key, { org: organisation(frame), ...moment }, frame);
};

/** With the number to call, where there is one and it fits into one message. */
function withNumber(
  key: Notice | "messages:sms-temporary-password-new",
  values: Readonly<Record<string, string>>,
  frame: Frame,
): string {
  const t = translator(frame.language);
  const phone = contactFor(["password", "technical"], frame)?.phone;
  const withPhone = phone ? smsText(t(key, { ...values, phone })) : null;
  return withPhone !== null && fitsOne(withPhone) ? withPhone : smsText(t(key, { ...values, context: "no-phone" }));
}
