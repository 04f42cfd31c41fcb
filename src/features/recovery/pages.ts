import type { Key, Translate } from "../../platform/i18n/index.ts";
import {
  actions,
  button,
  field,
  form,
  type Html,
  helpSection,
  html,
  type IconName,
  link,
  linkButton,
  notice,
  rows,
  ways,
} from "../../platform/pages/index.ts";
import { type Purpose, refusalNotice, type StepPage, type StepView } from "../journey/index.ts";
import type { Organisation } from "../organisations/index.ts";
import type { Way } from "./domain/ways.ts";

export type BeginView = Readonly<{
  t: Translate;
  organisation: Organisation | null;
  /** The sign-in that the person comes from. */
  from: string | null;
  formToken: string;
  /** What was typed and can't be a name; null when nothing was. */
  refused: string | null;
}>;

/** Where one begins to get back in. */
export const recoverAddress = (organisation: Readonly<{ slug: string }> | null, from: string | null = null): string => {
  const query = new URLSearchParams({
    ...(organisation && { organisation: organisation.slug }),
    ...(from && { journey: from }),
  });
  return query.size > 0 ? `/recover?${query}` : "/recover";
};

/** The one question: what is your address. */
export function beginPage({ t, organisation, from, formToken, refused }: BeginView): StepPage {
  const email = field({
    id: "email",
    label: t("recovery:email"),
    autocomplete: "username",
    inputmode: "email",
    maxlength: 254,
    value: refused ?? undefined,
    error: refused !== null && t("recovery:email-needed"),
    autofocus: true,
  });
  const back = from ? `/journey/${from}` : `/sign-in${organisation ? `?organisation=${organisation.slug}` : ""}`;
  return {
    title: t("recovery:title"),
    lede: t("recovery:lede"),
    main: form({
      action: recoverAddress(organisation, from),
      fields: { form_token: formToken },
      content: [
        email,
        actions(button({ label: t("common:continue") }), link({ href: back, label: t("recovery:back") })),
      ],
    }),
    help: helpSection(t("recovery:no-address"), t("recovery:no-address-do")),
  };
}

/** What one can do alone at any hour. */
const guidesLink = (t: Translate, organisation: Organisation | null): Html =>
  link({ href: organisation ? `/help?organisation=${organisation.slug}` : "/help", label: t("journey:guides") });

const wayWords = {
  password: { icon: "mail", label: "recovery:password", note: "recovery:password-note" },
  order: { icon: "password", label: "recovery:order", note: "recovery:order-note" },
  reset: { icon: "app", label: "recovery:reset", note: "recovery:reset-note" },
  support: { icon: "person", label: "recovery:support", note: "recovery:support-note" },
} as const satisfies Record<Way, { icon: IconName; label: Key; note: Key }>;

/** What happened, and what can be done about it: the same for every address of its kind (REC-6). */
export function waysPage(view: StepView, offered: readonly Way[]): StepPage {
  const { t, journey } = view;
  const list = offered.map((value) => {
    const { icon, label, note } = wayWords[value];
    // Which of its ways is an unknown organisation's, only its people know.
    const noted = value === "order" && !journey.organisation ? t(note, { context: "unknown" }) : t(note);
    return { name: "way", value, icon, label: t(label), note: noted };
  });
  return {
    title: t("recovery:ways"),
    lede: t("recovery:ways-lede"),
    main: html`${refusalNotice(view)}${view.form(ways(list))}<p class="after">${link({
      href: recoverAddress(journey.organisation),
      label: t("recovery:other-address"),
    })}</p>`,
    help: helpSection(t("recovery:phone-and-password"), t("recovery:phone-and-password-do")),
  };
}

/** REC-4: nobody was confirmed, and nothing has changed. It says the same to everybody (REC-6). */
export function notConfirmedPage({ t, form: stepForm, journey }: StepView): StepPage {
  const again = stepForm(
    actions(
      button({ label: t("common:try-again"), name: "again", value: "yes" }),
      link({ href: recoverAddress(journey.organisation), label: t("recovery:other-address") }),
    ),
  );
  return {
    title: t("recovery:not-confirmed"),
    lede: t("recovery:not-confirmed-lede"),
    main: html`${rows([
      { icon: "mail", title: t("recovery:right-address"), note: t("recovery:right-address-do") },
      { icon: "bank", title: t("recovery:right-person"), note: t("recovery:right-person-do") },
      { icon: "person", title: t("recovery:ask-support"), note: t("recovery:ask-support-do") },
    ])}${again}`,
    help: null,
  };
}

/** Whom to ask: the organisation's contacts stand beside it. */
export const supportPage = (t: Translate, organisation: Organisation | null): StepPage => ({
  title: t("recovery:support-title"),
  lede: t("recovery:support-lede", organisation ? {} : { context: "unknown" }),
  main: html`${rows([
    { icon: "person", title: t("recovery:support-ready"), note: t("recovery:support-ready-do") },
    { icon: "info", title: t("recovery:support-never"), note: t("recovery:support-never-do") },
  ])}${actions(
    linkButton({ href: recoverAddress(organisation), label: t("common:back"), look: "quiet" }),
    guidesLink(t, organisation),
  )}`,
  help: null,
});

/** REC-7: linked, and not signed in: that is what comes now. */
export const linkedAnewPage: NonNullable<Purpose["donePage"]> = ({ journey, t }) => ({
  title: t("recovery:linked"),
  lede: t("recovery:linked-lede"),
  main: html`${notice({ tone: "good", icon: "pass", title: t("recovery:linked-told") })}${actions(
    linkButton({ href: signInAddress(journey), label: t("common:sign-in") }),
  )}`,
  help: null,
});

/** Where the person was going; else their own sign-in page, with their name on it. */
export const signInAddress = ({
  returnTo,
  organisation,
  account,
}: Parameters<NonNullable<Purpose["destination"]>>[0]): string =>
  returnTo ??
  `/sign-in?${new URLSearchParams({ ...(organisation && { organisation: organisation.slug }), ...(account && { login_hint: account.userName }) })}`;
