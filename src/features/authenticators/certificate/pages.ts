import type { Key } from "../../../platform/i18n/index.ts";
import {
  actions,
  button,
  type Content,
  guide,
  type Html,
  helpSection,
  html,
  link,
  richText,
} from "../../../platform/pages/index.ts";
import { refusalNotice, type StepPage, type StepView } from "../../journey/index.ts";

/** What to do with card, browser and PIN, and one button (SIN-4, USR-3). */
export function showCardPage(view: StepView, { linking }: { linking: boolean }): StepPage {
  const { journey, t } = view;
  return {
    title: t(linking ? "certificate:link" : "certificate:show"),
    lede: t(linking ? "certificate:link-lede" : "certificate:show-lede"),
    ...(linking && journey.purpose === "activation" && { step: { at: 3, of: 3, label: t("journey:activate") } }),
    main: html`${refusalNotice(view)}${steps(view, "certificate:show-it")}${showButton(view, t("certificate:show-it"))}${view.anotherWay}`,
    help: [
      helpSection(t("certificate:error-page"), t("certificate:error-page-do")),
      helpSection(t("certificate:new-card"), t("certificate:new-card-do", { context: linking ? "link" : "" })),
      testHelp(view),
    ],
  };
}

export const steps = ({ t }: Pick<StepView, "t">, button: Key): Html =>
  guide([
    t("certificate:insert"),
    t("certificate:press", { label: t(button) }),
    t("certificate:which"),
    t("certificate:type-pin"),
  ]);

/** Leads to the address where the browser shows its certificate. */
export const showButton = ({ form }: StepView, label: string): Html =>
  form(actions(button({ label, icon: "card", name: "show", value: "yes" })));

/** USR-5 */
export const testHelp = ({ t }: Pick<StepView, "t">): Content =>
  helpSection(
    t("certificate:test"),
    html`<p>${richText(t, "certificate:test-what", { page: link({ href: "/test/certificate", label: t("certificate:test-page") }) })}</p>`,
  );
