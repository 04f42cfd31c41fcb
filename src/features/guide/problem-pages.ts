import { actions, guide, helpSection, html, link, linkButton, ways } from "../../platform/pages/index.ts";
import type { StepPage } from "../journey/index.ts";
import type { GuideView } from "./guides.ts";
import { arising, type Cure, type Facts, firstProblems, type Problem } from "./problems.ts";

const asWays = ({ query }: GuideView, list: readonly Problem[], t: GuideView["t"]) =>
  list.map(({ name, icon, label }) => ({
    value: name,
    icon,
    label: t(label),
    href: `/help/problems/${name}${query}`,
  }));

/** GUI-4: what people come with, each a link to its cure or to the question that it takes. */
export const problemList = (view: GuideView, facts: Facts) =>
  ways(asWays(view, arising(firstProblems, facts), view.t), view.t("problems:title"));

/** One problem: what to do, or what has to be known first. Its sheet prints as a guide's does. */
export function problemPage(view: GuideView, problem: Problem, facts: Facts): StepPage {
  const { t, query } = view;
  const all = link({ href: `/help${query}`, label: t("problems:all") });
  if ("cure" in problem) {
    const cure = problem.cure(facts);
    return {
      title: t(problem.label),
      main: html`${steps(view, cure)}${goOnByPaper(view, cure)}${actions(goOn(view, cure), all)}`,
      help: html`${helpSection(t("problems:no-help"), t("problems:no-help-do"))}<div class="screen">${helpSection(t("guide:print"), t("guide:print-how"))}</div>`,
    };
  }
  return {
    title: t(problem.label),
    lede: t(problem.ask),
    main: html`${ways(asWays(view, arising(problem.answers, facts), t), t(problem.ask))}${actions(all)}`,
    help: helpSection(t("problems:no-help"), t("problems:no-help-do")),
  };
}

const steps = ({ t }: GuideView, { lines: [first, ...others] }: Cure) =>
  others.length > 0
    ? guide([first, ...others].flatMap((line) => (line ? html`<p>${t(line)}</p>` : [])))
    : first && html`<p>${t(first)}</p>`;

const addressOf = ({ query }: GuideView, { to, takesSlug }: NonNullable<Cure["go"]>) =>
  `${to}${takesSlug ? query : ""}`;

const goOn = (view: GuideView, { go }: Cure) =>
  go && linkButton({ href: addressOf(view, go), label: view.t(go.label) });

/** On paper no button leads anywhere: the address is typed. */
const goOnByPaper = (view: GuideView, { go }: Cure) =>
  go &&
  html`<p class="paper">${view.t(go.label)}: <b>${view.publicUrl.replace(/^https?:\/\//, "")}${addressOf(view, go)}</b></p>`;
