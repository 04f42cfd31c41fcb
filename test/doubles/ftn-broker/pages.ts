import type { TestPerson } from "./people.ts";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const page = (language: string, heading: string, content: string) =>
  `<!doctype html><html lang="${escaped(language || "fi")}"><head><meta charset="utf-8"><title>${escaped(heading)}</title>` +
  `<meta name="viewport" content="width=device-width"></head><body><h1>${escaped(heading)}</h1>${content}</body></html>`;

type Shown = Readonly<{ transaction: string; language: string }>;

const form = ({ transaction }: Shown, buttons: readonly string[]) =>
  `<form method="post" action="/choose"><input type="hidden" name="transaction" value="${transaction}">` +
  `${[...buttons, button("cancel", "yes", "Cancel")].join("<br>")}</form>`;

const button = (name: string, value: string, label: string) =>
  `<button name="${name}" value="${escaped(value)}">${escaped(label)}</button>`;

/** The broker's own list of means. */
export const meansPage = (shown: Shown, means: readonly string[]) =>
  page(
    shown.language,
    "Choose how to identify",
    form(
      shown,
      means.map((id) => button("means", id, id)),
    ),
  );

/** Who sits at the machine. */
export const peoplePage = (shown: Shown, means: string, people: readonly TestPerson[]) =>
  page(
    shown.language,
    `Who are you? (${means})`,
    form(
      shown,
      people.map(({ id, givenNames, familyName }) => button("person", id, `${givenNames} ${familyName}`)),
    ),
  );

/** A request that the broker doesn't trust to say where to go back to. */
export const refusedPage = (reason: string) => page("en", "This request is not valid", `<p>${escaped(reason)}</p>`);
