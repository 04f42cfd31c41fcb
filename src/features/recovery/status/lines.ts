import { type Language, localised } from "../../../kernel/language.ts";
import { between, type Duration, hours, type Instant, minutes, seconds } from "../../../kernel/time.ts";
import { formatList, type Key, momentParameters, type Translate } from "../../../platform/i18n/index.ts";
import { button, type Check, type Content, form, html, inItsLanguage } from "../../../platform/pages/index.ts";
import type { Propagation } from "../../directories/index.ts";
import { type LineState, lineState } from "./domain/progress.ts";
import { leftWord } from "./left-words.ts";

export type LinesView = Readonly<{
  t: Translate;
  language: Language;
  now: Instant;
  /** Where passes are asked for, in the browser in which the person proved who they are; null in any other. */
  pass: Readonly<{ action: string; fields: Readonly<Record<string, string>> }> | null;
}>;

const words = {
  waiting: "recovery-status:state-waiting",
  "under-way": "recovery-status:state-under-way",
  again: "recovery-status:state-again",
  paused: "recovery-status:state-waiting",
  done: "recovery-status:state-done",
  partly: "recovery-status:state-partly",
  failed: "recovery-status:state-failed",
  withheld: "recovery-status:state-withheld",
} as const satisfies Record<LineState, Key>;

const looks = {
  waiting: "waiting",
  "under-way": "under-way",
  again: "under-way",
  paused: "waiting",
  done: "passed",
  partly: "advice",
  failed: "failed",
  withheld: "advice",
} as const satisfies Record<LineState, Check["state"]>;

/** One directory's line: how far it is, what can take how long, and what the person can do there. */
export function directoryLine(view: LinesView, told: Propagation): Check {
  const state = lineState(told, view.now);
  return {
    state: looks[state],
    title: inItsLanguage(told.title, view.language),
    note: sentences(view, told, state),
    word: view.t(words[state]),
    cure: state === "done" || state === "partly" ? wayOn(view, told) : null,
  };
}

/** The sentences of a line, with spaces between. */
function sentences({ t, language, now }: LinesView, told: Propagation, state: LineState): string {
  const at = (moment: Instant) => momentParameters(moment, language, now);
  const { nextAttemptAt, endedAt, madeAt, removed, total, left } = told;
  const wordsOf = (names: readonly string[]) => names.map((name) => leftWord(t, name));
  const isOnItsWay = state === "under-way" || state === "again";
  return [
    state === "waiting" && t("recovery-status:waiting-note"),
    state === "paused" && t("recovery-status:paused-note"),
    (state === "done" || state === "partly") && endedAt && [doneAt(t, at(endedAt)), took(t, between(madeAt, endedAt))],
    removed !== null && counted(t, removed, isOnItsWay ? total : null),
    state === "again" && nextAttemptAt && t("recovery-status:again-at", at(nextAttemptAt)),
    state === "failed" && t("recovery-status:failed-do"),
    left.length > 0 && t("recovery-status:left", { left: formatList(wordsOf(left), language, "and") }),
    state === "partly" && t("recovery-status:partly-do"),
    told.passRefused && t("recovery-status:pass-refused"),
    state === "withheld" && t("recovery-status:withheld-do"),
  ]
    .flat()
    .filter(Boolean)
    .join(" ");
}

const doneAt = (t: Translate, at: Record<string, string>): string => t("recovery-status:done-at", at);

function took(t: Translate, length: Duration): string {
  const count = (unit: Duration) => Math.max(1, Math.round(length / unit));
  if (length < minutes(1)) return t("recovery-status:took-seconds", { count: count(seconds(1)) });
  if (length < hours(2)) return t("recovery-status:took-minutes", { count: count(minutes(1)) });
  return t("recovery-status:took-hours", { count: count(hours(1)) });
}

const counted = (t: Translate, removed: number, total: number | null): string =>
  total === null ? t("recovery-status:removed", { removed }) : t("recovery-status:removed-of", { removed, total });

/** The pass that lets the person in there once, and the page where they link anew. */
function wayOn({ t, language, pass }: LinesView, { id, title, setUpUrl, hasPass, passShown }: Propagation): Content {
  const name = localised(title, language);
  const show =
    pass &&
    hasPass &&
    form({
      action: pass.action,
      fields: { ...pass.fields, job: id },
      content: button({ label: t("recovery-status:pass-show"), about: name, look: "quiet", small: true }),
    });
  return [
    show && html`<p>${t("recovery-status:pass-note")}</p>${show}`,
    pass && passShown && html`<p>${t("recovery-status:pass-shown")}</p>`,
    setUpUrl && html`<p><a href="${setUpUrl}">${t("recovery-status:set-up", { directory: name })}</a></p>`,
  ].filter(Boolean);
}
