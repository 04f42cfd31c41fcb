import type { Key } from "../../platform/i18n/index.ts";
import { actions, guide, helpSection, html, link, ways } from "../../platform/pages/index.ts";
import type { StepPage } from "../journey/index.ts";
import type { Guide, GuideView } from "./guides.ts";
import { picture } from "./pictures.ts";
import { problemList } from "./problem-pages.ts";
import type { Facts } from "./problems.ts";

/** What people come with, and the guides that help here. */
export function helpPage(view: GuideView, guides: readonly Guide[], facts: Facts): StepPage {
  const { t, query } = view;
  const list = guides.map(({ name, icon, title, lede }) => ({
    value: name,
    icon,
    label: t(title),
    note: t(lede),
    href: `/help/${name}${query}`,
  }));
  return {
    title: t("guide:help"),
    main: html`<div class="stack-l"><section class="stack"><h2>${t("problems:title")}</h2>${problemList(view, facts)}</section>${list.length > 0 && html`<section class="stack"><h2>${t("guide:title")}</h2><p>${t("guide:lede")}</p>${ways(list, t("guide:title"))}</section>`}</div>`,
    help: helpSection(t("guide:not-here"), t("guide:not-here-do")),
  };
}

/** One guide, which prints on one sheet. */
export function guidePage({ t, query }: GuideView, { title, lede, steps, trouble }: Guide): StepPage {
  const say = (text: Key, labels: Readonly<Record<string, Key>> = {}) =>
    t(text, Object.fromEntries(Object.entries(labels).map(([name, label]) => [name, t(label)])));
  const list = steps.map((step) => html`<p>${say(step.text, step.labels)}</p>${picture(step.picture)}`);
  const [question, answer, labels] = trouble;
  return {
    title: t(title),
    lede: t(lede),
    main: html`<div class="pictured">${guide(list)}</div>${actions(link({ href: `/help${query}`, label: t("guide:all") }))}`,
    help: html`${helpSection(t(question), say(answer, labels))}<div class="screen">${helpSection(t("guide:print"), t("guide:print-how"))}</div>`,
  };
}
