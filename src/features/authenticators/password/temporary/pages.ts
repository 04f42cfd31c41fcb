import type { Translate } from "../../../../platform/i18n/index.ts";
import {
  actions,
  button,
  field,
  form,
  helpSection,
  html,
  link,
  linkButton,
  notice,
} from "../../../../platform/pages/index.ts";
import type { StepPage } from "../../../journey/index.ts";
import type { Organisation } from "../../../organisations/index.ts";
import type { Ordered } from "./order.ts";

/** What the last post came to, told in the address so that a reload posts nothing. */
export type Saying = Ordered | "name-needed";

export const sayings = ["sent", "too-many", "name-needed"] as const satisfies readonly Saying[];

/** Where a new password is ordered: of which organisation, and by whoever stands at which journey. */
export const orderAddress = (organisation: string, journey: string | null, said?: Saying): string =>
  `/order-password?${new URLSearchParams({ organisation, ...(journey && { journey }), ...(said && { said }) })}`;

type OrderView = Readonly<{
  t: Translate;
  organisation: Organisation | null;
  /** The journey to go back to. */
  journey: string | null;
  said: Saying | null;
  formToken: string;
}>;

/** REC-2: who wants a new password. What comes of it is told to the channel on record alone (REC-6). */
export function orderPage(view: OrderView): StepPage {
  const { t, organisation, journey, said, formToken } = view;
  if (said === "sent") return orderedPage(view);
  const userName = field({
    id: "username",
    label: t("password:user-name-or-email"),
    autocomplete: "username",
    maxlength: 254,
    error: said === "name-needed" && t("password:order-name-needed"),
    autofocus: said !== "too-many",
  });
  const tooMany =
    said === "too-many" && notice({ tone: "warn", icon: "clock", title: t("password:order-too-many"), role: "alert" });
  return {
    title: t("password:order"),
    lede: t("password:order-lede"),
    main: html`${tooMany}${form({
      action: orderAddress(organisation?.slug ?? "", journey),
      fields: { form_token: formToken },
      content: [
        userName,
        actions(
          button({ label: t("password:order") }),
          link({ href: backTo(view), label: t("password:back-to-sign-in") }),
        ),
      ],
    })}`,
    help: helpSection(t("password:order-number"), t("password:order-number-do")),
  };
}

/** The same for everybody, known or not. */
function orderedPage(view: OrderView): StepPage {
  const { t, organisation } = view;
  const hours = organisation?.policy.password.temporaryHours;
  return {
    title: t("password:ordered"),
    lede: t("password:ordered-lede"),
    main: html`${hours && html`<p>${t("password:ordered-hours", { count: hours })}</p>`}${actions(
      linkButton({ href: backTo(view), label: t("password:back-to-sign-in") }),
    )}`,
    help: [
      helpSection(t("password:order-nothing"), t("password:order-nothing-do")),
      helpSection(t("password:order-number"), t("password:order-number-do")),
    ],
  };
}

const backTo = ({ journey, organisation }: OrderView): string =>
  journey
    ? `/journey/${journey}`
    : `/sign-in${organisation ? `?organisation=${organisation.slug}&method=password` : ""}`;
