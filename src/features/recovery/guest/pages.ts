import type { Translate } from "../../../platform/i18n/index.ts";
import {
  actions,
  button,
  form,
  helpSection,
  html,
  link,
  linkButton,
  panel,
  referenceNumber,
  rows,
  textArea,
} from "../../../platform/pages/index.ts";
import { refusalNotice, type StepPage, type StepView } from "../../journey/index.ts";
import type { Organisation } from "../../organisations/index.ts";
import { recoverAddress } from "../pages.ts";
import { type GuestHome, guestHome } from "./home.ts";
import { longestMessage } from "./message.ts";

/** Where somebody is told to open their e-mail. */
export const askedAddress = ({ slug }: Organisation): string => `/recover/guest?organisation=${slug}`;

/** REC-5: whose account it is, who can help, and a message to support. The same whether there is an account (REC-6). */
export function guestPage(view: StepView): StepPage {
  const { t, journey, refusal } = view;
  const home = guestHome(journey.requested.loginHint ?? "", journey.organisation);
  const isOfMessage = journey.notice?.key === "guest:message-needed" || journey.notice?.key === "guest:message-long";
  const message = textArea({
    id: "message",
    label: t("guest:message"),
    hint: t("guest:message-hint"),
    maxlength: longestMessage,
    rows: 5,
    error: isOfMessage && refusal,
  });
  return {
    title: t("guest:title"),
    lede: ledeOf(t, home),
    main: html`<div class="stack-l">${!isOfMessage && refusalNotice(view)}${whoCanHelp(t, home)}${view.form([
      html`<div class="stack">${message}<p>${t("guest:then")}</p></div>`,
      actions(
        button({ label: t("guest:send") }),
        link({ href: recoverAddress(journey.organisation), label: t("recovery:other-address") }),
      ),
    ])}</div>`,
    help: helpSection(t("guest:why"), t("guest:why-answer")),
  };
}

/** To a guest who has proved who they are: nothing is reset here all the same, and support knows. */
export function provedGuestPage({ t, journey }: StepView): StepPage {
  const home = guestHome(journey.requested.loginHint ?? "", journey.organisation);
  return {
    title: t("guest:title"),
    lede: ledeOf(t, home),
    main: html`${whoCanHelp(t, home)}<p>${t("guest:proved")}</p>`,
    help: helpSection(t("guest:why"), t("guest:why-answer")),
  };
}

const ledeOf = (t: Translate, home: GuestHome | null): string =>
  home ? t("guest:lede", { home: home.name }) : t("guest:lede", { context: "unknown" });

const whoCanHelp = (t: Translate, home: GuestHome | null) =>
  rows([
    {
      icon: "person",
      title: home ? t("guest:home-support", { home: home.name }) : t("guest:home-support", { context: "unknown" }),
      note: html`${t("guest:home-support-does")}${home?.help && html`<br>${helpLink(home.help)}`}`,
    },
  ]);

/** An e-mail or web address is a link; whatever else an operator wrote is read. */
const helpLink = (help: string) => {
  if (/^https:\/\//.test(help)) return link({ href: help, label: help });
  return /^[^\s@]+@[^\s@]+$/.test(help) ? link({ href: `mailto:${help}`, label: help }) : help;
};

/** The answer for everybody, known or not. */
export const askedPage = (t: Translate, organisation: Organisation | null): StepPage => ({
  title: t("guest:asked"),
  lede: t("guest:asked-lede"),
  main: html`<p>${t("guest:asked-do")}</p>${actions(linkButton({ href: recoverAddress(organisation), label: t("common:back"), look: "quiet" }))}`,
  help: helpSection(t("guest:nothing"), t("guest:nothing-do")),
});

export type ConfirmView = Readonly<{
  t: Translate;
  token: string;
  formToken: string;
  organisation: Organisation | null;
}>;

/** MSG-4: says what will happen, and does nothing until the person says so. */
export const confirmPage = ({ t, token, formToken }: ConfirmView, message: string): StepPage => ({
  title: t("guest:confirm"),
  lede: t("guest:confirm-lede"),
  main: html`${panel(html`<p>${lines(message)}</p>`)}${form({
    action: `/recover/guest/${token}`,
    fields: { form_token: formToken },
    content: actions(button({ label: t("guest:confirm-send") })),
  })}`,
  help: helpSection(t("guest:not-mine"), t("guest:not-mine-do")),
});

const lines = (text: string) => text.split("\n").map((line, at) => (at === 0 ? line : html`<br>${line}`));

export const confirmedPage = ({ t }: ConfirmView, reference: string): StepPage => ({
  title: t("guest:confirmed"),
  lede: t("guest:confirmed-lede"),
  main: html`<p>${t("guest:confirmed-reference")} ${referenceNumber(reference)}</p>`,
  help: null,
});

/** Expired, dealt with, or never made: what was is told to nobody. */
export const overPage = ({ t, organisation }: ConfirmView): StepPage => ({
  title: t("guest:over"),
  lede: t("guest:over-lede"),
  main: actions(linkButton({ href: recoverAddress(organisation), label: t("guest:ask-anew") })),
  help: null,
});
