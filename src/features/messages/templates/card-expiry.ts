import { formatDate, translator } from "../../../platform/i18n/index.ts";
import type { TemplateParameters } from "../contract.ts";
import { type Letter, letter } from "./letter.ts";
import { type Frame, organisationName } from "./texts.ts";

/** T43: that the card's certificate expires, or has. Without a link: who gets used to links in such letters follows any. */
export function cardExpiry({ until, ended }: TemplateParameters["card-expiry"], frame: Frame): Letter {
  const { language, timeZone } = frame;
  const t = translator(language);
  const context = ended ? "ended" : "";
  const what = t("messages:card-expiry-what", { context, date: formatDate(until, language, "long", timeZone) });
  return letter(
    {
      subject: t("messages:card-expiry-subject", { context, org: organisationName(frame) }),
      preheader: what,
      heading: t("messages:card-expiry-heading", { context }),
      parts: [
        { is: "paragraph", text: what },
        { is: "paragraph", text: t("messages:card-expiry-order") },
        { is: "strong", text: t("messages:card-expiry-link") },
      ],
      support: ["technical", "general"],
    },
    frame,
  );
}
