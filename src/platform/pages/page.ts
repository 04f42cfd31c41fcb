import type { Language } from "../../kernel/language.ts";
import { languages } from "../../kernel/language.ts";
import { plainText, type Translate, translator } from "../i18n/index.ts";
import { assetPath } from "./assets.ts";
import { brandPath } from "./brand.ts";
import { attributes, type Content, type Html, html } from "./html.ts";
import { type IconName, icon, wordmark } from "./icons.ts";

/** Whose page it is, as its top shows. */
export type PageOrganisation = Readonly<{
  name: string;
  /** `#rrggbb`; the page's accent and buttons are made of it. */
  brandColour?: string | undefined;
  /** On our own host: pages load nothing from elsewhere. */
  logoUrl?: string | undefined;
  homeUrl?: string | undefined;
}>;

/** What every page needs. `organisation` is null on the service's own pages. */
export type PageView = Readonly<{
  language: Language;
  /** An instruction or a fact: the heading, and the first part of the window's title. */
  title: string;
  organisation: PageOrganisation | null;
  lede?: string | Html | undefined;
  main: Html;
  languageLinks: Readonly<Record<Language, string>>;
  demo: boolean;
  /** The answer to a refused form: the window's title begins with "Error:", so that a screen reader says it first. */
  refused?: boolean | undefined;
  /** Addresses of the organisation's or the service's statements; a link without an address is left out. */
  accessibilityUrl?: string | undefined;
  privacyUrl?: string | undefined;
}>;

export type JourneyView = PageView &
  Readonly<{
    step?: Readonly<{ at: number; of: number; label?: string | undefined }> | undefined;
    /** The two or three questions asked at this very step, then the support contacts. */
    help: Html;
  }>;

export type NavLink = Readonly<{ href: string; label: string; current?: boolean | undefined }>;

export type WorkView = PageView &
  Readonly<{
    nav?: Readonly<{ label: string; links: readonly NavLink[] }> | undefined;
    /** Who is signed in, and the form that ends it. `fields` are hidden ones, such as a token against forged posts. */
    signedIn?:
      | Readonly<{ name: string; signOutAction: string; fields?: Readonly<Record<string, string>> | undefined }>
      | undefined;
    /** Stands beside the heading: a state, or the one action of a list. */
    beside?: Html | undefined;
  }>;

/** A page of somebody else, whom the demonstration plays. `tagline` stands by their name, `strip` at the very top. */
export type OutsideView = PageView &
  Readonly<{ party: string; partyIcon?: IconName | undefined; tagline: string; strip: Content; foot: Content }>;

/** A page of a journey (activation, sign-in, recovery, errors): one thing to do, with help beside it. A whole document. */
export function journeyPage(view: JourneyView): string {
  const t = translator(view.language);
  return page(
    view,
    "journey",
    html`<header class="top">${demoBanner(view, t)}${owner(view)}${languageSwitch(view, t)}</header>
<main id="main" tabindex="-1">
<div class="head">${view.step && steps(view.step, t)}<h1>${view.title}</h1>${lede(view)}</div>
${view.main}
</main>
<aside class="help" aria-label="${t("common:help")}">${view.help}</aside>
${footer(view, t)}`,
  );
}

/** A page for working on (User services, support desk, console): navigation above, parts below. A whole document. */
export function workPage(view: WorkView): string {
  const t = translator(view.language);
  return page(
    view,
    "work",
    html`<header class="top">${demoBanner(view, t)}${owner(view)}<div class="row">${languageSwitch(view, t)}${signedIn(view, t)}</div>${navigation(view)}</header>
<main id="main" tabindex="-1">
<div class="head"><div class="row apart"><h1>${view.title}</h1>${view.beside}</div>${lede(view)}</div>
${view.main}
</main>
${footer(view, t)}`,
  );
}

/** A page of another party in the demonstration, such as its bank: in a look that is neither ours nor the organisation's. */
export function outsidePage(view: OutsideView): string {
  const t = translator(view.language);
  return page(
    view,
    "outside",
    html`<header><p class="demo">${view.strip}</p><div class="top"><p class="party">${icon(view.partyIcon ?? "bank")}<span><b>${view.party}</b> ${view.tagline}</span></p>${languageSwitch(view, t)}</div></header>
<main id="main" tabindex="-1">
<div class="head"><h1>${view.title}</h1>${lede(view)}</div>
${view.main}
</main>
<footer class="foot">${view.foot}</footer>`,
  );
}

function page(view: PageView, kind: "journey" | "work" | "outside", body: Html): string {
  const t = translator(view.language);
  const brand = view.organisation?.brandColour && brandPath(view.organisation.brandColour);
  const title = `${view.refused ? `${t("common:error-prefix")} ` : ""}${view.title} – ${view.organisation?.name ?? "Vahva"}`;
  return html`<!doctype html>
<html lang="${view.language}">
<head>
<meta charset="utf-8">
<title>${plainText(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="${assetPath("favicon.svg")}" type="image/svg+xml">
<script src="${assetPath("once.js")}" defer></script>
<link rel="stylesheet" href="${assetPath("vahva.css")}">${brand && html`\n<link rel="stylesheet" href="${brand}">`}
</head>
<body class="${kind}">
<a class="skip" href="#main">${t("common:skip")}</a>
${body}
</body>
</html>
`.toString();
}

const lede = (view: PageView): Content => view.lede && html`<p class="lede">${view.lede}</p>`;

function owner({ organisation }: PageView): Html {
  const logo = organisation?.logoUrl && html`<img src="${organisation.logoUrl}" alt="">`;
  const name = organisation ? html`${logo}<span>${organisation.name}</span>` : wordmark(36);
  const home = organisation ? organisation.homeUrl : "/";
  return home ? html`<a class="org" href="${home}">${name}</a>` : html`<span class="org">${name}</span>`;
}

const ownNames = { fi: "Suomi", sv: "Svenska", en: "English" } as const satisfies Record<Language, string>;

function languageSwitch(view: PageView, t: Translate): Html {
  const link = (language: Language) => {
    const current = language === view.language ? "true" : undefined;
    const known = attributes({ href: view.languageLinks[language], lang: language, hreflang: language });
    return html`<li><a${known}${attributes({ "aria-current": current })}>${ownNames[language]}</a></li>`;
  };
  return html`<nav class="langs" aria-label="${t("common:language")}"><ul>${languages.map(link)}</ul></nav>`;
}

const demoBanner = (view: PageView, t: Translate): Content =>
  view.demo &&
  html`<p class="demo"><span>${t("common:demo")}</span> <a href="/demo/inbox">${t("common:demo-inbox")}</a></p>`;

function steps(step: NonNullable<JourneyView["step"]>, t: Translate): Html {
  const bar = Array.from({ length: step.of }, (_, index) =>
    index + 1 < step.at
      ? html`<li class="done"></li>`
      : html`<li${attributes({ class: index + 1 === step.at ? "now" : undefined })}></li>`,
  );
  const label = step.label && ` · ${step.label}`;
  return html`<div class="steps"><ol aria-hidden="true">${bar}</ol><span>${t("common:step", { at: step.at, of: step.of })}${label}</span></div>`;
}

function signedIn({ signedIn: session }: WorkView, t: Translate): Content {
  if (!session) return null;
  const hidden = Object.entries(session.fields ?? {}).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<span class="small muted who">${session.name}</span><form method="post" action="${session.signOutAction}">${hidden}<button class="btn plain" type="submit">${t("common:sign-out")}</button></form>`;
}

function navigation({ nav }: WorkView): Content {
  if (!nav) return null;
  const link = ({ href, label, current }: NavLink) =>
    html`<li><a${attributes({ href, "aria-current": current ? "page" : undefined })}>${label}</a></li>`;
  return html`<nav class="main-nav" aria-label="${nav.label}"><ul>${nav.links.map(link)}</ul></nav>`;
}

function footer(view: PageView, t: Translate): Html {
  const link = (href: string | undefined, label: string) => href && html`<a href="${href}">${label}</a>`;
  return html`<footer class="foot"><span class="by">${t("common:secured-by")} ${wordmark(20)}</span>${link(view.accessibilityUrl, t("common:accessibility"))}${link(view.privacyUrl, t("common:privacy"))}</footer>`;
}
