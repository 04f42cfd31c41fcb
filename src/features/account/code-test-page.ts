import type { Language } from "../../kernel/language.ts";
import type { Instant } from "../../kernel/time.ts";
import { defaultTimeZone, momentParameters, type Translate } from "../../platform/i18n/index.ts";
import {
  actions,
  assetPath,
  button,
  type Content,
  field,
  form,
  type Html,
  helpSection,
  html,
  link,
  linkButton,
  notice,
} from "../../platform/pages/index.ts";
import type { StepPage } from "../journey/index.ts";
import type { TestedCode } from "./code-test.ts";

type View = Readonly<{ t: Translate; language: Language; now: Instant }>;

/** For whoever has shown the password: a code, and what became of the last one. */
export function codeTestPage(
  { t, language, now }: View,
  { fields, tested, back }: { fields: Readonly<Record<string, string>>; tested: TestedCode | null; back: string },
): StepPage {
  const wrong = tested !== null && tested.verdict !== "right";
  const posts = form({
    action: "/test/code",
    fields,
    content: html`${field({ id: "code", label: t("totp:code"), hint: t("account:test-code-hint"), code: "any-length" })}${actions(
      button({ label: t("account:test-code-do") }),
      link({ href: back, label: t("common:back") }),
    )}`,
  });
  return {
    title: t("account:test-code-title"),
    lede: t("account:test-code-lede"),
    main: html`${tested && verdictNotice({ t, language, now }, tested)}${posts}`,
    help: html`${helpSection(t("account:test-code-spent"), t("account:test-code-spent-why"))}${wrong && newPhone(t, tested)}`,
  };
}

function newPhone(t: Translate, tested: TestedCode): Html {
  const words = tested.verdict !== "not-linked" && tested.device === "token" ? { context: "token" } : {};
  return helpSection(t("totp:new-phone", words), t("totp:new-phone-do", words));
}

function verdictNotice({ t, language, now }: View, tested: TestedCode): Html {
  const [title, body] = verdictWords({ t, language, now }, tested);
  const right = tested.verdict === "right";
  const tone = right ? "good" : tested.verdict === "clock-off" || tested.verdict === "used" ? "warn" : "bad";
  const icon = right ? "pass" : tested.verdict === "clock-off" ? "clock" : "warn";
  return notice({ tone, icon, title, body, role: right ? "status" : "alert" });
}

function verdictWords({ t, language, now }: View, tested: TestedCode): readonly [Content, Content] {
  if (tested.verdict === "not-linked") return [t("account:code-not-linked"), t("account:code-not-linked-do")];
  const isToken = tested.device === "token";
  const words = isToken ? { context: "token" } : {};
  switch (tested.verdict) {
    case "right":
      return tested.resynchronised
        ? [t("account:resynchronised"), t("account:resynchronised-what")]
        : [t("account:code-right"), t("account:code-right-what")];
    case "wrong":
      return [t("totp:wrong", words), isToken ? null : t("account:code-wrong-why")];
    case "malformed":
      return [t("totp:malformed", words), null];
    case "used":
      return [t("totp:code-used", words), null];
    case "blocked":
      return [t("totp:blocked", momentParameters(tested.until, language, now)), null];
    case "clock-off": {
      const count = Math.abs(tested.minutes);
      const key = tested.minutes < 0 ? "totp:clock-behind" : "totp:clock-ahead";
      return [t(key, { count, ...words }), isToken ? t("account:code-next") : clockCure(t)];
    }
  }
}

const clockCure = (t: Translate): Html => html`<p>${t("totp:clock-do")}</p>${clockSettings(t)}`;

const clockSettings = (t: Translate): Html =>
  html`<p><b>iPhone:</b> ${t("totp:clock-iphone")}<br><b>Android:</b> ${t("totp:clock-android")}</p>`;

/** For everybody: our time, to be compared on the very device that makes the codes. It takes no code. */
export function clockPage({ t, language, now }: View): StepPage {
  const time = new Intl.DateTimeFormat(language === "en" ? "en-GB" : `${language}-FI`, {
    timeStyle: "medium",
    timeZone: defaultTimeZone,
  }).format(now);
  const compare = html`<p role="status" data-clock="${now.getTime()}" data-fine="${t("account:clock-fine")}" data-behind="${t("account:clock-behind", { time: "{time}" })}" data-ahead="${t("account:clock-ahead", { time: "{time}" })}" hidden></p>`;
  return {
    title: t("account:clock-title"),
    lede: t("account:clock-lede"),
    main: html`<div class="stack"><p>${t("account:clock-ours")}</p><p class="key"><time datetime="${now.toISOString()}">${time}</time></p>${compare}<p>${t("account:clock-off")}</p>${clockSettings(t)}</div>${actions(
      linkButton({ href: "/test/code", label: t("account:clock-again") }),
      link({ href: "/sign-in?to=account", label: t("account:clock-sign-in") }),
    )}<script src="${assetPath("clock.js")}" defer></script>`,
    help: helpSection(t("account:clock-why"), t("account:clock-why-what")),
  };
}
