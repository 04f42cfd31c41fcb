import { type LocalisedText, localised } from "../../../kernel/language.ts";
import type { Instant } from "../../../kernel/time.ts";
import { type Key, momentParameters } from "../../../platform/i18n/index.ts";
import {
  actions,
  assetPath,
  button,
  type Content,
  checks,
  form,
  type Html,
  helpSection,
  html,
  link,
  linkButton,
} from "../../../platform/pages/index.ts";
import type { Propagation } from "../../directories/index.ts";
import type { StepPage } from "../../journey/index.ts";
import type { LinkAnew } from "./domain/link-anew.ts";
import { type Stage, stageOf } from "./domain/progress.ts";
import { directoryLine, type LinesView } from "./lines.ts";

/** A reset as its page tells of it. It holds nothing personal: whoever has the link may look. */
export type ResetView = LinesView &
  Readonly<{
    /** The organisation's name in the page's language. */
    organisation: string;
    /** The service by which the person proved who they are; null when it is gone. */
    provedBy: LocalisedText | null;
    provedAt: Instant;
    /** How many authenticators were removed here, and sessions ended. */
    removed: number;
    sessions: number;
    madeAt: Instant;
    directories: readonly Propagation[];
  }>;

const titles = {
  "under-way": "recovery-status:title",
  late: "recovery-status:title",
  done: "recovery-status:title-done",
  "left-over": "recovery-status:title-left-over",
} as const satisfies Record<Stage, Key>;

const ledes = {
  "under-way": "recovery-status:lede",
  late: "recovery-status:lede-late",
  done: "recovery-status:lede-done",
  "left-over": "recovery-status:lede-left-over",
} as const satisfies Record<Stage, Key>;

const stageIn = ({ directories, madeAt, now }: ResetView): Stage => stageOf(directories, madeAt, now);

/** What goes on by itself (`progress.js`): the list, what it comes to in words, and the heading that belongs to it. */
export function progress(view: ResetView): Html {
  const { t, language, now, organisation, provedBy, provedAt, removed, sessions } = view;
  const stage = stageIn(view);
  const by = { ...momentParameters(provedAt, language, now), service: provedBy ? localised(provedBy, language) : "" };
  const done = { state: "passed", word: t("recovery-status:state-done") } as const;
  const list = checks([
    {
      ...done,
      title: t("recovery-status:proved"),
      note: t(provedBy ? "recovery-status:proved-by" : "recovery-status:proved-at", by),
    },
    {
      ...done,
      title: t("recovery-status:here", { organisation }),
      note: t("recovery-status:here-note", { removed, sessions }),
    },
    ...view.directories.map((told) => directoryLine(view, told)),
  ]);
  return html`<div class="progress" role="log" aria-label="${t("recovery-status:progress")}" data-progress><template>${t(titles[stage])}</template><p class="lede">${t(ledes[stage])}</p>${list}</div>`;
}

export type StatusView = ResetView &
  Readonly<{
    /** The page's own address. */
    path: string;
    linkAnew: LinkAnew;
    /** Hidden fields of its forms. */
    fields: Readonly<Record<string, string>>;
    recoverPath: string;
    signInPath: string;
  }>;

/** The page that follows a reset (REC-3). */
export function statusPage(view: StatusView): StepPage {
  const { t, path } = view;
  const stage = stageIn(view);
  const isMoving = stage === "under-way" || stage === "late";
  const live =
    isMoving &&
    html`<p class="muted small" data-live hidden>${t("recovery-status:live")}</p><script src="${assetPath("progress.js")}" defer></script>`;
  return {
    title: t(titles[stage]),
    main: html`${progress(view)}${live}${wayOn(view, isMoving && link({ href: path, label: t("recovery-status:update") }))}`,
    help: html`${helpSection(t("recovery-status:told"), t("recovery-status:told-what"))}${isMoving && helpSection(t("recovery-status:close"), t("recovery-status:close-what"))}`,
  };
}

const whyNot = {
  elsewhere: "recovery-status:link-elsewhere",
  late: "recovery-status:link-late",
  changed: "recovery-status:link-changed",
} as const satisfies Record<Exclude<LinkAnew, "open">, Key>;

function wayOn({ t, path, linkAnew, fields, recoverPath, signInPath }: StatusView, update: Content): Html {
  if (linkAnew === "open")
    return form({
      action: `${path}/link`,
      fields,
      layout: "after",
      content: actions(button({ label: t("recovery-status:link") }), update),
    });
  const ways = [
    { href: recoverPath, label: t("recovery-status:prove-again") },
    { href: signInPath, label: t("common:sign-in") },
  ] as const;
  const [first, second] = linkAnew === "changed" ? [ways[1], ways[0]] : ways;
  return html`<div class="after"><p>${t(whyNot[linkAnew])}</p>${actions(linkButton(first), link(second), update)}</div>`;
}

export type PassView = Pick<StatusView, "t" | "language" | "now" | "path" | "recoverPath"> &
  Readonly<{ directory: LocalisedText; setUpUrl: string | null }>;

/** The answer that shows a pass, once. */
export function passPage(view: PassView, { value, expiresAt }: { value: string; expiresAt: Instant }): StepPage {
  const { t, language, now, path, directory, setUpUrl } = view;
  // In a tab of its own, so that the pass is still there to be copied.
  const open =
    setUpUrl &&
    html`<a class="btn" href="${setUpUrl}" target="_blank" rel="noopener">${t("recovery-status:pass-open")}</a>`;
  return {
    title: t("recovery-status:pass-title", { directory: localised(directory, language) }),
    lede: t("recovery-status:pass-lede"),
    main: html`<div class="stack"><p class="key whole">${value}</p><p>${t("recovery-status:pass-until", momentParameters(expiresAt, language, now))}</p><p>${t("recovery-status:pass-use")}</p></div>${actions(open, link({ href: path, label: t("recovery-status:pass-back") }))}`,
    help: helpSection(t("recovery-status:pass-nobody"), t("recovery-status:pass-nobody-what")),
  };
}

/** The answer where there is none to show: it was shown, or its time is over. */
export function noPassPage({ t, path, recoverPath }: Pick<PassView, "t" | "path" | "recoverPath">): StepPage {
  return {
    title: t("recovery-status:pass-gone"),
    lede: t("recovery-status:pass-gone-lede"),
    main: actions(
      linkButton({ href: path, label: t("recovery-status:pass-back") }),
      link({ href: recoverPath, label: t("recovery-status:prove-again") }),
    ),
    help: null,
  };
}

/** For a link that is too old, or never was one. */
export const overPage = ({ t }: Pick<StatusView, "t">): StepPage => ({
  title: t("recovery-status:over"),
  lede: t("recovery-status:over-lede"),
  main: actions(
    linkButton({ href: "/sign-in", label: t("common:sign-in") }),
    link({ href: "/recover", label: t("recovery-status:over-recover") }),
  ),
  help: null,
});
