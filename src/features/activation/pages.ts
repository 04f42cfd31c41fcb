import { type Language, localised } from "../../kernel/language.ts";
import type { Key, Translate } from "../../platform/i18n/index.ts";
import {
  actions,
  button,
  type Content,
  field,
  form,
  helpSection,
  html,
  linkButton,
  notice,
  richText,
} from "../../platform/pages/index.ts";
import type { Purpose, StepPage } from "../journey/index.ts";
import { homeOf, maskPhone } from "../organisations/index.ts";
import { missesPerPin } from "./domain/pin.ts";
import type { Invitation } from "./store.ts";

export type LinkView = { t: Translate; language: Language; token: string; formToken: string };

/** What the last post on this page came to, told in the address so that a reload posts nothing. */
export const sayings = [
  "wrong",
  "malformed",
  "spent",
  "pin-expired",
  "sent",
  "too-soon",
  "too-many-today",
  "no-phone",
] as const;
export type Saying = (typeof sayings)[number];

const words = {
  wrong: "activation:pin-wrong",
  malformed: "activation:pin-malformed",
  spent: "activation:pin-spent",
  "pin-expired": "activation:pin-expired",
  sent: "activation:pin-sent",
  "too-soon": "activation:pin-too-soon",
  "too-many-today": "activation:pin-too-many",
  "no-phone": "activation:no-phone",
} as const satisfies Record<Saying, Key>;

/** Refusals that belong to the field; the others stand above the form. */
const ofField: readonly Saying[] = ["wrong", "malformed", "spent", "pin-expired"];

const post = ({ token, formToken }: LinkView, path: string, content: Content) =>
  form({ action: `/activate/${token}${path}`, fields: { form_token: formToken }, content });

/** The link's page: the PIN. Drawing it changes nothing, however often (ACT-3). */
export function pinPage(view: LinkView, invitation: Invitation, said: Saying | null): StepPage {
  const { t } = view;
  const { account, pinHash, pinMisses } = invitation;
  const phone = account.phone ? maskPhone(account.phone) : null;
  const left = Math.max(0, missesPerPin - pinMisses);
  const text = said && t(words[said], { left, phone: phone ?? "" });
  const needsNew = !pinHash || left === 0;
  const send = needsNew
    ? actions(button({ label: t("activation:send-pin") }))
    : button({ label: t("activation:send-new-pin"), look: "plain" });
  const ask = phone && post(view, "/pin", send);
  const enter = html`${field({
    id: "pin",
    label: t("activation:pin"),
    code: true,
    autofocus: said !== null && ofField.includes(said),
    error: said && ofField.includes(said) && text,
  })}${actions(button({ label: t("common:continue") }))}`;
  const told =
    said &&
    !ofField.includes(said) &&
    notice({
      tone: said === "sent" ? "good" : "warn",
      icon: said === "sent" ? "pass" : "info",
      title: text,
      role: said === "sent" ? "status" : "alert",
    });
  const spent = needsNew && said === "spent" && notice({ tone: "bad", icon: "warn", title: text, role: "alert" });
  const name = `${account.givenName} ${account.familyName}`;
  return {
    step: { at: 1, of: 3, label: t("activation:activate") },
    ...headingOf(view, invitation, phone),
    main: html`${told}${spent}${!needsNew && post(view, "", enter)}${ask}<p class="small muted after">${richText(t, "activation:account-of", { name: html`<b>${name}</b>` })}</p>`,
    help: html`${helpSection(t("activation:no-message"), t("activation:no-message-answer"))}${helpSection(t("activation:new-number"), t("activation:new-number-answer"))}`,
  };
}

function headingOf({ t }: LinkView, { pinHash }: Invitation, phone: string | null) {
  if (!phone) return { title: t("activation:no-phone-title"), lede: t("activation:no-phone") };
  if (!pinHash)
    return {
      title: t("activation:ask-pin-title"),
      lede: richText(t, "activation:ask-pin-lede", { phone: html`<span class="nowrap">${phone}</span>` }),
    };
  return {
    title: t("activation:pin-title"),
    lede: richText(t, "activation:pin-lede", { phone: html`<span class="nowrap">${phone}</span>` }),
  };
}

/** Why a link leads no further (ACT-8). */
export type DeadLink = "expired" | "replaced" | "locked" | "revoked" | "unknown";

const deadWords = {
  expired: { title: "activation:expired-title", body: "activation:expired" },
  replaced: { title: "activation:replaced-title", body: "activation:replaced" },
  locked: { title: "activation:locked-title", body: "activation:locked" },
  revoked: { title: "activation:revoked-title", body: "activation:revoked" },
  unknown: { title: "activation:unknown-title", body: "activation:unknown" },
} as const satisfies Record<DeadLink, { title: Key; body: Key }>;

/** Says why, before any form, what to do next, and offers a new link to the address on record where one can be sent. */
export function deadLinkPage(view: LinkView, why: DeadLink, said: "sent" | "too-soon" | null): StepPage {
  const { t } = view;
  const canSend = why === "expired" || why === "replaced" || why === "locked";
  const told = {
    sent: notice({
      tone: "good",
      icon: "mail",
      title: t("activation:link-sent"),
      body: t("activation:link-sent-do"),
      role: "status",
    }),
    "too-soon": notice({ tone: "warn", icon: "clock", title: t("activation:link-too-soon"), role: "alert" }),
  };
  const offer =
    canSend && said !== "sent" && post(view, "/send-again", actions(button({ label: t("activation:send-link") })));
  const signIn = linkButton({
    href: "/sign-in",
    label: t("activation:sign-in-instead"),
    look: canSend ? "plain" : "quiet",
  });
  return {
    title: t(deadWords[why].title),
    main: html`${said && told[said]}<p>${t(deadWords[why].body)}</p>${offer}${actions(signIn)}`,
    help: null,
  };
}

/** How one signs in from now on, by the method that was linked. */
const signInWords: Readonly<Record<string, Key>> = {
  eid: "activation:from-now-on-eid",
  totp: "activation:from-now-on-totp",
};

/** ACT-5, ACT-6: done, and on to the home application. It may be opened again: nothing is lost if the window is closed. */
export const donePage: NonNullable<Purpose["donePage"]> = ({ journey, language, t }) => {
  const home = homeOf(journey.account, journey.organisation);
  const app = home && localised(home.name, language);
  const onward = journey.result ? "activation:continue-to-account" : "common:sign-in";
  const method = journey.authenticators.find(({ method: name }) => name !== "password")?.method;
  const howToSignIn = method && signInWords[method];
  const userName = journey.account?.userName ?? "";
  return {
    title: t("activation:done-title"),
    lede: t(journey.result ? "activation:done" : "activation:done-sign-in"),
    step: { at: 3, of: 3, label: t("activation:activate") },
    main: actions(
      linkButton({
        href: journey.result ? (home?.url ?? "/account") : (journey.returnTo ?? "/sign-in"),
        label: journey.result && app ? t("activation:continue-to-app", { app }) : t(onward),
      }),
    ),
    help: howToSignIn && helpSection(t("activation:from-now-on"), t(howToSignIn, { userName })),
  };
};
