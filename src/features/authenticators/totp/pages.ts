import { momentParameters } from "../../../platform/i18n/index.ts";
import {
  actions,
  button,
  type Content,
  field,
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

/** SIN-6: six digits from the app, and in plain words why the last ones were not taken. */
export const makeCodePage =
  ({ publicUrl }: { publicUrl: string }) =>
  (view: StepView): StepPage => {
    const { journey, t } = view;
    const code = field({
      id: "code",
      label: t("totp:code"),
      hint: t("totp:code-hint", { name: journey.organisation?.authenticatorName ?? "" }),
      code: true,
      error: isLong(view) ? undefined : view.refusal,
      autofocus: !journey.notice,
    });
    const done = button({ label: t(journey.purpose === "sign-in" ? "common:sign-in" : "common:continue") });
    const address = `${publicUrl}/test/code`;
    const page = link({ href: address, label: address.replace(/^https?:\/\//, "") });
    return {
      title: t("totp:enter"),
      step: { at: 2, of: 2, label: t("totp:step") },
      main: html`${longRefusal(view)}${view.form([code, actions(done)])}${view.anotherWay}`,
      help: [
        helpSection(t("totp:check-clock"), html`<p>${richText(t, "totp:check-clock-how", { page })}</p>`),
        helpSection(t("totp:new-phone"), t("totp:new-phone-do")),
      ],
    };
  };

/** The key as a picture and in groups of four, and the code that shows that an app has it. */
export async function linkPage(view: StepView, app: { key: string; name: string; uri: string }): Promise<StepPage> {
  const { journey, t } = view;
  const code = field({
    id: "code",
    label: t("totp:link-code"),
    hint: t("totp:link-hint", { name: app.name }),
    code: true,
    error: isLong(view) ? undefined : view.refusal,
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
    ])}${view.anotherWay}`,
    help: [
      helpSection(t("totp:other-device"), otherDevice(view)),
      helpSection(t("totp:own-app"), t("totp:own-app-why")),
    ],
  };
}

/** ACT-9: only an activation has a link that goes on from here on another device. */
const otherDevice = ({ journey, t }: StepView): Html =>
  html`<p>${t("totp:other-device-why")}${journey.purpose === "activation" && ` ${t("totp:other-device-how")}`}</p>`;

/** What needs more than a line stands above the form. */
const isLong = ({ journey }: StepView): boolean =>
  ["totp:blocked", "totp:clock-behind", "totp:clock-ahead", "totp:link-replaced"].includes(journey.notice?.key ?? "");

function longRefusal(view: StepView): Content {
  const { journey, refusal, language, now, anotherWay, t } = view;
  if (!journey.notice || !isLong(view)) return null;
  const { key, parameters = {} } = journey.notice;
  if (key === "totp:link-replaced") return notice({ tone: "warn", icon: "warn", title: refusal, role: "alert" });
  if (key !== "totp:blocked")
    return notice({ tone: "warn", icon: "clock", title: refusal, body: clockCure(view), role: "alert" });
  const title = t("totp:blocked", momentParameters(new Date(String(parameters.until)), language, now));
  const body = anotherWay ? t("totp:another-way") : undefined;
  return notice({ tone: "bad", icon: "clock", title, body, role: "alert" });
}

const clockCure = ({ t }: StepView): Html =>
  html`<p>${t("totp:clock-do")}</p><p><b>iPhone:</b> ${t("totp:clock-iphone")}<br><b>Android:</b> ${t("totp:clock-android")}</p>`;
