import type { Language } from "../../kernel/language.ts";
import { formatDateTime, type Key, translator } from "../../platform/i18n/index.ts";
import {
  actions,
  button,
  errorPage,
  facts,
  form,
  html,
  journeyPage,
  linkButton,
  type PageOrganisation,
  referenceNumber,
  type SupportContact,
  supportContacts,
} from "../../platform/pages/index.ts";
import type { Problem } from "./unit-of-work.ts";

/** What each of these pages needs, whoever's it is. */
export type Frame = Readonly<{
  language: Language;
  languageLinks: Readonly<Record<Language, string>>;
  demo: boolean;
  organisation: PageOrganisation | null;
  contacts: readonly SupportContact[];
  /** The application that the person came from, where it is known. */
  application: Readonly<{ name: string; url: string | undefined }> | null;
}>;

const words = {
  "unknown-application": {
    title: "applications:unknown-application-title",
    what: "applications:unknown-application-what",
    todo: "applications:unknown-application-do",
  },
  "wrong-return-address": {
    title: "applications:wrong-return-address-title",
    what: "applications:wrong-return-address-what",
    todo: "applications:wrong-return-address-do",
  },
  "bad-request": {
    title: "applications:unfit-request-title",
    what: "applications:unfit-request-what",
    todo: "applications:unfit-request-do",
  },
} as const satisfies Record<Exclude<Problem, "fault">, { title: Key; what: Key; todo: Key }>;

/** Where a request of an application ends that can't be answered to the application (SIN-12). A whole document. */
export function problemPage(
  frame: Frame,
  problem: Problem | "sign-in-over",
  { reference, at }: { reference: string; at: Date },
): string {
  const application = frame.application ?? undefined;
  if (problem === "fault" || problem === "sign-in-over") {
    const failure = problem === "fault" ? "fault" : "page-expired";
    return errorPage({ ...frame, application, failure, reference, at });
  }
  const t = translator(frame.language);
  const { title, what, todo } = words[problem];
  const time = html`<time datetime="${at.toISOString()}">${formatDateTime(at, frame.language, "long")}</time>`;
  return journeyPage({
    ...frame,
    title: t(title),
    lede: t(what),
    main: html`<p><b>${t(todo)}</b></p>${actions(wayOn(frame))}${facts(
      [
        [t("common:reference"), referenceNumber(reference)],
        [t("common:time"), time],
      ],
      "panel",
    )}`,
    help: html`${supportContacts(frame.contacts, frame.language)}`,
  });
}

/** Asks before signing out, where nobody has shown that the application may (T-A12). */
export function signOutPage(frame: Frame, view: { action: string; fields: Readonly<Record<string, string>> }): string {
  const t = translator(frame.language);
  const app = frame.application?.name;
  const yes = button({ label: t("applications:sign-out-yes") });
  const no = linkButton({ href: frame.application?.url ?? "/", label: t("applications:sign-out-no"), look: "quiet" });
  return journeyPage({
    ...frame,
    title: t("applications:sign-out-title"),
    lede: app ? t("applications:sign-out-what-app", { app }) : t("applications:sign-out-what"),
    main: form({ action: view.action, fields: view.fields, layout: "actions", content: html`${yes}${no}` }),
    help: html`${supportContacts(frame.contacts, frame.language)}`,
  });
}

/** The end of a sign-out that no application takes the person back from. */
export function signedOutPage(frame: Frame): string {
  const t = translator(frame.language);
  return journeyPage({
    ...frame,
    title: t("applications:signed-out-title"),
    lede: t("applications:signed-out-what"),
    main: actions(wayOn(frame)),
    help: html`${supportContacts(frame.contacts, frame.language)}`,
  });
}

function wayOn({ application, language }: Frame) {
  const t = translator(language);
  return application?.url
    ? linkButton({ href: application.url, label: t("applications:back-to-app", { app: application.name }) })
    : linkButton({ href: "/sign-in", label: t("common:sign-in") });
}
