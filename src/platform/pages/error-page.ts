import { formatDateTime, type Translate, translator } from "../i18n/index.ts";
import { actions, linkButton } from "./actions.ts";
import { type Content, html } from "./html.ts";
import { facts } from "./lists.ts";
import { journeyPage, type PageView } from "./page.ts";
import { referenceNumber, type SupportContact, supportContacts } from "./pieces.ts";

/** What can stop a request before or after any feature. A feature's own refusals have pages of its own. */
export type Failure =
  | "fault"
  | "not-found"
  | "page-expired"
  | "too-many-requests"
  | "bad-request"
  | "method-not-allowed"
  | "cookies-needed"
  | "forbidden"
  | "busy"
  | "unavailable";

type FailureWords = Readonly<{ title: string; what: string; do: string }>;

const failureWords = {
  fault: (t) => ({ title: t("errors:fault-title"), what: t("errors:fault-what"), do: t("errors:fault-do") }),
  "not-found": (t) => ({
    title: t("errors:not-found-title"),
    what: t("errors:not-found-what"),
    do: t("errors:not-found-do"),
  }),
  "page-expired": (t, app) => ({
    title: t("errors:page-expired-title"),
    what: t("errors:page-expired-what"),
    do: app ? t("errors:page-expired-do-app", { app }) : t("errors:page-expired-do"),
  }),
  "too-many-requests": (t) => ({
    title: t("errors:too-many-requests-title"),
    what: t("errors:too-many-requests-what"),
    do: t("errors:too-many-requests-do"),
  }),
  "bad-request": (t) => ({
    title: t("errors:bad-request-title"),
    what: t("errors:bad-request-what"),
    do: t("errors:bad-request-do"),
  }),
  "method-not-allowed": (t) => ({
    title: t("errors:method-not-allowed-title"),
    what: t("errors:method-not-allowed-what"),
    do: t("errors:method-not-allowed-do"),
  }),
  "cookies-needed": (t) => ({
    title: t("errors:cookies-needed-title"),
    what: t("errors:cookies-needed-what"),
    do: t("errors:cookies-needed-do"),
  }),
  forbidden: (t) => ({
    title: t("errors:forbidden-title"),
    what: t("errors:forbidden-what"),
    do: t("errors:forbidden-do"),
  }),
  busy: (t) => ({ title: t("errors:busy-title"), what: t("errors:busy-what"), do: t("errors:busy-do") }),
  unavailable: (t) => ({
    title: t("errors:unavailable-title"),
    what: t("errors:unavailable-what"),
    do: t("errors:unavailable-do"),
  }),
} as const satisfies Record<Failure, (t: Translate, app?: string) => FailureWords>;

export type ErrorView = Pick<
  PageView,
  "language" | "organisation" | "languageLinks" | "demo" | "accessibilityUrl" | "privacyUrl"
> &
  Readonly<{
    failure: Failure;
    /** As support looks it up, in groups: `H2V-6KD-50`. */
    reference?: string | undefined;
    at: Date;
    contacts: readonly SupportContact[];
    /** Where the person was going: named in the words, and the way on when there is an address. */
    application?: Readonly<{ name: string; url?: string | undefined }> | undefined;
    /** Where to begin again; without an application, the sign-in page. */
    wayOn?: Readonly<{ href: string; label: Content }> | undefined;
  }>;

/** The page of a failure (SIN-12): what happened, what to do, a reference, whom to ask, and a way on. */
export function errorPage(view: ErrorView): string {
  const t = translator(view.language);
  const words = failureWords[view.failure](t, view.application?.name);
  const wayOn = view.wayOn ?? applicationLink(view) ?? { href: "/sign-in", label: t("common:sign-in") };
  const time = html`<time datetime="${view.at.toISOString()}">${formatDateTime(view.at, view.language, "long")}</time>`;
  const reference =
    view.reference &&
    facts(
      [
        [t("common:reference"), referenceNumber(view.reference)],
        [t("common:time"), time],
      ],
      "panel",
    );
  return journeyPage({
    language: view.language,
    organisation: view.organisation,
    languageLinks: view.languageLinks,
    demo: view.demo,
    accessibilityUrl: view.accessibilityUrl,
    privacyUrl: view.privacyUrl,
    title: words.title,
    lede: words.what,
    main: html`<p><b>${words.do}</b></p>${actions(linkButton(wayOn))}${reference}`,
    help: html`${supportContacts(view.contacts, view.language)}`,
  });
}

const applicationLink = ({ application }: ErrorView) =>
  application?.url ? { href: application.url, label: application.name } : undefined;
