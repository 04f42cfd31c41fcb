import type { Language } from "../../../kernel/language.ts";
import type { Instant } from "../../../kernel/time.ts";
import { formatDate, formatTime, type Translate } from "../../../platform/i18n/index.ts";
import { actions, button, form, helpSection, html } from "../../../platform/pages/index.ts";
import type { StepPage } from "../../journey/index.ts";

/** What a notice's link leads to: the offer to freeze the account, an account that is frozen, or nothing any more. */
export type NotMe = { shows: "offer"; event: string; at: Instant } | { shows: "frozen" } | { shows: "over" };

export type NotMeView = { t: Translate; language: Language; token: string; formToken: string };

/** MSG-4: says what will happen, and does nothing until the person says so. */
export function notMePage({ t, language, token, formToken }: NotMeView, link: NotMe): StepPage {
  if (link.shows === "frozen")
    return {
      title: t("freeze:frozen"),
      lede: t("freeze:frozen-lede"),
      main: html`<p>${t("freeze:frozen-do")}</p>`,
      help: null,
    };
  if (link.shows === "over")
    return {
      title: t("freeze:over"),
      lede: t("freeze:over-lede"),
      main: html`<p>${t("freeze:over-do")}</p>`,
      help: null,
    };
  const moment = { date: formatDate(link.at, language, "long"), time: formatTime(link.at, language) };
  const freeze = form({
    action: `/not-me/${token}`,
    fields: { form_token: formToken },
    content: actions(button({ label: t("freeze:freeze") })),
  });
  return {
    title: t("freeze:title"),
    lede: t("freeze:told", { ...moment, context: link.event }),
    main: html`<p>${t("freeze:then")}</p><ul><li>${t("freeze:then-out")}</li><li>${t("freeze:then-closed")}</li><li>${t("freeze:then-told")}</li></ul>${freeze}`,
    help: helpSection(t("freeze:was-me"), t("freeze:was-me-do")),
  };
}
