import { localised } from "../../../kernel/language.ts";
import { formatDate, translator } from "../../../platform/i18n/index.ts";
import type { TemplateParameters } from "../contract.ts";
import { type Letter, letter } from "./letter.ts";
import { type Frame, maskPhone, oneLine, organisationName } from "./texts.ts";

/** The activation link. Opening it changes nothing (MSG-4), and without the PIN it is of no use (ACT-2). */
export function invitation(parameters: TemplateParameters["invitation"], frame: Frame): Letter {
  const { firstName, application, url, until } = parameters;
  const { language, timeZone } = frame;
  const t = translator(language);
  const org = organisationName(frame);
  const app = application && oneLine(localised(application, language), 100);
  return letter(
    {
      subject: t("messages:invitation-subject", { org }),
      preheader: t("messages:invitation-preheader"),
      heading: t("messages:invitation-heading"),
      parts: [
        { is: "paragraph", text: t("messages:invitation-hello", { firstName: oneLine(firstName, 60) }) },
        { is: "paragraph", text: t("messages:invitation-lead", app ? { org, app } : { org, context: "no-app" }) },
        { is: "paragraph", text: t("messages:invitation-open") },
        { is: "link", url, label: t("messages:invitation-button"), copy: t("messages:invitation-copy") },
        { is: "paragraph", text: pinStep(parameters, frame) },
        { is: "paragraph", text: t("messages:invitation-method") },
        { is: "small", text: t("messages:invitation-until", { until: formatDate(until, language, "long", timeZone) }) },
        { is: "small", text: t("messages:invitation-unexpected") },
      ],
      support: ["general"],
    },
    frame,
  );
}

function pinStep({ phone, pinOnRequest }: TemplateParameters["invitation"], { language }: Frame): string {
  const t = translator(language);
  if (phone === null) return t("messages:invitation-pin", { context: "no-phone" });
  return t("messages:invitation-pin", { phone: maskPhone(phone), ...(pinOnRequest && { context: "on-request" }) });
}
