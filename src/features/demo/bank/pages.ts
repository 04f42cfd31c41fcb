import { maskIdentity } from "../../../kernel/identity.ts";
import type { Language } from "../../../kernel/language.ts";
import { formatCountry, type Translate } from "../../../platform/i18n/index.ts";
import {
  actions,
  banks,
  button,
  facts,
  form,
  type Html,
  html,
  link,
  linkButton,
  outsidePage,
  ways,
} from "../../../platform/pages/index.ts";
import { type DemoMeans, type DemoPerson, demoMeans, fullName, meansName, peopleWith } from "./people.ts";
import type { Refusal } from "./request.ts";

export type BankView = Readonly<{
  t: Translate;
  language: Language;
  languageLinks: Readonly<Record<Language, string>>;
}>;

/** What goes along from page to page: the signed request itself, since the bank remembers nothing before its answer. */
export type Carried = Readonly<{ client_id: string; request: string }>;

/** A page on which something is chosen. `token` are the hidden fields that keep forged posts out. */
export type ChoiceView = BankView & Readonly<{ carried: Carried; token: Readonly<Record<string, string>> }>;

const action = "/demo/bank/authorize";

/** The bank's own choice of means, for a request that names none. */
export function meansPage(view: ChoiceView): string {
  const { t, language, carried } = view;
  const countries = [...Map.groupBy(demoMeans, ({ country }) => country)].map(
    ([country, list]) =>
      html`<section class="stack"><h2>${formatCountry(country, language)}</h2>${banks(list.map((means) => bank(means, language)))}</section>`,
  );
  return draw(view, {
    title: t("demo-bank:choose-means"),
    lede: t("demo-bank:choose-means-lede"),
    main: html`${form({ action, method: "get", fields: carried, content: html`<div class="stack-l">${countries}</div>` })}${answerForm(view, cancel(t))}`,
  });
}

const bank = (means: DemoMeans, language: Language) => ({
  value: means.id,
  letters: means.letters,
  name: meansName(means, language),
  language: typeof means.name === "string" && means.country === "FI" ? "fi" : undefined,
});

export type Asked = Readonly<{
  means: DemoMeans;
  /** Who asks, for the person to read. */
  service: string;
  /** The means was chosen here, so that another one can be. */
  isChosenHere: boolean;
}>;

/** Who one is: a press of a button stands for everything that a real bank would ask. */
export function peoplePage(view: ChoiceView, { means, service, isChosenHere }: Asked): string {
  const { t, language, carried } = view;
  const people = peopleWith(means);
  const list = ways(
    people.map((person, index) => ({
      name: "person",
      value: person.id,
      icon: "person",
      label: fullName(person),
      note: codeOf(person, t),
      lead: index === 0,
    })),
  );
  const others = `${action}?${new URLSearchParams(carried)}`;
  const isFinnish = people.some(({ identity }) => identity.type === "hetu");
  return draw(view, {
    title: t("demo-bank:choose-person"),
    lede: t("demo-bank:choose-person-lede"),
    main: html`${answerForm(view, html`<input type="hidden" name="means" value="${means.id}">${list}${cancel(t)}`)}${facts(
      [
        [t("demo-bank:service"), service],
        [t("demo-bank:means"), meansName(means, language)],
        [t("demo-bank:told"), t(isFinnish ? "demo-bank:told-finnish" : "demo-bank:told-foreign")],
      ],
      "panel",
    )}${isChosenHere && actions(link({ href: others, label: t("demo-bank:other-means") }))}`,
  });
}

function codeOf({ identity }: DemoPerson, t: Translate): string {
  const code = maskIdentity(identity);
  return identity.type === "hetu" ? t("demo-bank:code-finnish", { code }) : t("demo-bank:code-foreign", { code });
}

const answerForm = ({ carried, token }: ChoiceView, content: Html): Html =>
  form({ action, fields: { ...carried, ...token }, content });

const cancel = (t: Translate): Html =>
  actions(button({ label: t("common:cancel"), look: "quiet", name: "cancel", value: "yes" }));

/** A request that leads nowhere: the person is told, as the service can't be. `reason` is for whoever builds one. */
export function refusalPage(view: BankView, reason: Refusal): string {
  const { t } = view;
  const words =
    reason === "already-answered"
      ? { title: t("demo-bank:answered"), lede: t("demo-bank:answered-lede") }
      : { title: t("demo-bank:refused"), lede: t("demo-bank:refused-lede") };
  return draw(view, {
    ...words,
    main: html`${actions(linkButton({ href: "/demo", label: t("demo-bank:back") }))}${facts([[t("demo-bank:reason"), html`<code>${reason}</code>`]], "panel")}`,
  });
}

type Parts = Readonly<{ title: string; lede: string; main: Html }>;

/** Every page says that there is no such bank: at the very top, in its name, and at the foot. */
function draw({ t, language, languageLinks }: BankView, parts: Parts): string {
  const party = t("demo-bank:title");
  const tagline = t("demo-bank:not-real");
  return outsidePage({
    ...parts,
    language,
    languageLinks,
    demo: true,
    organisation: { name: `${party}, ${tagline}`, brandColour: "#5b3a8c" },
    party,
    tagline,
    strip: t("demo-bank:demonstration"),
    foot: t("demo-bank:foot"),
  });
}
