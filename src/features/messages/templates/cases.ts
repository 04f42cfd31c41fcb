import { translator } from "../../../platform/i18n/index.ts";
import type { TemplateParameters } from "../contract.ts";
import { type Letter, letter } from "./letter.ts";
import { moment, notMe } from "./notices.ts";
import { type Frame, organisationName } from "./texts.ts";

/** To the organisation's support: that a case waits, and nothing of whose it is. */
export function caseOpened({ reference, kind }: TemplateParameters["case-opened"], frame: Frame): Letter {
  const t = translator(frame.language);
  const what = t("messages:case-opened-what", { context: kind });
  return letter(
    {
      subject: t("messages:case-opened-subject", { reference, org: organisationName(frame) }),
      preheader: what,
      heading: t("messages:case-opened-heading"),
      parts: [
        { is: "paragraph", text: what },
        { is: "strong", text: t("messages:case-opened-reference", { reference }) },
        { is: "paragraph", text: t("messages:case-opened-do") },
      ],
      support: ["password", "technical"],
    },
    frame,
  );
}

/** REC-5: whether somebody reads the address on record. The link's page asks, and does nothing by itself (MSG-4). */
export function caseConfirm({ url, until }: TemplateParameters["case-confirm"], frame: Frame): Letter {
  const t = translator(frame.language);
  const what = t("messages:case-confirm-what");
  return letter(
    {
      subject: t("messages:case-confirm-subject", { org: organisationName(frame) }),
      preheader: what,
      heading: t("messages:case-confirm-heading"),
      parts: [
        { is: "paragraph", text: what },
        { is: "link", url, label: t("messages:case-confirm-button"), copy: t("messages:invitation-copy") },
        { is: "paragraph", text: t("messages:case-confirm-until", moment(until, frame)) },
        { is: "small", text: t("messages:case-confirm-unexpected") },
      ],
      support: ["password", "technical"],
    },
    frame,
  );
}

/** HLP-5: what a support agent has decided. `until`: until when an approval can be used; null where it was refused. */
export function caseDecided({ reference, until }: TemplateParameters["case-decided"], frame: Frame): Letter {
  const t = translator(frame.language);
  const context = until ? "" : "refused";
  const what = t("messages:case-decided-what", { context, reference });
  const end = until ? moment(until, frame) : {};
  return letter(
    {
      subject: t("messages:case-decided-subject", { context, org: organisationName(frame) }),
      preheader: what,
      heading: t("messages:case-decided-heading", { context }),
      parts: [
        { is: "paragraph", text: what },
        { is: "strong", text: t("messages:case-decided-do", { context, ...end }) },
        { is: "paragraph", text: t("messages:case-decided-not-yours") },
        ...notMe(frame),
      ],
      support: ["password", "technical"],
    },
    frame,
  );
}
