import { formatDateTime, type Translate } from "../../platform/i18n/index.ts";
import { type Content, type Html, html, icon, link, linkButton, notice } from "../../platform/pages/index.ts";
import type { InboxMessage } from "../../ports/inbox-message.ts";
import type { PageParts, View } from "./application-page.ts";
import { messageText } from "./message-text.ts";

/** What would have been sent: text messages on a phone, e-mails in a mailbox, the latest first. */
export function inboxPage(
  view: View,
  { messages, letter, invited }: { messages: readonly InboxMessage[]; letter: string | null; invited: boolean },
): PageParts {
  const { t } = view;
  const texts = messages.filter(({ channel }) => channel === "sms");
  const letters = messages.filter(({ channel }) => channel === "email");
  const open = letters.find(({ id }) => id === letter) ?? letters[0];
  const sent =
    invited &&
    notice({
      tone: "good",
      icon: "pass",
      title: t("demo:invited"),
      body: t("demo:invited-what"),
      role: "status",
      wide: true,
    });
  return {
    title: t("demo:inbox"),
    lede: t("demo:inbox-lede"),
    beside: linkButton({ href: "/demo/inbox", label: t("demo:look-again"), look: "quiet", small: true }),
    main: html`${sent}<div class="inbox">${handset(view, texts)}${mailbox(view, letters, open)}</div>`,
  };
}

function handset({ t, language }: View, texts: readonly InboxMessage[]): Html {
  const bubbles = texts.map(
    ({ to, text, at }) =>
      html`<li><p class="from">${to} · ${time(at, language)}</p><div class="bubble">${messageText(text, "sms")}</div></li>`,
  );
  const list = texts.length > 0 ? html`<ol class="texts">${bubbles}</ol>` : nothing(t);
  return html`<section class="handset" aria-labelledby="phone"><h2 id="phone" class="bar">${icon("phone", "small")} ${t("demo:texts")}</h2>${list}</section>`;
}

function mailbox(view: View, letters: readonly InboxMessage[], open: InboxMessage | undefined): Html {
  const { t, language } = view;
  const item = ({ id, subject, from, at }: InboxMessage) => {
    const href = `/demo/inbox?letter=${id}`;
    const words = html`<b>${subject}</b><span>${from}<br>${time(at, language)}</span>`;
    return id === open?.id
      ? html`<li><a href="${href}" aria-current="true">${words}</a></li>`
      : html`<li><a href="${href}">${words}</a></li>`;
  };
  const list = html`<ol class="letters" aria-label="${t("demo:letters")}">${letters.map(item)}</ol>`;
  const content = open ? html`${list}${article(view, open)}` : html`<div class="letter"><div>${nothing(t)}</div></div>`;
  return html`<section class="mailbox" aria-labelledby="mail"><h2 id="mail" class="vh">${t("demo:letters")}</h2>${content}</section>`;
}

function article({ t }: View, { id, to, subject, text, html: own }: InboxMessage): Html {
  const looks = own !== null && link({ href: `/demo/inbox/${id}`, label: t("demo:as-it-looks") });
  return html`<article class="letter"><header><p class="muted small">${t("demo:to", { email: to })}</p>${looks && html`<p class="small">${looks}</p>`}</header><div class="stack"><h3>${subject}</h3>${messageText(text, "email")}</div></article>`;
}

const time = (at: Date, language: View["language"]): Content =>
  html`<time datetime="${at.toISOString()}">${formatDateTime(at, language)}</time>`;

const nothing = (t: Translate): Html => html`<p class="muted small after">${t("demo:nothing")}</p>`;
