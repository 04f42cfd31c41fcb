import { attributes, type Content, type Html, html } from "./html.ts";
import { type IconName, icon } from "./icons.ts";
import type { Tone } from "./pieces.ts";

/** A part of a working page: what it is about at the start, its substance at the end. `id` names the heading. */
export const part = (view: Readonly<{ id: string; heading: Content; note?: Content; content: Content }>): Html =>
  html`<section class="part" aria-labelledby="${view.id}"><header><h2 id="${view.id}">${view.heading}</h2>${view.note && html`<p>${view.note}</p>`}</header><div>${view.content}</div></section>`;

export type Row = Readonly<{ icon: IconName; title: Content; note?: Content; end?: Content }>;

/** Things one has, such as linked methods: what, how it is, what can be done. */
export const rows = (list: readonly Row[]): Html =>
  html`<ul class="rows">${list.map(
    (row) =>
      html`<li>${icon(row.icon)}<div><b>${row.title}</b>${row.note && html`<p class="meta">${row.note}</p>`}</div>${row.end && html`<div class="end">${row.end}</div>`}</li>`,
  )}</ul>`;

export type Fact = readonly [name: Content, value: Content];

/** Pairs of a name and a value. `stacked` puts the value below its name, for a narrow column. */
export const facts = (list: readonly Fact[], look?: "panel" | "stacked"): Html =>
  html`<dl class="${look === undefined ? "facts" : `facts ${look === "panel" ? "panel after" : "one"}`}">${list.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;

export type Event = Readonly<{ when: Content; what: Content; detail?: Content }>;

/** What happened, the latest first. */
export const events = (list: readonly Event[]): Html =>
  html`<ul class="events">${list.map(
    ({ when, what, detail }) =>
      html`<li><span class="when">${when}</span><span>${what}${detail && html`<small>${detail}</small>`}</span></li>`,
  )}</ul>`;

export type Check = Readonly<{
  state: "passed" | "failed" | "advice" | "under-way" | "waiting";
  title: Content;
  note?: Content;
  word: Content;
  /** What can be done about it: its own paragraphs and forms. */
  cure?: Content;
}>;

const checkLooks = {
  passed: { tone: "good", icon: icon("pass") },
  failed: { tone: "bad", icon: icon("fail") },
  advice: { tone: "warn", icon: icon("warn") },
  "under-way": { tone: "plain", icon: icon("wait", "spin") },
  waiting: { tone: "off", icon: icon("later") },
} as const satisfies Record<Check["state"], { tone: Tone; icon: Html }>;

/** What was looked at or is being done, and what came of it, in words (`word`) as well as colour. */
export const checks = (list: readonly Check[]): Html => html`<ul class="checks">${list.map(check)}</ul>`;

function check({ state, title, note, word, cure }: Check): Html {
  const look = checkLooks[state];
  const about = attributes({ class: look.tone === "plain" ? undefined : look.tone });
  return html`<li${about}>${look.icon}<div><b>${title}</b>${note && html`<p>${note}</p>`}${cure}</div><span class="state">${word}</span></li>`;
}

export type Column<T> = Readonly<{
  heading: string;
  cell: (item: T) => Content;
  /** Figures stand at the end of their column. */
  figures?: boolean | undefined;
}>;

/** A table whose first column names the row. Below 45 rem it folds into blocks with the headings beside the values. */
export function table<T>(
  view: Readonly<{
    caption?: Content;
    columns: readonly Column<T>[];
    items: readonly T[];
    isBad?: (item: T) => boolean;
  }>,
): Html {
  const end = (column: Column<T>) => (column.figures ? "num" : undefined);
  const headings = view.columns.map(
    (column) => html`<th${attributes({ scope: "col", class: end(column) })}>${column.heading}</th>`,
  );
  const cells = (item: T) =>
    view.columns.map((column, index) =>
      index === 0
        ? html`<th${attributes({ scope: "row", class: end(column) })}>${column.cell(item)}</th>`
        : html`<td${attributes({ "data-label": column.heading, class: end(column) })}>${column.cell(item)}</td>`,
    );
  const body = view.items.map(
    (item) => html`<tr${attributes({ class: view.isBad?.(item) ? "bad" : undefined })}>${cells(item)}</tr>`,
  );
  return html`<table class="fold">${view.caption && html`<caption>${view.caption}</caption>`}<thead><tr>${headings}</tr></thead><tbody>${body}</tbody></table>`;
}

export type Figure = Readonly<{ name: Content; value: Content; note?: Content; bad?: boolean | undefined }>;

/** A few numbers that matter, large. */
export const figures = (list: readonly Figure[]): Html =>
  html`<dl class="figures">${list.map(
    ({ name, value, note, bad }) =>
      html`<div><dt>${name}</dt><dd class="${bad ? "n badnum" : "n"}">${value}</dd>${note && html`<dd>${note}</dd>`}</div>`,
  )}</dl>`;

/** Something wide that scrolls sideways by itself; `label` names it to whoever reaches it by keyboard. */
export const scroll = (label: string, content: Content): Html =>
  html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
