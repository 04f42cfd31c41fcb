import { formatDateTime } from "../../platform/i18n/index.ts";
import { events, type Html, html, link } from "../../platform/pages/index.ts";
import type { RecordedEvent } from "../audit/index.ts";
import { eventWords, shortNetwork } from "./event-words.ts";
import type { Frame } from "./frame.ts";
import { type EventsPage, formatPosition } from "./overview.ts";

/** What happened, in plain words, and from where. */
export function eventList({ t, language }: Pick<Frame, "t" | "language">, list: readonly RecordedEvent[]): Html {
  if (list.length === 0) return html`<p class="muted">${t("account:nothing-yet")}</p>`;
  return events(
    list.map((event) => {
      const network = shortNetwork(event.network);
      return {
        when: html`<time datetime="${event.at.toISOString()}">${formatDateTime(event.at, language)}</time>`,
        what: eventWords(event, t),
        detail: network && t("account:network", { network }),
      };
    }),
  );
}

/** All of it, a page at a time. */
export function eventsPage(
  frame: Frame,
  { events: list, next }: EventsPage,
): { title: string; lede: string; main: Html } {
  const { t } = frame;
  const more =
    next &&
    html`<p class="after">${link({ href: `/account/events?before=${formatPosition(next)}`, label: t("account:earlier") })}</p>`;
  return { title: t("account:events"), lede: t("account:not-you"), main: html`${eventList(frame, list)}${more}` };
}
