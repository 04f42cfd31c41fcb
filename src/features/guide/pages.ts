import type { Key, Translate } from "../../platform/i18n/index.ts";
import { actions, guide, helpSection, html, link, ways } from "../../platform/pages/index.ts";
import type { StepPage } from "../journey/index.ts";
import type { Guide } from "./guides.ts";
import { picture } from "./pictures.ts";

/** Where the reader's organisation stands in addresses, so that each page keeps to what it permits. */
export type GuideView = Readonly<{ t: Translate; query: string }>;

/** The guides that help here. */
export function guidesPage({ t, query }: GuideView, guides: readonly Guide[]): StepPage {
  const list = guides.map(({ name, icon, title, lede }) => ({
    value: name,
    icon,
    label: t(title),
    note: t(lede),
    href: `/help/${name}${query}`,
  }));
  return {
    title: t("guide:title"),
    lede: t("guide:lede"),
    main: ways(list, t("guide:title")),
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
