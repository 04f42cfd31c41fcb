import { type Language, localised } from "../../kernel/language.ts";
import type { Translate } from "../../platform/i18n/index.ts";
import { actions, html, link, linkButton } from "../../platform/pages/index.ts";
import type { StepPage } from "../journey/index.ts";
import type { Organisation } from "../organisations/index.ts";

/** After signing out: nothing to do, and a way back in. */
export function signedOutPage({
  organisation,
  language,
  t,
}: {
  organisation: Organisation | null;
  language: Language;
  t: Translate;
}): StepPage {
  const home = organisation?.home;
  const again = linkButton({
    href: organisation ? `/sign-in?organisation=${organisation.slug}&to=account` : "/sign-in",
    label: t("account:sign-in-again"),
  });
  const app = home && link({ href: home.url, label: t("account:go-to", { app: localised(home.name, language) }) });
  return {
    title: t("account:signed-out"),
    lede: t("account:signed-out-what"),
    main: html`${actions(again, app)}`,
    help: null,
  };
}
