import { attributes, type Content, type Html, html } from "./html.ts";
import { type IconName, icon } from "./icons.ts";

export type Form = Readonly<{
  action: string;
  method?: "post" | "get" | undefined;
  /** Hidden values that go with it, such as the token against forged posts. */
  fields?: Readonly<Record<string, string>> | undefined;
  /** It carries a file. */
  upload?: boolean | undefined;
  /** It is one row of buttons, or stands apart from what is above it. */
  layout?: "actions" | "after" | undefined;
  content: Content;
}>;

export function form(view: Form): Html {
  const about = attributes({
    method: view.method ?? "post",
    action: view.action,
    enctype: view.upload ? "multipart/form-data" : undefined,
    class: view.layout,
  });
  const hidden = Object.entries(view.fields ?? {}).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form${about}>${hidden}${view.content}</form>`;
}

/** `primary` is the only filled shape of a page: one of it, never more. */
export type ButtonLook = "primary" | "quiet" | "danger" | "plain";

export type Button = Readonly<{
  label: Content;
  look?: ButtonLook | undefined;
  small?: boolean | undefined;
  name?: string | undefined;
  value?: string | undefined;
  icon?: IconName | undefined;
  /** Said to screen readers after the label, where the label alone repeats in a list: "End" + " session on iPhone". */
  about?: string | undefined;
  /** The id of the element that says why the button can't be used now. */
  disabledBecause?: string | undefined;
  /** Leaves the form's fields unchecked, for a way out of it. */
  skipChecks?: boolean | undefined;
}>;

const buttonClass = (look: ButtonLook = "primary", small = false): string =>
  ["btn", look !== "primary" && look, small && "small"].filter(Boolean).join(" ");

/** A button that posts the form it stands in. */
export function button(view: Button): Html {
  const about = attributes({
    class: buttonClass(view.look, view.small),
    type: "submit",
    name: view.name,
    value: view.value,
    disabled: view.disabledBecause !== undefined,
    "aria-describedby": view.disabledBecause,
    formnovalidate: view.skipChecks,
  });
  return html`<button${about}>${view.icon && icon(view.icon, "small")}${view.label}${hiddenWords(view.about)}</button>`;
}

export type LinkButton = Readonly<{
  href: string;
  label: Content;
  look?: ButtonLook | undefined;
  small?: boolean | undefined;
  about?: string | undefined;
  /** A file is saved instead of a page opened. */
  download?: boolean | undefined;
}>;

/** A link that looks like a button, for a way on that changes nothing. */
export const linkButton = ({ href, label, look, small, about, download }: LinkButton): Html =>
  html`<a${attributes({ class: buttonClass(look, small), href, download })}>${label}${hiddenWords(about)}</a>`;

/** A plain link; `about` is said after the label as with buttons. */
export const link = (view: Readonly<{ href: string; label: Content; about?: string | undefined }>): Html =>
  html`<a href="${view.href}">${view.label}${hiddenWords(view.about)}</a>`;

/** A row of buttons and links, the main one first. */
export const actions = (...content: readonly Content[]): Html => html`<div class="actions">${content}</div>`;

export type Way = Readonly<{
  /** Posted as `name`, or as `method` without one, unless `href` leads on without a post. */
  value: string;
  name?: string | undefined;
  icon: IconName;
  label: Content;
  note?: Content;
  /** The recommended or remembered one: the page's primary action. */
  lead?: boolean | undefined;
  href?: string | undefined;
}>;

/** Ways to choose among, such as sign-in methods. Stands inside a form, unless every way has an `href`. */
export const ways = (list: readonly Way[], label?: string): Html =>
  html`<ul${attributes({ class: "ways", "aria-label": label })}>${list.map((one) => html`<li>${way(one)}</li>`)}</ul>`;

function way(view: Way): Html {
  const look = view.lead ? "way lead" : "way";
  const note = view.note && html`<span>${view.note}</span>`;
  const content = html`${icon(view.icon)}<span><b>${view.label}</b>${note}</span>${icon("go", "go")}`;
  if (view.href !== undefined) return html`<a class="${look}" href="${view.href}">${content}</a>`;
  return html`<button class="${look}" type="submit" name="${view.name ?? "method"}" value="${view.value}">${content}</button>`;
}

export type Bank = Readonly<{
  value: string;
  name: Content;
  note?: Content;
  /** One to three letters on the tile, in the place of a logo. */
  letters: string;
  /** A picture as a `data:` address. */
  logo?: string | undefined;
  /** The name's own language, where it is not the page's. */
  language?: string | undefined;
}>;

/** Banks and other places where one identifies oneself; each posts its `value` as `means`. Stands inside a form. */
export const banks = (list: readonly Bank[], label?: string): Html =>
  html`<ul${attributes({ class: "banks", "aria-label": label })}>${list.map(
    ({ value, name, note, letters, logo, language }) =>
      html`<li><button class="bank" type="submit" name="means" value="${value}">${logo ? html`<img src="${logo}" alt="">` : html`<i aria-hidden="true">${letters}</i>`}<span${attributes({ lang: language })}>${name}${note && html`<small>${note}</small>`}</span></button></li>`,
  )}</ul>`;

/** The heading between the lead way and the others. */
export const orHeading = (text: Content): Html => html`<h2 class="or">${text}</h2>`;

const hiddenWords = (text: string | undefined): Content => text && html`<span class="vh"> ${text}</span>`;
