import { button } from "./actions.ts";
import { attributes, type Content, type Html, html } from "./html.ts";
import type { NavLink } from "./page.ts";

export type Search = Readonly<{
  action: string;
  /** The query's name in the address. */
  name?: string | undefined;
  /** What can be written there: "Name, user name, e-mail, phone or reference". */
  label: string;
  value?: string | undefined;
  /** The button's words. */
  submit: string;
}>;

/** One field that finds things. It asks by GET, so that a result can be reloaded; never for what must stay out of logs. */
export const searchForm = ({ action, name = "q", label, value, submit }: Search): Html =>
  html`<form role="search" method="get" action="${action}" class="search"><label for="${name}" class="vh">${label}</label><input${attributes({ id: name, name, type: "search", value, autocomplete: "off", spellcheck: "false" })}>${button({ label: submit, icon: "search" })}</form><p class="hint" aria-hidden="true">${label}</p>`;

/** Links that narrow a list, the chosen one marked. */
export const filterLinks = (label: string, links: readonly NavLink[]): Html =>
  html`<nav class="filter" aria-label="${label}"><ul>${links.map(
    ({ href, label: text, current }) =>
      html`<li><a${attributes({ href, "aria-current": current ? "true" : undefined })}>${text}</a></li>`,
  )}</ul></nav>`;

export type Pager = Readonly<{
  label: string;
  now: Content;
  previous?: PagerLink | undefined;
  next?: PagerLink | undefined;
}>;
type PagerLink = Readonly<{ href: string; label: string }>;

/** Where one is in a long list ("1–50 of 248"), and the way to the rest. */
export const pager = ({ label, now, previous, next }: Pager): Html =>
  html`<nav class="row apart after" aria-label="${label}"><span class="muted small">${now}</span><span class="row small">${[previous, next].map((link) => link && html`<a href="${link.href}">${link.label}</a>`)}</span></nav>`;
