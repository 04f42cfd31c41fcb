import type { Translate } from "../../../platform/i18n/index.ts";
import { actions, button, type Content, helpSection, html, linkButton, rows } from "../../../platform/pages/index.ts";
import type { StepPage, StepView } from "../../journey/index.ts";

export { type Choice, chooseMeansPage } from "./choose-means-page.ts";

/** The identification goes on elsewhere: what to do there, and a button that looks whether it is done. */
export function waitingPage({ t, form }: StepView): StepPage {
  return {
    title: t("eid:waiting"),
    lede: t("eid:waiting-lede"),
    main: html`${form(actions(button({ label: t("eid:waiting-look"), name: "again", value: "asked" })))}${form(
      button({ label: t("eid:waiting-other"), look: "plain", name: "again", value: "other" }),
    )}`,
    help: helpSection(t("eid:waiting-long"), t("eid:waiting-long-do")),
  };
}

/** For the phone that has read a passport: what it showed is looked at elsewhere. */
export const otherBrowserPage = (t: Translate): StepPage => ({
  title: t("eid:other-browser"),
  lede: t("eid:other-browser-lede"),
  main: html`<p>${t("eid:other-browser-do", { label: t("eid:waiting-look") })}</p>`,
  help: null,
});

/** Nobody is bound to who was identified. It says the same to everybody, and nothing of anybody (REC-6). */
export function notLinkedPage(view: StepView): StepPage {
  const { t } = view;
  return {
    title: t("eid:not-linked"),
    lede: t("eid:not-linked-lede"),
    main: html`${rows([
      { icon: "mail", title: t("eid:invited"), note: t("eid:invited-do") },
      { icon: "app", title: t("eid:has-app"), note: t("eid:has-app-do") },
      { icon: "bank", title: t("eid:other-country"), note: t("eid:other-country-do") },
      { icon: "info", title: t("eid:not-invited"), note: t("eid:not-invited-do") },
    ])}${identifyAgain(view)}${view.anotherWay}`,
    help: null,
  };
}

/** ACT-5: who was identified is not whom the invitation or the account expects. Nothing was bound. */
export function anotherPersonPage(view: StepView): StepPage {
  const { t } = view;
  const context = { context: view.journey.purpose };
  return {
    title: t("eid:another-person", context),
    lede: t("eid:another-person-lede"),
    main: html`${rows([
      { icon: "bank", title: t("eid:someone-elses"), note: t("eid:someone-elses-do") },
      { icon: "person", title: t("eid:is-mine", context), note: t("eid:is-mine-do", context) },
    ])}${identifyAgain(view)}${view.anotherWay}`,
    help: null,
  };
}

/** ACT-5: one identity binds to one account of an organisation, and this one has its own already. */
export function boundElsewherePage(view: StepView): StepPage {
  const { t, journey } = view;
  const organisation = journey.organisation && `?organisation=${journey.organisation.slug}`;
  const signIn = linkButton({ href: `/sign-in${organisation ?? ""}`, label: t("common:sign-in") });
  return {
    title: t("eid:bound-elsewhere"),
    lede: t("eid:bound-elsewhere-lede"),
    main: html`${rows([
      { icon: "person", title: t("eid:use-other"), note: t("eid:use-other-do", { label: t("common:sign-in") }) },
      { icon: "info", title: t("eid:other-unknown"), note: t("eid:other-unknown-do") },
    ])}${actions(signIn)}${identifyAgain(view, "quiet")}${view.anotherWay}`,
    help: null,
  };
}

/** Back to the choice: it posts no `means`. */
const identifyAgain = ({ t, form }: StepView, look?: "quiet"): Content =>
  form(actions(button({ label: t("eid:identify-again"), look, name: "again", value: "yes" })));
