import { formatDate, formatTime, translator } from "../../../platform/i18n/index.ts";
import type { TemplateParameters } from "../contract.ts";
import { type Letter, letter } from "./letter.ts";
import { type Frame, organisationName } from "./texts.ts";

/** REC-1: the link to choosing a new password. Its page says what it will do, and does it on a click (MSG-4). */
export function passwordLink({ url, until }: TemplateParameters["password-link"], frame: Frame): Letter {
  const { language, timeZone } = frame;
  const t = translator(language);
  const end = { date: formatDate(until, language, "long", timeZone), time: formatTime(until, language, timeZone) };
  return letter(
    {
      subject: t("messages:password-link-subject", { org: organisationName(frame) }),
      preheader: t("messages:password-link-preheader"),
      heading: t("messages:password-link-heading"),
      parts: [
        { is: "paragraph", text: t("messages:password-link-lead") },
        { is: "link", url, label: t("messages:password-link-button"), copy: t("messages:invitation-copy") },
        { is: "paragraph", text: t("messages:password-link-until", end) },
        { is: "paragraph", text: t("messages:password-link-next") },
        { is: "small", text: t("messages:password-link-unexpected") },
      ],
      support: ["password", "technical"],
    },
    frame,
  );
}

/** To whoever gets no link: the page has told them what it tells everybody (REC-6), so this says what to do instead. */
export function noPasswordLink({ reason, url }: TemplateParameters["password-link-none"], frame: Frame): Letter {
  const t = translator(frame.language);
  const why = t("messages:password-link-none-why", { context: reason });
  const label = t("messages:password-link-none-button", { context: reason });
  return letter(
    {
      subject: t("messages:password-link-none-subject", { org: organisationName(frame) }),
      preheader: why,
      heading: t("messages:password-link-none-heading"),
      parts: [
        { is: "paragraph", text: t("messages:password-link-none-lead") },
        { is: "strong", text: why },
        { is: "link", url, label, copy: t("messages:invitation-copy") },
        { is: "small", text: t("messages:password-link-none-unexpected") },
      ],
      support: ["password", "technical"],
    },
    frame,
  );
}
