import { localised } from "../../kernel/language.ts";
import type { Key } from "../../platform/i18n/index.ts";
import {
  actions,
  button,
  type Content,
  form,
  type Html,
  helpSection,
  html,
  link,
  notice,
  orHeading,
  richText,
  type Way,
  ways,
} from "../../platform/pages/index.ts";
import type { RefusalReason, Step } from "./domain/next-step.ts";
import { entryByPassword } from "./domain/rules.ts";
import type { Journey, Method, StepPage, StepView } from "./method.ts";

/** A step's view before the dispatcher has bound it to a form. */
export type Drawing = Omit<StepView, "form" | "anotherWay"> & { formToken: string };

/** The form of the step `kind`: where it goes, and what says which step it was. */
export const formOf =
  ({ journey, formToken }: Drawing, step: string) =>
  (content: Content): Html =>
    form({ action: `/journey/${journey.id}`, fields: { form_token: formToken, step }, content });

/** A way back to the choice of methods. */
export const anotherWay = (drawing: Drawing): Html =>
  formOf(
    drawing,
    "choose",
  )(button({ label: drawing.t("common:try-another-way"), look: "plain", name: "method", value: "" }));

/** Where somebody gets back in who can't sign in; the journey goes along, so that one comes back to where one was going. */
export function recoverLink({ journey, t }: Pick<StepView, "journey" | "t">, asked: string | null): Html {
  const { organisation, id } = journey;
  const query = new URLSearchParams({ ...(organisation && { organisation: organisation.slug }), journey: id });
  // Where new passwords are ordered, the password's own page leads there.
  const isOrdered = organisation?.policy.password.way === "temporary";
  const label = t(asked === entryByPassword && !isOrdered ? "journey:forgotten" : "journey:cant-sign-in");
  return html`<p class="small after">${link({ href: `/recover?${query}`, label })}</p>`;
}

/** "Sign in", and to what. */
export function signInHeading({ journey, language, t }: Pick<StepView, "journey" | "language" | "t">) {
  const app = applicationName(journey, language);
  return {
    title: t("journey:sign-in"),
    ...(app && { lede: richText(t, "journey:sign-in-to", { app: html`<b>${app}</b>` }) }),
  };
}

export const applicationName = (journey: Journey, language: StepView["language"]): string =>
  localised(journey.requested.applicationName ?? {}, language);

/** SIN-1, ACT-4: the methods that could succeed here, in plain words, the remembered or recommended one first. */
export function choosePage(drawing: Drawing, step: Step & { do: "choose" }, methods: readonly Method[]): StepPage {
  const { journey, t } = drawing;
  const linking = step.to === "link";
  const remembered = linking ? null : (journey.known[0]?.method ?? null);
  const leading =
    step.offers.find((name) => name === remembered) ?? step.offers.find((name) => name === step.recommended);
  const offered = step.offers.flatMap((name) => methods.find((method) => method.name === name) ?? []);
  const byPassword: Way = {
    value: entryByPassword,
    icon: "password",
    label: t("journey:by-password"),
    note: t("journey:by-password-note"),
  };
  const way = (method: Method): Way => ({
    value: method.name,
    icon: method.icon,
    label: t(linking ? method.words.link : method.words.signIn),
    note: noteOf(method),
    lead: method.name === leading,
  });
  const noteOf = (method: Method): string => {
    const note = t(linking ? method.words.linkNote : method.words.signInNote);
    if (method.name !== leading) return note;
    return `${t(method.name === remembered ? "journey:used-last" : "journey:recommended")} ${note}`;
  };
  const lead = offered.filter(({ name }) => name === leading).map(way);
  const others = [
    ...offered.filter(({ name }) => name !== leading).map(way),
    ...(step.offers.includes(entryByPassword) ? [byPassword] : []),
  ];
  const list = html`${lead.length > 0 && ways(lead)}${lead.length > 0 && others.length > 0 && orHeading(t("journey:other-ways"))}${others.length > 0 && ways(others)}`;
  return {
    ...(linking
      ? {
          title: t("journey:choose-method", { context: journey.purpose }),
          lede: t("journey:choose-method-lede", { context: journey.purpose }),
          ...(journey.purpose !== "link-anew" && { step: { at: 2, of: 3, label: t("journey:activate") } }),
        }
      : signInHeading(drawing)),
    main: html`${refusalNotice(drawing)}${formOf(drawing, "choose")(list)}`,
    help: linking ? helpSection(t("journey:which-one"), t("journey:which-one-answer")) : null,
  };
}

const refusalWords = {
  "not-started": { title: "journey:not-started", body: "journey:not-started-do" },
  "account-closed": { title: "journey:no-method", body: "journey:no-method-do" },
  "already-active": { title: "journey:already-active", body: "journey:already-active-do" },
  "no-method": { title: "journey:no-method", body: "journey:no-method-do" },
  "stronger-needed": { title: "journey:stronger-needed", body: "journey:stronger-needed-do" },
} as const satisfies Record<Exclude<RefusalReason, "expired" | "overtaken">, { title: Key; body: Key }>;

/** SIN-12: why a journey can't go on, what to do, and a way on. */
export function refusalPage(drawing: Drawing, reason: RefusalReason): StepPage {
  const { journey, language, t } = drawing;
  const words = refusalWords[reason === "expired" || reason === "overtaken" ? "not-started" : reason];
  const app = applicationName(journey, language);
  const back = journey.returnTo?.startsWith("/authorize")
    ? button({ label: app ? t("journey:back-to-app", { app }) : t("common:back") })
    : button({ label: t("journey:begin-again") });
  return {
    title: t(words.title),
    main: html`<p><b>${t(words.body)}</b></p>${formOf(drawing, "give-up")(actions(back))}`,
    help: null,
  };
}

/** Everything was shown before the journey began: one click, so that no address signs in by being opened. */
export function continuePage(drawing: Drawing): StepPage {
  return {
    ...signInHeading(drawing),
    main: formOf(drawing, "continue")(actions(button({ label: drawing.t("common:continue") }))),
    help: null,
  };
}

/** The refusal of the last post, above the form. */
export const refusalNotice = ({ journey, refusal }: Pick<StepView, "journey" | "refusal">): Content =>
  refusal && notice({ tone: journey.notice?.tone ?? "bad", icon: "warn", title: refusal, role: "alert" });
