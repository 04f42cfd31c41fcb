import { localised } from "../../../kernel/language.ts";
import type { Key } from "../../../platform/i18n/index.ts";
import { momentParameters } from "../../../platform/i18n/index.ts";
import {
  actions,
  button,
  type Content,
  field,
  helpSection,
  html,
  link,
  notice,
  richText,
} from "../../../platform/pages/index.ts";
import { entryByPassword, goodForOne, type StepPage, type StepView } from "../../journey/index.ts";
import type { PasswordFault } from "./domain/password-rules.ts";
import { orderAddress } from "./temporary/pages.ts";

/** SIN-3: user name and password on one page, so that it tells nothing of who exists. */
export function passwordPage(view: StepView): StepPage {
  const { journey, t } = view;
  const own = journey.accountId ? journey.account : null;
  const app = localised(journey.requested.applicationName ?? {}, view.language);
  const typed = journey.notice?.parameters?.username ?? journey.requested.loginHint ?? "";
  const userName = field({
    id: "username",
    label: t(own ? "password:user-name" : "password:user-name-or-email"),
    autocomplete: "username webauthn",
    maxlength: 254,
    value: own?.userName ?? typed,
    readonly: own !== null,
    autofocus: !journey.notice && !own && typed === "",
  });
  const sendsTemporary = journey.organisation?.policy.password.way === "temporary";
  const given = field({
    id: "password",
    label: t("password:password"),
    hint: sendsTemporary && t("password:temporary-hint"),
    type: "password",
    autocomplete: "current-password",
    error: journey.notice?.key === "password:wrong" ? view.refusal : undefined,
    autofocus: !journey.notice && (own !== null || typed !== ""),
  });
  return {
    title: t("password:sign-in"),
    ...(app && { lede: richText(t, "journey:sign-in-to", { app: html`<b>${app}</b>` }) }),
    ...(journey.method !== entryByPassword && { step: { at: 1, of: 2, label: t("password:step") } }),
    main: html`${refusalAbove(view)}${view.form([userName, given, actions(button({ label: t("common:continue") }), sendsTemporary && orderLink(view))])}${view.anotherWay}`,
    help: [
      helpSection(t("password:forgotten"), t(sendsTemporary ? "password:forgotten-order" : "password:forgotten-do")),
      sendsTemporary && helpSection(t("password:temporary"), t("password:temporary-next")),
      journey.method !== entryByPassword && helpSection(t("password:next"), t("password:next-what")),
    ],
  };
}

/** The journey goes along, so that one comes back to where one was going. */
const orderLink = ({ journey, t }: StepView): Content =>
  link({ href: orderAddress(journey.organisation?.slug ?? "", journey.id), label: t("password:order") });

const faultWords = {
  "too-short": "password:too-short",
  "too-long": "password:too-long",
  common: "password:common",
  "contains-context": "password:contains-context",
  pattern: "password:pattern",
  "same-as-current": "password:same-as-current",
} as const satisfies Record<PasswordFault, Key>;

/** The rules are said before anything is typed, and every reason of a refusal at once (USR-8). One field: it can be pasted. */
export function newPasswordPage(view: StepView): StepPage {
  const { journey, t } = view;
  const minimumLength = journey.organisation?.policy.password.minimumLength ?? 12;
  const isFirst = !journey.authenticators.some(({ method }) => method === "password");
  // For password managers, which file a password under the user name that stands beside it.
  const userName = html`<input type="text" name="username" value="${journey.account?.userName}" autocomplete="username" hidden>`;
  const given = field({
    id: "new_password",
    label: t("password:new-password"),
    hint: t("password:rules", { minimumLength }),
    type: "password",
    autocomplete: "new-password",
    minlength: minimumLength,
    error: faultsOf(view),
    autofocus: !journey.notice,
  });
  const afterTemporary = journey.proofs.some(({ kind }) => kind === goodForOne.kind);
  const hasCard = journey.authenticators.some(({ method }) => method === "certificate");
  const done = button({ label: t(isFirst || afterTemporary ? "common:continue" : "password:change") });
  return {
    title: t(isFirst && !afterTemporary ? "password:choose" : "password:choose-new"),
    lede: t(afterTemporary ? "password:temporary-lede" : isFirst ? "password:choose-lede" : "password:choose-new-lede"),
    ...(journey.purpose === "activation" && { step: { at: 2, of: 3, label: t("journey:activate") } }),
    main: html`${view.form([userName, given, actions(done)])}${view.anotherWay}`,
    help: [
      helpSection(t("password:refused-what"), t("password:refused-which")),
      helpSection(t("password:good-one"), t("password:good-one-how")),
      afterTemporary && hasCard && helpSection(t("password:card-ends"), t("password:card-ends-what")),
    ],
  };
}

function faultsOf({ journey, refusal, t }: StepView): Content {
  const { key, parameters = {} } = journey.notice ?? {};
  if (key !== "password:refused") return refusal;
  const faults = String(parameters.faults).split(" ");
  const words = faults.flatMap((fault) => (isFault(fault) ? [t(faultWords[fault], parameters)] : []));
  return [refusal, ...words].map((sentence, index) => (index === 0 ? sentence : html`<br>${sentence}`));
}

const isFault = (fault: string): fault is PasswordFault => Object.hasOwn(faultWords, fault);

/** Whatever is not about the password itself stands above the form. */
function refusalAbove({ journey, refusal, language, now, t }: StepView): Content {
  const { key, parameters = {}, tone = "bad" } = journey.notice ?? {};
  if (!refusal || key === "password:wrong") return null;
  const title =
    key === "password:delayed"
      ? t("password:delayed", momentParameters(new Date(String(parameters.until)), language, now))
      : refusal;
  const body = key === "password:delayed" ? t("password:delayed-why") : undefined;
  return notice({ tone, icon: key === "password:delayed" ? "clock" : "warn", title, body, role: "alert" });
}
