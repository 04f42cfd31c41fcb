import { formatDateTime, formatList } from "../../platform/i18n/index.ts";
import { actions, button, form, type Html, html, link, panel } from "../../platform/pages/index.ts";
import type { Authenticator, Method } from "../journey/index.ts";
import type { Frame } from "./frame.ts";
import { methodName } from "./method-name.ts";

/** Before an authenticator is removed: which one, what will happen, and what is left. Drawing it changes nothing. */
export function removePage(
  { t, language, fields }: Frame,
  {
    authenticator,
    left,
    methods,
  }: { authenticator: Authenticator; left: readonly Authenticator[]; methods: readonly Method[] },
): { title: string; lede: string; main: Html } {
  const names = [...new Set(left.map((one) => methodName(one, methods, t)))];
  const points = [
    t("account:remove-left", { methods: formatList(names, language, "or") }),
    t("account:remove-out"),
    t("account:remove-told"),
  ];
  return {
    title: t("account:remove-title"),
    lede: `${methodName(authenticator, methods, t)}. ${t("account:linked", { date: formatDateTime(authenticator.linkedAt, language) })}`,
    main: html`${panel(html`<ul>${points.map((point) => html`<li>${point}</li>`)}</ul>`)}${form({
      action: "/account/remove",
      fields: { ...fields, authenticator: authenticator.id },
      layout: "after",
      content: actions(
        button({ label: t("account:remove-do"), look: "danger" }),
        link({ href: "/account", label: t("account:remove-keep") }),
      ),
    })}`,
  };
}
