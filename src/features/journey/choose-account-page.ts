import { compareNames } from "../../platform/i18n/index.ts";
import { helpSection, html, ways } from "../../platform/pages/index.ts";
import type { StepPage, StepView } from "./method.ts";

/** SIN-2: whoever is known in several organisations by what was shown says which one is meant. Posts `account`. */
export function chooseAccountPage(
  { t, language, form, journey, anotherWay }: StepView,
  accounts: readonly Readonly<{ accountId: string; organisation: string; userName: string }>[],
): StepPage {
  const compare = compareNames(language);
  const list = accounts
    .toSorted((a, b) => compare(a.organisation, b.organisation))
    .map(({ accountId, organisation, userName }) => ({
      name: "account",
      value: accountId,
      icon: "person" as const,
      label: organisation,
      note: t("journey:user-name", { name: userName }),
    }));
  return {
    title: t("journey:choose-account", { context: journey.purpose }),
    lede: t("journey:choose-account-lede"),
    main: html`${form(ways(list))}${anotherWay}`,
    help: helpSection(t("journey:why-choose"), t("journey:why-choose-answer", { context: journey.purpose })),
  };
}
