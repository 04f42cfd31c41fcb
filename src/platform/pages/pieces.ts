import QRCode from "qrcode";
import type { Language } from "../../kernel/language.ts";
import { type LocalisedText, languages, localised } from "../../kernel/language.ts";
import { translator } from "../i18n/index.ts";
import { attributes, type Content, type Html, html, raw } from "./html.ts";
import { type IconName, icon } from "./icons.ts";

/** `plain` speaks in the organisation's accent; the others are states, always said in words too. */
export type Tone = "plain" | "good" | "warn" | "bad" | "off";

const toneClass = (name: string, tone: Tone): string => (tone === "plain" ? name : `${name} ${tone}`);

export type Notice = Readonly<{
  tone: Tone;
  icon: IconName;
  title: Content;
  body?: Content;
  /** `alert` only for the answer to a post; `status` for what turned out well. */
  role?: "alert" | "status" | undefined;
  /** Set on a notice that stands above a page's parts. */
  wide?: boolean | undefined;
}>;

/** What happened, then what to do. A plain-text body becomes a paragraph. */
export function notice(view: Notice): Html {
  const about = attributes({ class: toneClass(view.wide ? "notice wide" : "notice", view.tone), role: view.role });
  return html`<div${about}>${icon(view.icon)}<h2>${view.title}</h2>${paragraph(view.body)}</div>`;
}

/** A state in a word or two. */
export const tag = (tone: Tone, text: Content): Html => html`<span class="${toneClass("tag", tone)}">${text}</span>`;

/** Set apart on a sunken ground. */
export const panel = (content: Content): Html => html`<div class="panel">${content}</div>`;

/** One question of the help plane and its answer. */
export const helpSection = (heading: Content, body: Content): Html =>
  html`<section><h2>${heading}</h2>${paragraph(body)}</section>`;

/** Numbered steps, for linking a method or a printed guide. */
export const guide = (steps: readonly Content[]): Html =>
  html`<ol class="guide">${steps.map((step) => html`<li>${typeof step === "string" ? html`<p>${step}</p>` : step}</li>`)}</ol>`;

/** A reference as it is read out on the phone: groups in a typeface in which no two signs look alike. */
export const referenceNumber = (reference: string): Html => html`<span class="ref nowrap">${reference}</span>`;

/** A Base32 key in groups of four, for typing. The groups are only for the eye: copied, it has spaces, which apps accept. */
export const keyInGroups = (base32: string): Html => {
  const groups = base32.replace(/\s/g, "").match(/.{1,4}/g) ?? [];
  return html`<p class="key">${groups.map((group) => html`<span>${group} </span>`)}</p>`;
};

/** A picture of `text` for a camera, on white in the dark as well. `label` says what it is to who can't see it. */
export async function qr(text: string, label: string): Promise<Html> {
  const drawn = await QRCode.toString(text, { type: "svg", margin: 0, errorCorrectionLevel: "M" });
  const picture = drawn
    .replace(/ style="[^"]*"/g, "")
    .replace(/^<svg /, `<svg${attributes({ role: "img", "aria-label": label })} `);
  return html`<div class="qr">${raw(picture)}</div>`;
}

/** What few need, opened by who does. `open` when it holds an answer to the last post. */
export const folded = (view: Readonly<{ summary: Content; content: Content; open?: boolean | undefined }>): Html =>
  html`<details${attributes({ class: "after", open: view.open })}><summary>${view.summary}</summary><div class="stack">${view.content}</div></details>`;

/** A picture and words beside it. */
export const pair = (picture: Content, words: Content): Html =>
  html`<div class="pair">${picture}<div class="stack">${words}</div></div>`;

/** The kinds of trouble for which an organisation names its support (POL-4). */
export type SupportContact = Readonly<{
  kind: "general" | "rights" | "password" | "technical";
  name?: LocalisedText | undefined;
  phone?: string | undefined;
  email?: string | undefined;
  url?: string | undefined;
  hours?: LocalisedText | undefined;
}>;

/** Whom to ask, by kind of trouble: for the help plane. Nothing when there are no contacts. */
export function supportContacts(contacts: readonly SupportContact[], language: Language): Content {
  const t = translator(language);
  return contacts.map((contact) => {
    const ways = [
      contact.phone && html`<a href="tel:${contact.phone.replace(/[^+\d]/g, "")}">${contact.phone}</a>`,
      contact.email && html`<a href="mailto:${contact.email}">${contact.email}</a>`,
      contact.url && html`<a href="${contact.url}">${contact.url.replace(/^https?:\/\//, "")}</a>`,
      contact.hours && inItsLanguage(contact.hours, language),
      contact.name && inItsLanguage(contact.name, language),
    ].filter(Boolean);
    const lines = ways.map((line, index) => (index === 0 ? line : html`<br>${line}`));
    return html`<section><h2>${t("common:support", { context: contact.kind })}</h2><p>${lines}</p></section>`;
  });
}

/** An organisation's own words, marked with their language where it is not the page's (WCAG 3.1.2). */
export function inItsLanguage(text: LocalisedText, language: Language): Content {
  const words = localised(text, language);
  const spoken = text[language] ? language : languages.find((other) => text[other] === words);
  return spoken === language ? words : words && html`<span${attributes({ lang: spoken })}>${words}</span>`;
}

const paragraph = (body: Content): Content => (typeof body === "string" ? html`<p>${body}</p>` : body);
