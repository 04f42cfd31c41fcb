import { localised } from "../../../kernel/language.ts";
import { formatDate, formatTime, translator } from "../../../platform/i18n/index.ts";
import type { TemplateParameters } from "../contract.ts";
import { type Letter, letter } from "./letter.ts";
import { type Frame, maskPhone, oneLine, organisationName } from "./texts.ts";

/** Where to sign in, and under which name. Without the temporary password, which goes to the phone, it is of no use. */
export function accountReady(parameters: TemplateParameters["account-ready"], frame: Frame): Letter {
  const { firstName, application, url, userName, phone, until } = parameters;
  const { language, timeZone } = frame;
  const t = translator(language);
  const org = organisationName(frame);
  const app = application && oneLine(localised(application, language), 100);
  const end = { date: formatDate(until, language, "long", timeZone), time: formatTime(until, language, timeZone) };
  return letter(
    {
      subject: t("messages:ready-subject", { org }),
      preheader: t("messages:ready-preheader"),
      heading: t("messages:ready-heading"),
      parts: [
        { is: "paragraph", text: t("messages:invitation-hello", { firstName: oneLine(firstName, 60) }) },
        { is: "paragraph", text: t("messages:ready-lead", app ? { org, app } : { org, context: "no-app" }) },
        { is: "paragraph", text: t("messages:ready-open") },
        { is: "link", url, label: t("messages:ready-button"), copy: t("messages:invitation-copy") },
        { is: "paragraph", text: t("messages:ready-user-name", { userName: oneLine(userName, 254) }) },
        { is: "paragraph", text: t("messages:ready-password", { phone: maskPhone(phone) }) },
        { is: "paragraph", text: t("messages:ready-method") },
        { is: "small", text: t("messages:ready-until", end) },
        { is: "small", text: t("messages:ready-unexpected") },
      ],
      support: ["general"],
    },
    frame,
  );
}
