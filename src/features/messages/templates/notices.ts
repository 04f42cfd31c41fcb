import type { Instant } from "../../../kernel/time.ts";
import { formatDate, formatTime, translator } from "../../../platform/i18n/index.ts";
import type { TemplateParameters } from "../contract.ts";
import { type Letter, letter, type Part } from "./letter.ts";
import { type Frame, maskEmail, maskPhone, organisationName } from "./texts.ts";

/** USR-7 REC-8 what happened, when, and what to do if it was not them: a link that leads nowhere but to freezing the account. */
export function methodLinked({ method, at }: TemplateParameters["method-linked"], frame: Frame): Letter {
  const t = translator(frame.language);
  return notice(
    {
      subject: t("messages:method-linked-subject", { org: organisationName(frame) }),
      heading: t("messages:method-linked-heading"),
      what: t("messages:method-linked-what", {
        ...moment(at, frame),
        method: t("messages:method", { context: method }),
      }),
    },
    frame,
  );
}

export function methodRemoved({ method, at }: TemplateParameters["method-removed"], frame: Frame): Letter {
  const t = translator(frame.language);
  return notice(
    {
      subject: t("messages:method-removed-subject", { org: organisationName(frame) }),
      heading: t("messages:method-removed-heading"),
      what: t("messages:method-removed-what", {
        ...moment(at, frame),
        method: t("messages:method", { context: method }),
      }),
    },
    frame,
  );
}

/** It carries no link: whoever froze the account may be the one who should not have. */
export function accountFrozen({ at }: TemplateParameters["account-frozen"], frame: Frame): Letter {
  const t = translator(frame.language);
  const what = t("messages:account-frozen-what", moment(at, frame));
  return letter(
    {
      subject: t("messages:account-frozen-subject", { org: organisationName(frame) }),
      preheader: what,
      heading: t("messages:account-frozen-heading"),
      parts: [
        { is: "paragraph", text: what },
        { is: "strong", text: t("messages:account-frozen-do") },
      ],
      support: ["technical", "password"],
    },
    frame,
  );
}

export function passwordChanged(
  { at, cardEnded = false }: TemplateParameters["password-changed"],
  frame: Frame,
): Letter {
  const t = translator(frame.language);
  const context = cardEnded ? "card" : "";
  return notice(
    {
      subject: t("messages:password-changed-subject", { org: organisationName(frame) }),
      heading: t("messages:password-changed-heading"),
      what: t("messages:password-changed-what", { ...moment(at, frame), context }),
    },
    frame,
  );
}

export function passwordEnded({ at, cardEnded }: TemplateParameters["password-ended"], frame: Frame): Letter {
  const t = translator(frame.language);
  return notice(
    {
      subject: t("messages:password-ended-subject", { org: organisationName(frame) }),
      heading: t("messages:password-ended-heading"),
      what: t("messages:password-ended-what", { ...moment(at, frame), context: cardEnded ? "card" : "" }),
    },
    frame,
  );
}

export function passkeyCopied({ at }: TemplateParameters["passkey-copied"], frame: Frame): Letter {
  const t = translator(frame.language);
  const what = t("messages:passkey-copied-what", moment(at, frame));
  return letter(
    {
      subject: t("messages:passkey-copied-subject", { org: organisationName(frame) }),
      preheader: what,
      heading: t("messages:passkey-copied-heading"),
      parts: [
        { is: "paragraph", text: what },
        { is: "strong", text: t("messages:passkey-copied-do") },
        ...notMe(frame),
      ],
      support: ["technical", "password"],
    },
    frame,
  );
}

export function methodsReset({ at }: TemplateParameters["methods-reset"], frame: Frame): Letter {
  const t = translator(frame.language);
  return notice(
    {
      subject: t("messages:methods-reset-subject", { org: organisationName(frame) }),
      heading: t("messages:methods-reset-heading"),
      what: t("messages:methods-reset-what", moment(at, frame)),
    },
    frame,
  );
}

/** It goes to the replaced address too, whose owner may be another by now: what is new is told by its end alone. */
export function contactChanged(
  { at, email, phone, userNameChanged = false }: TemplateParameters["contact-changed"],
  frame: Frame,
): Letter {
  const t = translator(frame.language);
  const what = t("messages:contact-changed-what", moment(at, frame));
  const news = [
    email !== undefined && t("messages:contact-changed-email", { email: maskEmail(email) }),
    phone && t("messages:contact-changed-phone", { phone: maskPhone(phone) }),
    phone === null && t("messages:contact-changed-no-phone"),
    userNameChanged && t("messages:contact-changed-user-name"),
    (email !== undefined || phone !== undefined) && t("messages:contact-changed-over"),
  ].filter((line) => typeof line === "string");
  return letter(
    {
      subject: t("messages:contact-changed-subject", { org: organisationName(frame) }),
      preheader: what,
      heading: t("messages:contact-changed-heading"),
      parts: [
        { is: "paragraph", text: what },
        ...news.map((text) => ({ is: "paragraph", text }) as const),
        { is: "paragraph", text: t("messages:contact-changed-yours") },
        { is: "strong", text: t("messages:contact-changed-not-yours", { context: frame.notMeUrl ? "link" : "" }) },
        ...notMe(frame),
      ],
      support: ["password", "technical"],
    },
    frame,
  );
}

/** Nothing has changed, so nothing has to be done: the link is there for whoever fears more. */
export function recoveryRefused({ at }: TemplateParameters["recovery-refused"], frame: Frame): Letter {
  const t = translator(frame.language);
  const what = t("messages:recovery-refused-what", moment(at, frame));
  return letter(
    {
      subject: t("messages:recovery-refused-subject", { org: organisationName(frame) }),
      preheader: what,
      heading: t("messages:recovery-refused-heading"),
      parts: [
        { is: "paragraph", text: what },
        { is: "paragraph", text: t("messages:recovery-refused-do") },
        ...notMe(frame),
      ],
      support: ["technical", "password"],
    },
    frame,
  );
}

export const moment = (at: Instant, { language, timeZone }: Frame) => ({
  date: formatDate(at, language, "long", timeZone),
  time: formatTime(at, language, timeZone),
});

/** The link's page says what it will do, and does it on a click (MSG-4). */
export const notMe = ({ language, notMeUrl }: Frame): readonly Part[] => {
  const t = translator(language);
  return notMeUrl
    ? [{ is: "link", url: notMeUrl, label: t("messages:not-me"), copy: t("messages:invitation-copy") }]
    : [];
};

function notice({ subject, heading, what }: { subject: string; heading: string; what: string }, frame: Frame): Letter {
  const t = translator(frame.language);
  return letter(
    {
      subject,
      preheader: what,
      heading,
      parts: [
        { is: "paragraph", text: what },
        { is: "paragraph", text: t("messages:notice-yours") },
        { is: "strong", text: t("messages:notice-not-yours", { context: frame.notMeUrl ? "link" : "" }) },
        ...notMe(frame),
      ],
      support: ["password", "technical"],
    },
    frame,
  );
}
