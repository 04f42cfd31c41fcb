import { type LocalisedText, localised } from "../../../kernel/language.ts";
import { formatDateTime, type Key } from "../../../platform/i18n/index.ts";
import { button, form, html, link, linkButton, notice, part, richText, rows } from "../../../platform/pages/index.ts";
import { type DemoAccount, type Mood, moods } from "../../../ports/demo-directory.ts";
import type { PageParts, View } from "../application-page.ts";

/** A system of the demo as the page shows it. */
export type Watched = Readonly<{
  name: string;
  title: LocalisedText;
  mood: Mood;
  accounts: readonly DemoAccount[];
}>;

const moodWords: Readonly<Record<Mood, Key>> = {
  fine: "demo-directory:fine",
  busy: "demo-directory:busy",
  away: "demo-directory:away",
  refuses: "demo-directory:refuses",
};

/** What the university's other systems hold, and how they answer: to be watched beside a recovery. */
export function directoryPage(
  view: View,
  { systems, recover, person }: { systems: readonly Watched[]; recover: string; person: string },
): PageParts {
  const { t } = view;
  const what = richText(t, "demo-directory:try", {
    recover: link({ href: recover, label: t("demo-directory:recover") }),
    // A narrow page divides it between its parts.
    person: html`<b>${person.split(/(?<=[@.])/).map((each) => html`${each}<wbr>`)}</b>`,
  });
  return {
    title: t("demo-directory:title"),
    lede: t("demo-directory:lede"),
    beside: linkButton({ href: "/demo/directory", label: t("demo:look-again"), look: "quiet", small: true }),
    main: html`${notice({ tone: "plain", icon: "info", title: t("demo-directory:demo"), body: html`<p>${what}</p>`, wide: true })}${systems.map((system) => systemPart(view, system))}`,
  };
}

function systemPart(view: View, { name, title, mood, accounts }: Watched) {
  const { t, language, fields } = view;
  const answer = form({
    action: `/demo/directory/${name}/mood`,
    fields,
    content: html`<p class="label">${t("demo-directory:mood")}</p><div class="row">${moods
      .filter((each) => each !== mood)
      .map((value) =>
        button({
          label: t(moodWords[value]),
          name: "mood",
          value,
          look: "quiet",
          small: true,
          about: localised(title, language),
        }),
      )}</div>`,
  });
  return part({
    id: name,
    heading: localised(title, language),
    note: t(moodWords[mood]),
    content: html`${accounts.length > 0 ? accounts.map((account) => accountRows(view, name, account)) : html`<p class="muted">${t("demo-directory:nobody")}</p>`}<div class="after">${answer}</div>`,
  });
}

function accountRows({ t, language, fields }: View, directory: string, account: DemoAccount) {
  const { accountId, userName, isActive, methods, sessionsEndedAt } = account;
  const state = t(isActive ? "demo-directory:active" : "demo-directory:closed");
  const ended = sessionsEndedAt && t("demo-directory:signed-out", { when: formatDateTime(sessionsEndedAt, language) });
  const linkOne = form({
    action: `/demo/directory/${directory}/link`,
    fields: { ...fields, account: accountId },
    content: button({ label: t("demo-directory:link"), look: "quiet", small: true, about: userName }),
  });
  const list = methods.map(({ name, linkedAt }) => ({
    icon: "app" as const,
    title: name,
    note: t("demo-directory:linked", { when: formatDateTime(linkedAt, language) }),
  }));
  return html`<h3 class="break">${userName}</h3><p class="muted small">${[state, ended].filter(Boolean).join(" · ")}</p><div class="after-s">${list.length > 0 ? rows(list) : html`<p><b>${t("demo-directory:nothing-linked")}</b></p>`}${linkOne}</div>`;
}
