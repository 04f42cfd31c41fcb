import { momentParameters } from "../../../platform/i18n/index.ts";
import {
  actions,
  button,
  type Content,
  field,
  folded,
  guide,
  type Html,
  helpSection,
  html,
  keyInGroups,
  link,
  notice,
  pair,
  qr,
  richText,
} from "../../../platform/pages/index.ts";
import type { StepPage, StepView } from "../../journey/index.ts";
import { deviceOf, wordsFor } from "./device.ts";

/** SIN-6: the code from the app or hardware token, and in plain words why the last one was not taken. */
export const makeCodePage =
  ({ publicUrl }: { publicUrl: string }) =>
  (view: StepView): StepPage => {
    const { journey, t } = view;
    const device = deviceOf(journey.authenticators);
    const words = wordsFor(device);
    const code = field({
      id: "code",
      label: t("totp:code"),
      hint: t("totp:code-hint", { name: journey.organisation?.authenticatorName ?? "", ...words }),
      code: device === "app" || "any-length",
      error: isLong(view) ? undefined : view.refusal,
      autofocus: !journey.notice,
    });
    const done = button({ label: t(journey.purpose === "sign-in" ? "common:sign-in" : "common:continue") });
    const address = `${publicUrl}/test/code`;
    const page = link({ href: address, label: address.replace(/^https?:\/\//, "") });
    return {
      title: t("totp:enter", words),
      step: { at: 2, of: 2, label: t("totp:step") },
      main: html`${longRefusal(view, richText(t, "totp:resynchronise", { page }))}${view.form([code, actions(done)])}${view.anotherWay}`,
      help: [
        helpSection(t("totp:check-clock", words), html`<p>${richText(t, "totp:check-clock-how", { page }, words)}</p>`),
        helpSection(t("totp:new-phone", words), t("totp:new-phone-do", words)),
      ],
    };
  };

/** What an app or token is linked by; `inStock`: the organisation has tokens that are linked by their serial numbers. */
type Offered = Readonly<{ key: string; name: string; uri: string; inStock: boolean }>;

/** The key as a picture and in groups of four, and the code that shows that an app or a hardware token has it. */
export async function linkPage(view: StepView, app: Offered): Promise<StepPage> {
  const { journey, t } = view;
  const code = field({
    id: "code",
    label: t("totp:link-code"),
    hint: t("totp:link-hint", { name: app.name }),
    code: true,
    error: isLong(view) || isOfToken(view) ? undefined : view.refusal,
  });
  const byHand = html`<p class="small"><b>${t("totp:no-camera")}</b> ${t("totp:key-instead")}</p>${keyInGroups(app.key)}`;
  return {
    title: t("totp:link"),
    lede: t("totp:link-lede"),
    ...(journey.purpose === "activation" && { step: { at: 3, of: 3, label: t("journey:activate") } }),
    main: html`${longRefusal(view)}${guide([
      html`<p><b>${t("totp:open-app")}</b> ${t("totp:any-app")}</p>`,
      html`<p><b>${t("totp:scan")}</b></p>${pair(await qr(app.uri, t("totp:picture")), byHand)}`,
      view.form([code, actions(button({ label: t("totp:link-app") }))]),
    ])}${tokenPart(view, app)}${view.anotherWay}`,
    help: [
      helpSection(t("totp:other-device"), otherDevice(view)),
      helpSection(t("totp:own-app"), t("totp:own-app-why")),
    ],
  };
}

/** USR-2: a hardware token, of the organisation's stock or with the key above put into it; its serial number names it. */
function tokenPart(view: StepView, { inStock }: Offered): Html {
  const { t } = view;
  const serial = field({ id: "serial", label: t("totp:serial"), hint: t("totp:serial-hint"), autocomplete: "off" });
  const code = field({
    id: "token-code",
    name: "code",
    label: t("totp:token-code"),
    code: "any-length",
    error: isOfToken(view) ? view.refusal : undefined,
  });
  const done = button({ label: t("totp:link-token"), look: "quiet" });
  return folded({
    summary: t("totp:token"),
    content: html`${inStock && html`<p>${t("totp:token-in-stock")}</p>`}<p>${t("totp:token-to-program")}</p>${view.form([serial, code, actions(done)])}`,
    open: isOfToken(view),
  });
}

/** It belongs to the form of the hardware token. */
const isOfToken = ({ journey }: StepView): boolean => journey.notice?.key === "totp:token-refused";

/** ACT-9: only an activation has a link that goes on from here on another device. */
const otherDevice = ({ journey, t }: StepView): Html =>
  html`<p>${t("totp:other-device-why")}${journey.purpose === "activation" && ` ${t("totp:other-device-how")}`}</p>`;

/** What needs more than a line stands above the form. */
const isLong = ({ journey }: StepView): boolean =>
  ["totp:blocked", "totp:token-tries", "totp:clock-behind", "totp:clock-ahead", "totp:link-replaced"].includes(
    journey.notice?.key ?? "",
  );

/** `forTokens` is what to do about a hardware token's clock. */
function longRefusal(view: StepView, forTokens: Content = null): Content {
  const { journey, refusal, language, now, anotherWay, t } = view;
  if (!journey.notice || !isLong(view)) return null;
  const { key, parameters = {} } = journey.notice;
  if (key === "totp:link-replaced") return notice({ tone: "warn", icon: "warn", title: refusal, role: "alert" });
  if (key === "totp:blocked" || key === "totp:token-tries") {
    const title = t(key, momentParameters(new Date(String(parameters.until)), language, now));
    const body = anotherWay && key === "totp:blocked" ? t("totp:another-way") : undefined;
    return notice({ tone: "bad", icon: "clock", title, body, role: "alert" });
  }
  const body = parameters.context === "token" ? html`<p>${forTokens}</p>` : clockCure(view);
  return notice({ tone: "warn", icon: "clock", title: refusal, body, role: "alert" });
}

const clockCure = ({ t }: StepView): Html =>
  html`<p>${t("totp:clock-do")}</p><p><b>iPhone:</b> ${t("totp:clock-iphone")}<br><b>Android:</b> ${t("totp:clock-android")}</p>`;
