import type { Translate } from "../../../platform/i18n/index.ts";
import { actions, button, form, helpSection, html, link, linkButton } from "../../../platform/pages/index.ts";
import type { Purpose, StepPage } from "../../journey/index.ts";
import type { Organisation } from "../../organisations/index.ts";
import { recoverAddress } from "../pages.ts";

/** The answer for everybody, known or not; `from` is the sign-in that the person came from. */
export const sentAddress = (organisation: Organisation | null, from: string | null): string =>
  `/recover/sent?${new URLSearchParams({
    ...(organisation && { organisation: organisation.slug }),
    ...(from && { journey: from }),
  })}`;

const signInAddress = (organisation: Organisation | null, userName?: string): string =>
  `/sign-in?${new URLSearchParams({
    ...(organisation && { organisation: organisation.slug }),
    ...(userName && { login_hint: userName }),
  })}`;

/** REC-1, REC-6: what happens next, the same whoever is known. */
export const sentPage = (t: Translate, organisation: Organisation | null, from: string | null): StepPage => ({
  title: t("password-link:sent"),
  lede: t("password-link:sent-lede"),
  main: html`<p>${t("password-link:sent-do")}</p>${actions(
    linkButton({
      href: from ? `/journey/${from}` : signInAddress(organisation),
      label: t("password-link:back-to-sign-in"),
    }),
    link({ href: recoverAddress(organisation, from), label: t("common:try-another-way") }),
  )}`,
  help: [
    helpSection(t("password-link:nothing"), t("password-link:nothing-do")),
    helpSection(t("password-link:no-mailbox"), t("password-link:no-mailbox-do")),
  ],
});

export type LinkView = Readonly<{ t: Translate; token: string; formToken: string; organisation: Organisation | null }>;

/** MSG-4: says what will happen, and does nothing until the person says so. */
export const openPage = ({ t, token, formToken }: LinkView): StepPage => ({
  title: t("password-link:open"),
  lede: t("password-link:open-lede"),
  main: html`<ul><li>${t("password-link:then-out")}</li><li>${t("password-link:then-code")}</li></ul>${form({
    action: `/recover/password/${token}`,
    fields: { form_token: formToken },
    content: actions(button({ label: t("password-link:open") })),
  })}`,
  help: helpSection(t("password-link:not-asked"), t("password-link:not-asked-do")),
});

/** Used, expired, replaced or never made: what was is told to nobody. */
export const overPage = ({ t, organisation }: LinkView): StepPage => ({
  title: t("password-link:over"),
  lede: t("password-link:over-lede"),
  main: actions(
    linkButton({ href: recoverAddress(organisation), label: t("password-link:ask-anew") }),
    link({ href: signInAddress(organisation), label: t("password-link:back-to-sign-in") }),
  ),
  help: helpSection(t("password-link:newest"), t("password-link:newest-do")),
});

/** REC-7: done, and not signed in. */
export const changedPage: NonNullable<Purpose["donePage"]> = ({ journey: { organisation, account }, t }) => ({
  title: t("password-link:changed"),
  lede: t("password-link:changed-lede"),
  main: html`<p>${t("password-link:changed-next")}</p>${actions(
    linkButton({ href: signInAddress(organisation, account?.userName), label: t("common:sign-in") }),
  )}`,
  help: helpSection(
    t("password-link:no-factor"),
    html`<p>${t("password-link:no-factor-do")} ${link({ href: recoverAddress(organisation), label: t("recovery:title") })}</p>`,
  ),
});
