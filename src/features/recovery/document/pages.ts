import type { Instant } from "../../../kernel/time.ts";
import { formatDateTime } from "../../../platform/i18n/index.ts";
import {
  actions,
  button,
  helpSection,
  html,
  link,
  linkButton,
  referenceNumber,
  richText,
  rows,
} from "../../../platform/pages/index.ts";
import type { StepPage, StepView } from "../../journey/index.ts";
import { recoverAddress } from "../pages.ts";

type Waiting = Readonly<{ reference: string; expiresAt: Instant }>;

/** REC-3: a support agent looks at it. The page may be closed, and come back to. */
export function waitingPage({ t, language, journey }: StepView, { reference, expiresAt }: Waiting): StepPage {
  return {
    title: t("document:waiting"),
    lede: t("document:waiting-lede"),
    main: html`${rows([
      { icon: "mail", title: t("document:told"), note: t("document:told-how") },
      {
        icon: "clock",
        title: t("document:come-back"),
        note: t("document:come-back-until", { until: formatDateTime(expiresAt, language, "long") }),
      },
      {
        icon: "call",
        title: t("document:call"),
        note: richText(t, "document:call-reference", { reference: referenceNumber(reference) }),
      },
    ])}${actions(linkButton({ href: `/journey/${journey.id}`, label: t("document:look-again"), look: "quiet" }), link({ href: recoverAddress(journey.organisation), label: t("document:begin-again") }))}`,
    help: helpSection(t("document:why"), t("document:why-answer")),
  };
}

/** Approved, and still nothing has changed: its person says go on. */
export function approvedPage(view: StepView, { expiresAt }: Waiting): StepPage {
  const { t, language } = view;
  const goOn = button({ label: t("common:continue"), name: "document", value: "continue" });
  return {
    title: t("document:approved"),
    lede: t("document:approved-lede"),
    main: html`<p>${t("document:approved-until", { until: formatDateTime(expiresAt, language, "long") })}</p>${view.form(actions(goOn))}`,
    help: null,
  };
}

/** REC-4: the agent has refused, time is over, or the account has changed since. Nothing else has. */
export function overPage({ t, journey }: StepView, reference: string): StepPage {
  return {
    title: t("recovery:not-confirmed"),
    lede: t("recovery:not-confirmed-lede"),
    main: html`${rows([
      {
        icon: "call",
        title: t("document:call"),
        note: richText(t, "document:call-reference", { reference: referenceNumber(reference) }),
      },
    ])}<p>${link({ href: recoverAddress(journey.organisation), label: t("document:begin-again") })}</p>`,
    help: null,
  };
}
