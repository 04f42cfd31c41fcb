import type { Language } from "../../kernel/language.ts";
import type { Key, Translate } from "../../platform/i18n/index.ts";
import {
  actions,
  button,
  type Content,
  facts,
  form,
  guide,
  type Html,
  html,
  link,
  linkButton,
  notice,
  part,
  richText,
  rows,
  table,
} from "../../platform/pages/index.ts";
import { howFacts, whoFacts } from "./claim-words.ts";
import type { Failure, SignedIn, Wish } from "./relying-party.ts";

export type View = Readonly<{ t: Translate; language: Language; fields: Readonly<Record<string, string>> }>;
export type PageParts = Readonly<{ title: string; lede?: string | Html; main: Html; beside?: Html; refused?: boolean }>;

/** Before the sign-in: what this is, and how to begin. */
export function welcomePage(
  { t }: View,
  { failure, signedOut }: { failure: Failure | null; signedOut: boolean },
): PageParts {
  const steps = [
    richText(t, "demo:step-inbox", { inbox: link({ href: "/demo/inbox", label: t("demo:inbox") }) }),
    t("demo:step-activate"),
    t("demo:step-sign-in"),
    richText(t, "demo:step-invite", { invite: link({ href: "/demo/invite", label: t("demo:invite") }) }),
  ].map((step) => html`<p>${step}</p>`);
  return {
    title: t("demo:application"),
    lede: t("demo:what"),
    main: html`${outcome(t, failure, signedOut)}${actions(
      linkButton({ href: "/demo/sign-in", label: t("common:sign-in") }),
      link({ href: "/demo/inbox", label: t("demo:inbox") }),
    )}${part({ id: "try", heading: t("demo:try"), note: t("demo:try-note"), content: guide(steps) })}`,
  };
}

function outcome(t: Translate, failure: Failure | null, signedOut: boolean): Content {
  if (failure) return failureNotice(t, failure);
  return signedOut && notice({ tone: "good", icon: "pass", title: t("demo:signed-out"), role: "status", wide: true });
}

const failureWords: Readonly<Record<string, Key>> = {
  access_denied: "demo:failed-denied",
  login_required: "demo:failed-login",
  interaction_required: "demo:failed-login",
  unmet_authentication_requirements: "demo:failed-unmet",
};

function failureNotice(t: Translate, { code, description }: Failure): Html {
  const body = html`<p>${t(failureWords[code] ?? "demo:failed-other")}</p><p class="small"><code>${code}</code>${description && `: ${description}`}</p>`;
  return notice({ tone: "warn", icon: "warn", title: t("demo:failed"), body, role: "alert", wide: true });
}

/** After it: who, how, and what an application can ask for besides. */
export function signedInPage(
  view: View,
  { signedIn, failure }: { signedIn: SignedIn; failure: Failure | null },
): PageParts {
  const { t, language, fields } = view;
  const given = signedIn.userinfo.given_name;
  const signOut = form({
    action: "/demo/sign-out",
    fields,
    content: button({ label: t("common:sign-out"), look: "quiet", small: true }),
  });
  return {
    title: t("demo:welcome", { name: typeof given === "string" ? given : "" }),
    lede: t("demo:welcome-lede"),
    beside: signOut,
    main: html`${failure && failureNotice(t, failure)}${part({
      id: "who",
      heading: t("demo:who"),
      note: t("demo:who-note"),
      content: facts(whoFacts(signedIn, language, t)),
    })}${part({
      id: "how",
      heading: t("demo:how"),
      note: t("demo:how-note"),
      content: facts(howFacts(signedIn, language, t)),
    })}${part({ id: "more", heading: t("demo:more"), note: t("demo:more-note"), content: wishRows(t) })}${part({
      id: "claims",
      heading: t("demo:claims"),
      note: t("demo:claims-note"),
      content: claimTable(signedIn, t),
    })}${part({ id: "own", heading: t("demo:own"), content: actions(link({ href: "/account", label: t("demo:account") }), link({ href: "/demo/inbox", label: t("demo:inbox") }), link({ href: "/demo/invite", label: t("demo:invite") })) })}`,
  };
}

function wishRows(t: Translate): Html {
  const row = (icon: "lock" | "clock" | "app" | "card", wish: Wish, title: string, note: string, sent: string) => ({
    icon,
    title,
    note: html`${note} <code>${sent}</code>`,
    end: linkButton({
      href: `/demo/sign-in?ask=${wish}`,
      label: t("demo:ask"),
      look: "quiet",
      small: true,
      about: title,
    }),
  });
  return rows([
    row("lock", "again", t("demo:again"), t("demo:again-note"), "prompt=login"),
    row("clock", "recent", t("demo:recent"), t("demo:recent-note"), "max_age=60"),
    row("app", "aal2", t("demo:aal2"), t("demo:aal2-note"), "acr_values=aal2"),
    row("card", "aal3", t("demo:aal3"), t("demo:aal3-note"), "acr_values=aal3"),
  ]);
}

function claimTable({ claims, userinfo }: SignedIn, t: Translate): Html {
  const from = (source: string, values: Readonly<Record<string, unknown>>) =>
    Object.entries(values).map(([name, value]) => ({ name, source, value: asText(value) }));
  return table({
    columns: [
      { heading: t("demo:claim"), cell: ({ name }) => html`<code>${name}</code>` },
      { heading: t("demo:value"), cell: ({ value }) => html`<span class="mono small break">${value}</span>` },
      { heading: t("demo:source"), cell: ({ source }) => source },
    ],
    items: [...from(t("demo:id-token"), claims), ...from(t("demo:userinfo"), userinfo)],
  });
}

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
