import type { Language } from "../../../kernel/language.ts";
import { compareNames, formatCountry, type Translate } from "../../../platform/i18n/index.ts";
import {
  actions,
  type Bank,
  banks,
  button,
  type Content,
  type Html,
  helpSection,
  html,
  link,
  notice,
  orHeading,
  richText,
  ways,
} from "../../../platform/pages/index.ts";
import type { Means, Selection } from "../../../ports/identity-broker.ts";
import { refusalNotice, type StepPage, type StepView } from "../../journey/index.ts";

/** A broker as the page offers it: its short name, the name that people know it by, and what to choose from there. */
export type Choice = Readonly<{
  name: string;
  title: string;
  selection: Selection;
  /** Its profile, or `document` where it reads passports: what one needs there is told by it. */
  profile?: string;
}>;

/** What the identification is for: the step of a sign-in, a link of it to the account, or a proof of who one is. */
export type Use = "sign-in" | "link" | "prove";

/** One of a broker's own means. */
type Offer = Readonly<{ choice: Choice; means: Means }>;

/**
 * SIN-2, ACT-5: banks, Mobile ID and the like of every broker together, by country; brokers that ask on a page of their own
 * below. Posts `means`: `<broker> <means id>`, or `<broker>` alone.
 */
export function chooseMeansPage(view: StepView, choices: readonly Choice[], use: Use): StepPage {
  const { journey, t } = view;
  const offers = choices.flatMap((choice) => choice.selection.means.map((means) => ({ choice, means })));
  const elsewhere = choices.filter(({ selection }) => selection.means.length === 0);
  const only = offers.length + elsewhere.length === 1;
  const { title, lede, content } = only
    ? onlyWay(view, offers[0], elsewhere[0], use)
    : everyWay(view, offers, elsewhere, use);
  return {
    title,
    lede,
    ...(use === "link" && journey.purpose === "activation" && { step: { at: 3, of: 3, label: t("journey:activate") } }),
    main: html`${noticesAbove(view, choices)}${view.form(content)}${view.anotherWay && html`<div class="after">${view.anotherWay}</div>`}`,
    help: [
      choices.length > 0 && (use === "prove" || !(only && offers.length > 0)) && aboutChoice(view, use),
      choices.length > 0 && helpSection(t("eid:learn"), t("eid:learn-answer")),
      choices.map(brokerNotices),
    ],
  };
}

type Drawn = Readonly<{ title: string; lede: string | Html; content: Content }>;

/** Nothing to choose: one clear button, and what happens next. */
function onlyWay({ t }: StepView, offer: Offer | undefined, broker: Choice | undefined, use: Use): Drawn {
  const name = offer?.means.name ?? broker?.title ?? "";
  const value = offer ? answerOf(offer) : (broker?.name ?? "");
  return {
    title: t(use === "prove" ? "eid:prove" : "eid:identify"),
    lede: richText(t, "eid:go-to", { name: html`<b>${name}</b>` }, broker ? { context: "choose" } : {}),
    content: html`${use === "prove" && html`<p>${offer ? needsCode(t, offer.means.country) : needs(t, broker)}</p>`}${actions(
      button({ label: t("eid:continue-to", { name }), name: "means", value }),
    )}`,
  };
}

function everyWay({ t, language }: StepView, offers: readonly Offer[], elsewhere: readonly Choice[], use: Use): Drawn {
  if (offers.length + elsewhere.length === 0) {
    const again = button({ label: t("common:try-again"), name: "again", value: "yes" });
    return { title: t("eid:none"), lede: t("eid:none-do"), content: actions(again) };
  }
  const countries = inOrder([...new Set(offers.map(({ means }) => means.country))], language);
  const group = (country: string) => {
    const name = formatCountry(country, language);
    const list = offers.filter(({ means }) => means.country === country);
    const heading = countries.length > 1 && html`<h2>${name}</h2>`;
    const who = use === "prove" && html`<p class="muted">${needsCode(t, country)}</p>`;
    return html`<section class="stack">${heading}${who}${banks(tiles(list), name)}</section>`;
  };
  const brokers = elsewhere.map((choice) => ({
    name: "means",
    value: choice.name,
    icon: choice.profile === "document" ? ("passport" as const) : ("bank" as const),
    label: t("eid:continue-to", { name: choice.title }),
    note: use === "prove" ? needs(t, choice) : t("eid:chosen-there"),
  }));
  const heading = offers.length > 0 && orHeading(t("eid:elsewhere"));
  return {
    title: use === "prove" ? t("eid:prove") : t("eid:choose", countries.includes("FI") ? {} : { context: "other" }),
    lede: t(use === "prove" ? "eid:prove-lede" : "eid:choose-lede"),
    content: html`<div class="stack-l">${countries.map(group)}</div>${brokers.length > 0 && html`${heading}${ways(brokers)}`}`,
  };
}

/** REC-3: who can use it. */
const needs = (t: Translate, choice: Choice | undefined): string =>
  t("eid:needs", choice?.profile ? { context: choice.profile } : {});
const needsCode = (t: Translate, country: string): string => t("eid:needs-code", { context: country.toLowerCase() });

/** The reader's own country first, then the neighbour, then the others by name. */
function inOrder(countries: readonly string[], language: Language): readonly string[] {
  const first = language === "sv" ? ["SE", "FI"] : ["FI", "SE"];
  const rank = (code: string) => (first.includes(code) ? first.indexOf(code) : first.length);
  const name = (code: string) => formatCountry(code, language);
  const compare = compareNames(language);
  return countries.toSorted((a, b) => rank(a) - rank(b) || compare(name(a), name(b)));
}

const answerOf = ({ choice, means }: Offer): string => `${choice.name} ${means.id}`;

/** A bank that two brokers lead to has the broker's name below its own. */
const tiles = (offers: readonly Offer[]): readonly Bank[] =>
  offers.map((offer) => {
    const { choice, means } = offer;
    const twice = offers.some((other) => other.choice !== choice && other.means.name === means.name);
    const note = [means.note, twice && choice.title].filter(Boolean).join(" · ");
    return { value: answerOf(offer), name: means.name, note, letters: lettersOf(means.name), logo: means.logo };
  });

/** What stands in the place of a logo: OP for OP, DB for Danske Bank, N for Nordea. */
export function lettersOf(name: string): string {
  const words = name.split(/[\s-]+/).filter((word) => /^[\p{L}\d]/u.test(word));
  const [first = "", second = ""] = words;
  if (first.length <= 3 && first === first.toUpperCase()) return first;
  return `${first.slice(0, 1)}${second.slice(0, 1)}`.toUpperCase();
}

function aboutChoice({ t }: StepView, use: Use): Html {
  if (use === "prove") return helpSection(t("eid:which-proof"), t("eid:which-proof-answer"));
  return use === "link"
    ? helpSection(t("eid:later"), t("eid:later-answer"))
    : helpSection(t("eid:which-one"), t("eid:which-one-answer"));
}

/** The last refusal, and what brokers say of their disturbances. */
function noticesAbove(view: StepView, choices: readonly Choice[]): Content {
  const said = choices.flatMap(({ title, selection: { disturbance } }) => {
    const heading = view.t("eid:disturbance", { broker: title });
    return disturbance ? notice({ tone: "warn", icon: "info", title: heading, body: disturbance }) : [];
  });
  if (!view.refusal && said.length === 0) return null;
  return html`<div class="stack notices">${refusalNotice(view)}${said}</div>`;
}

/** What a broker requires to be shown beside its means. */
function brokerNotices({ title, selection: { notices } }: Choice): Content {
  if (notices.length === 0) return null;
  const lines = notices.map(
    ({ text, href }) => html`<p>${isWebAddress(href) ? link({ href, label: text }) : text}</p>`,
  );
  return helpSection(title, lines);
}

/** The addresses come from the broker: nothing else than a page on the web becomes a link. */
const isWebAddress = (href: string | undefined): href is string => href?.startsWith("https://") ?? false;
