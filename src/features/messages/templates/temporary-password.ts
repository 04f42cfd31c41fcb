import { formatDate, formatTime, translator } from "../../../platform/i18n/index.ts";
import type { TemplateParameters } from "../contract.ts";
import { type Letter, letter } from "./letter.ts";
import { type Frame, organisationName } from "./texts.ts";

/** A temporary password that was ordered, where there is no number to send it to. No link: a copy must lead nowhere. */
export function newTemporaryPassword(
  { password, until }: TemplateParameters["temporary-password-new"],
  frame: Frame,
): Letter {
  const { language, timeZone } = frame;
  const t = translator(language);
  const end = { date: formatDate(until, language, "long", timeZone), time: formatTime(until, language, timeZone) };
  return letter(
    {
      subject: t("messages:temporary-password-subject", { org: organisationName(frame) }),
      preheader: t("messages:temporary-password-preheader"),
      heading: t("messages:temporary-password-heading"),
      parts: [
        { is: "paragraph", text: t("messages:temporary-password-is") },
        { is: "strong", text: password },
        { is: "paragraph", text: t("messages:temporary-password-use", end) },
        { is: "small", text: t("messages:temporary-password-unexpected") },
      ],
      support: ["password", "technical"],
    },
    frame,
  );
}
