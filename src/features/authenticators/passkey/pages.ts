import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import type { Key } from "../../../platform/i18n/index.ts";
import {
  actions,
  assetPath,
  button,
  type Content,
  field,
  type Html,
  helpSection,
  html,
  notice,
} from "../../../platform/pages/index.ts";
import { refusalNotice, type StepPage, type StepView } from "../../journey/index.ts";
import { longestName, passkeyName } from "./domain/passkey-name.ts";

type Options = PublicKeyCredentialCreationOptionsJSON | PublicKeyCredentialRequestOptionsJSON;

/** One button, which opens the browser's own dialog (SIN-7). */
export function askPage(view: StepView, options: PublicKeyCredentialRequestOptionsJSON): StepPage {
  const { t } = view;
  return {
    title: t("passkey:show"),
    lede: t("passkey:show-lede"),
    main: ceremony(view, {
      about: "get",
      options,
      says: { cancelled: "passkey:not-shown", ...always },
      button: button({ label: t("passkey:use"), icon: "passkey" }),
    }),
    help: [
      helpSection(t("passkey:elsewhere"), t("passkey:elsewhere-how")),
      helpSection(t("passkey:lost"), t("passkey:lost-do")),
    ],
  };
}

/** A name, and the button that has the browser make a passkey. */
export function linkPage(view: StepView, options: PublicKeyCredentialCreationOptionsJSON): StepPage {
  const { journey, t } = view;
  const name = field({
    id: "name",
    label: t("passkey:its-name"),
    hint: t("passkey:its-name-why"),
    autocomplete: "off",
    maxlength: longestName,
    value: passkeyName(view.browser) ?? "",
    required: false,
  });
  return {
    title: t("passkey:make"),
    lede: t("passkey:make-lede"),
    ...(journey.purpose === "activation" && { step: { at: 3, of: 3, label: t("journey:activate") } }),
    main: ceremony(view, {
      about: "create",
      options,
      says: { cancelled: "passkey:not-made", known: "passkey:known", ...always },
      field: name,
      button: button({ label: t("passkey:make") }),
    }),
    help: [
      helpSection(t("passkey:what"), t("passkey:what-it-is")),
      helpSection(t("passkey:where"), t("passkey:where-kept")),
    ],
  };
}

/** Shows nothing: the script has the browser offer passkeys in the field of the user name, and posts this form with one. */
export const autofillForm = (view: StepView, options: PublicKeyCredentialRequestOptionsJSON): Html =>
  html`${view.form(place("autofill", options, null))}${script()}`;

/** What the script says, by what went wrong in the browser. */
const always = { unsupported: "passkey:unsupported", failed: "passkey:failed" } as const;

type Ceremony = Readonly<{
  about: "get" | "create";
  options: Options;
  says: Readonly<Record<string, Key>>;
  field?: Html;
  button: Html;
}>;

/** The form that the script posts with the browser's answer, with all that may have to be said above its button. */
function ceremony(view: StepView, { about, options, says, field, button }: Ceremony): Html {
  const { t } = view;
  const words = Object.entries(says).map(
    ([reason, key]) =>
      html`<div data-says="${reason}" hidden>${notice({ tone: "warn", icon: "warn", title: t(key), role: "alert" })}</div>`,
  );
  const content = html`${field}<div>${words}</div>`;
  return html`${refusalNotice(view)}${withoutScript(view)}${view.form([place(about, options, content), actions(button)])}${view.anotherWay}${script()}`;
}

/** The hidden field of the answer, and what is asked of the browser. */
const place = (about: "get" | "create" | "autofill", options: Options, content: Content): Html =>
  html`<div class="stack" data-passkey="${about}" data-options="${JSON.stringify(options)}">${content}<input type="hidden" name="response" value=""></div>`;

/** Said by the refusal already, to whoever has pressed the button without it. */
const withoutScript = ({ journey, t, anotherWay }: StepView): Content =>
  journey.notice?.key !== "passkey:no-script" &&
  html`<noscript>${notice({
    tone: "warn",
    icon: "info",
    title: t("passkey:no-script"),
    body: t("passkey:no-script-do", { context: anotherWay ? "" : "only" }),
  })}</noscript>`;

const script = (): Html => html`<script src="${assetPath("passkey.js")}" defer></script>`;
